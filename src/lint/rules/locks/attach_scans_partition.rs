//! `attach-scans-partition`: ATTACH PARTITION reads the whole table that is attached.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN006",
        name: "attach-scans-partition",
        severity: Severity::Warning,
        description: "ATTACH PARTITION reads the whole table that is attached, under an ACCESS EXCLUSIVE lock on it,\n\
        unless a valid CHECK constraint already implies the partition's bounds. Add the CHECK as NOT VALID,\n\
        VALIDATE it, attach, and drop it.",
        bad: "alter table events attach partition events_2025 for values from ('2025-01-01') to ('2026-01-01');",
        good: "-- pgward:no-transaction\n\
        set lock_timeout = '5s';\n\
        alter table events_2025 add constraint bounds check (at >= '2025-01-01' and at < '2026-01-01') not valid;\n\
        alter table events_2025 validate constraint bounds;\n\
        alter table events attach partition events_2025 for values from ('2025-01-01') to ('2026-01-01');",
    },
    check,
)
.claims(Claim::Scans);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        let TableAction::Attach(partition) = action else { continue };
        let implied = site.table(partition).is_some_and(|known| known.checks.values().any(|check| check.valid));
        if site.existing(partition) && !implied {
            found
                .say(
                    span,
                    format!(
                        "all rows of {} are read under a lock while it is attached to {}",
                        shown(partition),
                        shown(table)
                    ),
                )
                .on("table", partition)
                .hint("first a CHECK of the bounds on it: ADD … NOT VALID, then VALIDATE in a transaction of its own");
        }
    }
}
