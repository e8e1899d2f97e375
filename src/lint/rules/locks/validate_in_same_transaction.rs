//! `validate-in-same-transaction`: A constraint is added NOT VALID and validated in one transaction.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN009",
        name: "validate-in-same-transaction",
        severity: Severity::Error,
        description: "A constraint is added NOT VALID and validated in one transaction: the strong lock of the first\n\
        statement is held while the second reads the whole table, so nothing is won. Validate it in a\n\
        migration of its own.",
        bad: "alter table accounts add constraint balance_positive check (balance >= 0) not valid;\n\
        alter table accounts validate constraint balance_positive;",
        good: "alter table accounts add constraint balance_positive check (balance >= 0) not valid;",
    },
    check,
)
.claims(Claim::Scans);

fn check(site: &Site<'_>, found: &mut Found) {
    let mut here = Vec::new();
    for (span, table, action) in site.alterations() {
        if let TableAction::AddConstraint(constraint) = action
            && constraint.not_valid
        {
            here.extend(&constraint.name);
        }
        let TableAction::Validate(name) = action else { continue };
        let before = site.past.not_valid.iter();
        let mut before = before.filter(|(known, _)| known.last() == table.last()).map(|(_, constraint)| constraint);
        if before.any(|constraint| constraint == name) || here.contains(&name) {
            found
                .say(
                    span,
                    format!("{name} was added in this transaction, whose lock on {} is still held", shown(table)),
                )
                .of("constraint", name, table)
                .hint("validate it in a later migration");
        }
    }
}
