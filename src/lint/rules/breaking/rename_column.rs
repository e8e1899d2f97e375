//! `rename-column`: Every statement that names the column by its old name fails from the moment of the rename.

use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN081",
        name: "rename-column",
        severity: Severity::Error,
        description: "Every statement that names the column by its old name fails from the moment of the rename. Add a\n\
        column of the new name, write both, move readers, then drop the old one.",
        bad: "alter table accounts rename column mail to email;",
        good: "alter table accounts add column email text;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if let TableAction::RenameColumn { from, to } = action
            && !site.known.is_fresh("column", &vec![from.clone()], Some(table))
        {
            found
                .say(
                    span,
                    format!(
                        "statements that name {} of {} fail once it is called {}",
                        Ident(from),
                        shown(table),
                        Ident(to)
                    ),
                )
                .of("column", from, table)
                .hint("add a column of the new name, write both, move the readers, drop the old one");
        }
    }
}
