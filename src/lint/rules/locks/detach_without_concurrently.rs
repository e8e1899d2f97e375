//! `detach-without-concurrently`: DETACH PARTITION takes an ACCESS EXCLUSIVE lock on the partitioned table.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN005",
        name: "detach-without-concurrently",
        severity: Severity::Warning,
        description: "DETACH PARTITION takes an ACCESS EXCLUSIVE lock on the partitioned table, so every query on any\n\
        partition waits. DETACH PARTITION CONCURRENTLY (PostgreSQL 14) does not.",
        bad: "alter table events detach partition events_2024;",
        good: "-- pgward:no-transaction\n\
        alter table events detach partition events_2024 concurrently;",
    },
    check,
)
.claims(Claim::Blocks);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if let TableAction::Detach { partition, concurrently: false } = action {
            found
                .say(
                    span,
                    format!("readers and writers of {} wait while {} is detached", shown(table), shown(partition)),
                )
                .on("table", table)
                .hint("DETACH PARTITION … CONCURRENTLY, in a file that begins with -- pgward:no-transaction");
        }
    }
}
