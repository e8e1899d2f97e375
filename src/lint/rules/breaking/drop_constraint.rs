//! `drop-constraint`: Without the constraint, rows come in that it would have refused, and they stay when it is wanted again.

use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN064",
        name: "drop-constraint",
        severity: Severity::Warning,
        description: "Without the constraint, rows come in that it would have refused, and they stay when it is wanted\n\
        again. A foreign key's referenced table is locked too.",
        bad: "alter table accounts drop constraint balance_positive;",
        good: "alter table accounts add constraint c check (balance >= 0) not valid;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if let TableAction::DropConstraint { name, .. } = action
            && !site.known.is_fresh("constraint", &vec![name.clone()], Some(table))
        {
            found.say(span, format!("constraint {} of {} goes", Ident(name), shown(table))).of(
                "constraint",
                name,
                table,
            );
        }
    }
}
