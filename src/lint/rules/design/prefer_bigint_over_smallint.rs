//! `prefer-bigint-over-smallint`: A smallint ends at 32,767; changing its type later rewrites the table.

use super::super::columns;
use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TypeName;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN121",
        name: "prefer-bigint-over-smallint",
        severity: Severity::Info,
        description: "A smallint ends at 32,767; changing its type later rewrites the table.",
        bad: "create table hits (kind smallint);",
        good: "create table hits (kind bigint);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, column) in columns(site) {
        let is = |known: &TypeName| known.is(&["smallint"]);
        if column.data_type.as_ref().is_some_and(is) {
            found
                .say(span, format!("column {} of {} ends at 32,767", Ident(&column.name), shown(table)))
                .of("column", &column.name, table)
                .hint("integer or bigint");
        }
    }
}
