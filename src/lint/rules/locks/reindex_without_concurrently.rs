//! `reindex-without-concurrently`: REINDEX makes writers wait until the index is built anew, and readers who would use it.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN004",
        name: "reindex-without-concurrently",
        severity: Severity::Error,
        description: "REINDEX makes writers wait until the index is built anew, and readers who would use it. REINDEX\n\
        CONCURRENTLY builds it beside the old one.",
        bad: "reindex table accounts;",
        good: "-- pgward:no-transaction\n\
        reindex table concurrently accounts;",
    },
    check,
)
.claims(Claim::Blocks);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Reindex { kind, name, concurrently: false } = site.action else { return };
    if kind == "table" && !site.existing(name) {
        return;
    }
    found
        .say(site.span.clone(), format!("writers wait while {kind} {} is reindexed", shown(name)))
        .on(kind, name)
        .hint("REINDEX … CONCURRENTLY, in a file that begins with -- pgward:no-transaction");
}
