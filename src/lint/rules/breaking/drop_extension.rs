//! `drop-extension`: All objects of the extension go with it, and with CASCADE every column of its types.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN070",
        name: "drop-extension",
        severity: Severity::Error,
        description: "All objects of the extension go with it, and with CASCADE every column of its types.",
        bad: "drop extension hstore;",
        good: "create extension hstore;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for name in site.dropped(&["extension"]) {
        found.say(site.span.clone(), format!("extension {} goes", shown(name))).on("extension", name);
    }
}
