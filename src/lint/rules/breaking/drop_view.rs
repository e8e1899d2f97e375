//! `drop-view`: Every query that names the view fails from then on.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN065",
        name: "drop-view",
        severity: Severity::Error,
        description: "Every query that names the view fails from then on. Release a version that doesn't use it first.",
        bad: "drop view active_accounts;",
        good: "create view active_accounts as select 1 as id;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for name in site.dropped(&["view", "materialized view"]) {
        found.say(site.span.clone(), format!("view {} goes", shown(name))).on("view", name);
    }
}
