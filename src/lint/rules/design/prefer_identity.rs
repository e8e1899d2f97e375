//! `prefer-identity`: Serial makes a sequence with an owner and grants of its own, and lets writers give any number.

use super::super::columns;
use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TypeName;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN122",
        name: "prefer-identity",
        severity: Severity::Info,
        description: "serial makes a sequence with an owner and grants of its own, and lets writers give any number. An\n\
        identity column is the standard's way.",
        bad: "create table hits (id bigserial);",
        good: "create table hits (id bigint generated always as identity);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, column) in columns(site) {
        let is = |known: &TypeName| known.is(&["serial", "bigserial", "smallserial"]);
        if column.data_type.as_ref().is_some_and(is) {
            found
                .say(span, format!("column {} of {} is serial", Ident(&column.name), shown(table)))
                .of("column", &column.name, table)
                .hint("bigint generated always as identity");
        }
    }
}
