//! `default-privileges`: Everything that is made later gets these privileges without being asked.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN116",
        name: "default-privileges",
        severity: Severity::Info,
        description: "Everything that is made later gets these privileges without being asked.",
        bad: "alter default privileges in schema app grant select on tables to reporting;",
        good: "create schema app;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) {
        return;
    }
    if alter.kind == "default privileges" {
        found
            .say(site.span.clone(), format!("{} change for what is made later {}", alter.kind, shown(&alter.name)))
            .on(&alter.kind, &alter.name);
    }
}
