//! `prefer-bigint`: An integer ends at 2,147,483,647; changing its type later rewrites the table.

use super::super::columns;
use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN120",
        name: "prefer-bigint",
        severity: Severity::Info,
        description: "An integer ends at 2,147,483,647; changing its type later rewrites the table. In a key a bigint\n\
        costs nothing that matters.",
        bad: "create table hits (id integer);",
        good: "create table hits (id bigint);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, column) in columns(site) {
        if column.data_type.as_ref().is_some_and(|known| known.is(&["integer"])) {
            found
                .say(span, format!("column {} of {} ends at 2,147,483,647", Ident(&column.name), shown(table)))
                .of("column", &column.name, table)
                .hint("bigint");
        }
    }
}
