//! `prefer-jsonb`: Json has no equality.

use super::super::columns;
use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TypeName;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN126",
        name: "prefer-jsonb",
        severity: Severity::Warning,
        description: "json has no equality: SELECT DISTINCT, GROUP BY and UNION over the table fail. It can't be indexed\n\
        either.",
        bad: "create table hits (data json);",
        good: "create table hits (data jsonb);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, column) in columns(site) {
        let is = |known: &TypeName| known.is(&["json"]);
        if column.data_type.as_ref().is_some_and(is) {
            found
                .say(span, format!("column {} of {} is json", Ident(&column.name), shown(table)))
                .of("column", &column.name, table)
                .hint("jsonb");
        }
    }
}
