//! `rename-table`: Every statement that names the table by its old name fails from the moment of the rename.

use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN080",
        name: "rename-table",
        severity: Severity::Error,
        description: "Every statement that names the table by its old name fails from the moment of the rename. Make a\n\
        view of the old name in the same transaction, or move readers and writers to a new name first.",
        bad: "alter table accounts rename to customers;",
        good: "create view customers as select 1 as id;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if let TableAction::RenameTo(to) = action {
            found
                .say(span, format!("statements that name {} fail once it is called {}", shown(table), Ident(to)))
                .on("table", table)
                .hint("make a view of the old name in the same transaction");
        }
    }
}
