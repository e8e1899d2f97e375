//! `drop-column`: DROP COLUMN loses its values, and every statement that names it fails from then on.

use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN061",
        name: "drop-column",
        severity: Severity::Error,
        description: "DROP COLUMN loses its values, and every statement that names it fails from then on, also that of an\n\
        ORM that lists all columns it once read. Release a version that ignores the column first.",
        bad: "alter table accounts drop column plan;",
        good: "alter table accounts add column plan text;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if let TableAction::DropColumn { column, .. } = action
            && !site.known.is_fresh("column", &vec![column.clone()], Some(table))
        {
            found
                .say(span, format!("column {} of {} goes with its values", Ident(column), shown(table)))
                .of("column", column, table)
                .hint("if no version in use touches it, waive this with the reason");
        }
    }
}
