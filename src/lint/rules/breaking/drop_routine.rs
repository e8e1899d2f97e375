//! `drop-routine`: Every call of the routine fails from then on, also from bodies of other routines.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN066",
        name: "drop-routine",
        severity: Severity::Error,
        description: "Every call of the routine fails from then on, also from bodies of other routines, which PostgreSQL\n\
        doesn't check.",
        bad: "drop function touch();",
        good: "create function touch() returns void language sql as 'select 1';",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for name in site.dropped(&["function", "procedure", "routine", "aggregate"]) {
        found.say(site.span.clone(), format!("routine {} goes", shown(name))).on("function", name);
    }
}
