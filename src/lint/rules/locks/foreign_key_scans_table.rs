//! `foreign-key-scans-table`: A foreign key that is added as valid reads the whole table while writers of both tables wait.

use super::super::added;
use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::ConstraintKind;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN008",
        name: "foreign-key-scans-table",
        severity: Severity::Error,
        description: "A foreign key that is added as valid reads the whole table while writers of both tables wait. Add it\n\
        NOT VALID and VALIDATE it in another transaction.",
        bad: "alter table orders add constraint orders_account foreign key (account_id) references accounts;",
        good: "alter table orders add constraint orders_account foreign key (account_id) references accounts not valid;",
    },
    check,
).claims(Claim::Scans);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, constraint) in added(site, ConstraintKind::ForeignKey) {
        if !constraint.not_valid {
            let other = constraint.references.as_ref().map(shown).unwrap_or_default();
            found
                .say(span, format!("writers of {} and {other} wait while all rows are checked", shown(table)))
                .on("table", table)
                .hint("ADD CONSTRAINT … NOT VALID here, VALIDATE CONSTRAINT in a later migration");
        }
    }
}
