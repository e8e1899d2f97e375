//! `drop-schema`: DROP SCHEMA takes away what is in it, with CASCADE all of it.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN062",
        name: "drop-schema",
        severity: Severity::Error,
        description: "DROP SCHEMA takes away what is in it, with CASCADE all of it.",
        bad: "drop schema archive;",
        good: "create schema archive;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for name in site.dropped(&["schema"]) {
        found.say(site.span.clone(), format!("schema {} goes", shown(name))).on("schema", name);
    }
}
