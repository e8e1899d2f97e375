//! `drop-domain`: Statements that cast to the domain fail from then on.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN069",
        name: "drop-domain",
        severity: Severity::Warning,
        description: "Statements that cast to the domain fail from then on.",
        bad: "drop domain email;",
        good: "create domain email as text;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for name in site.dropped(&["domain"]) {
        found.say(site.span.clone(), format!("domain {} goes", shown(name))).on("domain", name);
    }
}
