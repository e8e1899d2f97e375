//! `check-scans-table`: A CHECK that is added as valid reads the whole table under an ACCESS EXCLUSIVE lock.

use super::super::added;
use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::ConstraintKind;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN007",
        name: "check-scans-table",
        severity: Severity::Error,
        description: "A CHECK that is added as valid reads the whole table under an ACCESS EXCLUSIVE lock. Add it NOT\n\
        VALID, which takes a moment, and VALIDATE it in another transaction, under a lock that lets readers\n\
        and writers go on.",
        bad: "alter table accounts add constraint balance_positive check (balance >= 0);",
        good: "alter table accounts add constraint balance_positive check (balance >= 0) not valid;",
    },
    check,
)
.claims(Claim::Scans);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, constraint) in added(site, ConstraintKind::Check) {
        if !constraint.not_valid {
            found
                .say(
                    span,
                    format!("all rows of {} are read under an ACCESS EXCLUSIVE lock to check this", shown(table)),
                )
                .on("table", table)
                .hint("ADD CONSTRAINT … NOT VALID here, VALIDATE CONSTRAINT in a later migration");
        }
    }
}
