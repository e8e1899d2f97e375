//! `required-column`: A column that is NOT NULL without a default can't be added to a table with rows.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN011",
        name: "required-column",
        severity: Severity::Error,
        description: "A column that is NOT NULL without a default can't be added to a table with rows: the migration fails\n\
        on the first one. Give it a constant default, or add it nullable, fill it, and make it NOT NULL\n\
        afterwards.",
        bad: "alter table accounts add column plan text not null;",
        good: "alter table accounts add column plan text not null default 'free';",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        let TableAction::AddColumn { column, .. } = action else { continue };
        let filled = column.default.is_some()
            || column.identity
            || column.stored
            || column.data_type.as_ref().is_some_and(|known| known.is(&["serial", "bigserial", "smallserial"]));
        if column.not_null && !filled {
            found
                .say(
                    span,
                    format!("this fails where {} has rows: the column is NOT NULL without a default", shown(table)),
                )
                .of("column", &column.name, table)
                .hint("add a constant default, or add the column nullable and fill it first");
        }
    }
}
