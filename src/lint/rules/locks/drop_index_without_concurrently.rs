//! `drop-index-without-concurrently`: DROP INDEX takes an ACCESS EXCLUSIVE lock on the table.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN002",
        name: "drop-index-without-concurrently",
        severity: Severity::Warning,
        description: "DROP INDEX takes an ACCESS EXCLUSIVE lock on the table: it waits for every open query, and all later\n\
        ones queue behind it. DROP INDEX CONCURRENTLY does not.",
        bad: "drop index accounts_email;",
        good: "-- pgward:no-transaction\n\
        drop index concurrently accounts_email;",
    },
    check,
).claims(Claim::Blocks);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Drop(drop) = site.action else { return };
    if drop.concurrently {
        return;
    }
    for index in site.dropped(&["index"]) {
        found
            .say(
                site.span.clone(),
                format!("readers and writers of its table wait while index {} is dropped", shown(index)),
            )
            .on("index", index)
            .hint("DROP INDEX CONCURRENTLY, in a file that begins with -- pgward:no-transaction");
    }
}
