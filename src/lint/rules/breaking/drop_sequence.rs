//! `drop-sequence`: The numbers that the sequence has given are forgotten; made anew it begins at its start.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN068",
        name: "drop-sequence",
        severity: Severity::Warning,
        description: "The numbers that the sequence has given are forgotten; made anew it begins at its start.",
        bad: "drop sequence numbers;",
        good: "create sequence numbers;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for name in site.dropped(&["sequence"]) {
        found.say(site.span.clone(), format!("sequence {} goes", shown(name))).on("sequence", name);
    }
}
