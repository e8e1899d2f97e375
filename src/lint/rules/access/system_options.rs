//! `system-options`: ALTER SYSTEM changes the whole server, for all databases, and needs a reload or a restart.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN114",
        name: "system-options",
        severity: Severity::Warning,
        description: "ALTER SYSTEM changes the whole server, for all databases, and needs a reload or a restart.",
        bad: "-- pgward:no-transaction\n\
        alter system set work_mem = '64MB';",
        good: "set work_mem = '64MB';",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) {
        return;
    }
    if alter.kind == "system" {
        found
            .say(site.span.clone(), format!("the {} gets other settings {}", alter.kind, shown(&alter.name)))
            .on(&alter.kind, &alter.name);
    }
}
