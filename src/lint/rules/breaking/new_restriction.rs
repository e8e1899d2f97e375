//! `new-restriction`: Writers that were right until now may be refused from then on.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::{ConstraintKind, TableAction};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN096",
        name: "new-restriction",
        severity: Severity::Info,
        description: "Writers that were right until now may be refused from then on, also those of a version that is still\n\
        in use.",
        bad: "alter table accounts add constraint c check (balance >= 0) not valid;",
        good: "create table accounts (balance bigint check (balance >= 0));",
    },
    check,
).off();

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        let restricts = match action {
            TableAction::AddConstraint(constraint) => {
                constraint.using_index.is_none() || constraint.kind == ConstraintKind::Unique
            }
            TableAction::Column { what, .. } => what == "set not null",
            _ => false,
        };
        if restricts {
            found.say(span, format!("writers of {} may be refused", shown(table))).on("table", table);
        }
    }
}
