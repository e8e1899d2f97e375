//! `add-enum-value`: Readers may find a value that they don't know; a value can't be taken away again.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN094",
        name: "add-enum-value",
        severity: Severity::Info,
        description: "Readers may find a value that they don't know; a value can't be taken away again.",
        bad: "alter type mood add value 'fine' before 'ok';",
        good: "create type mood as (id bigint);",
    },
    check,
)
.off();

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) {
        return;
    }
    if alter.kind == "type" && alter.changes.iter().any(|change| change.what == "add value") {
        found
            .say(
                site.span.clone(),
                format!("readers of {} {} may find a value that they don't know", alter.kind, shown(&alter.name)),
            )
            .on(&alter.kind, &alter.name);
    }
}
