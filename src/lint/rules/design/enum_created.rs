//! `enum-created`: A value of an enum can't be taken away again, and its order can't be changed.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN127",
        name: "enum-created",
        severity: Severity::Info,
        description: "A value of an enum can't be taken away again, and its order can't be changed. A table of values, or\n\
        a CHECK on text, can.",
        bad: "create type mood as enum ('ok', 'sad');",
        good: "create table moods (mood text primary key);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Create(create) = site.action else { return };
    if create.form == Some("enum") {
        found
            .say(site.span.clone(), format!("values of type {} can't be taken away again", shown(&create.name)))
            .on("type", &create.name)
            .hint("a CHECK on text, or a table of values");
    }
}
