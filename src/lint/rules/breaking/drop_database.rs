//! `drop-database`: DROP DATABASE in a migration.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN063",
        name: "drop-database",
        severity: Severity::Error,
        description: "DROP DATABASE in a migration: nothing of it comes back.",
        bad: "-- pgward:no-transaction\n\
        drop database archive;",
        good: "-- pgward:no-transaction\n\
        create database archive;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for name in site.dropped(&["database"]) {
        found.say(site.span.clone(), format!("database {} goes", shown(name))).on("database", name);
    }
}
