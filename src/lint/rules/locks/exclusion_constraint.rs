//! `exclusion-constraint`: An exclusion constraint builds its index under an ACCESS EXCLUSIVE lock.

use super::super::added;
use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::ConstraintKind;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN019",
        name: "exclusion-constraint",
        severity: Severity::Error,
        description: "An exclusion constraint builds its index under an ACCESS EXCLUSIVE lock, and there is no way to\n\
        build it beside the work. Add it while the table is small, or in a window, with a lock timeout.",
        bad: "alter table bookings add constraint no_overlap exclude using gist (room with =, during with &&);",
        good: "create table bookings (room bigint, during tstzrange, constraint no_overlap exclude using gist (room with =, during with &&));",
    },
    check,
).claims(Claim::Blocks);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, _) in added(site, ConstraintKind::Exclude) {
        found
            .say(span, format!("readers and writers of {} wait while its index is built", shown(table)))
            .on("table", table)
            .hint("there is no concurrent way: run it in a window, and waive this with the reason");
    }
}
