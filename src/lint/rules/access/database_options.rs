//! `database-options`: Settings of a database hold for every new session of every role.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN113",
        name: "database-options",
        severity: Severity::Warning,
        description: "Settings of a database hold for every new session of every role.",
        bad: "alter database app set search_path = '';",
        good: "create table t (id bigint);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) {
        return;
    }
    if alter.kind == "database"
        && alter.changes.iter().any(|change| change.what != "rename to" && change.what != "owner to")
    {
        found
            .say(
                site.span.clone(),
                format!("{} {} gets other settings for every session", alter.kind, shown(&alter.name)),
            )
            .on(&alter.kind, &alter.name);
    }
}
