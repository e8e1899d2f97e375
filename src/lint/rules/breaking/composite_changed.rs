//! `composite-changed`: Readers and writers of the type meet other fields from then on, and tables that use it are locked.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN095",
        name: "composite-changed",
        severity: Severity::Info,
        description: "Readers and writers of the type meet other fields from then on, and tables that use it are locked.",
        bad: "alter type address add attribute country text;",
        good: "create type address as (country text);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) {
        return;
    }
    if alter.kind == "type" && alter.changes.iter().any(|change| change.what.ends_with(" attribute")) {
        found
            .say(
                site.span.clone(),
                format!("readers and writers of {} {} meet other fields", alter.kind, shown(&alter.name)),
            )
            .on(&alter.kind, &alter.name);
    }
}
