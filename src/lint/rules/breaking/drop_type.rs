//! `drop-type`: Sessions and prepared statements that know the type fail from then on.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN067",
        name: "drop-type",
        severity: Severity::Warning,
        description: "Sessions and prepared statements that know the type fail from then on.",
        bad: "drop type mood;",
        good: "create type mood as (id bigint);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for name in site.dropped(&["type"]) {
        found.say(site.span.clone(), format!("type {} goes", shown(name))).on("type", name);
    }
}
