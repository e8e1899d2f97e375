//! `prefer-timestamptz`: A timestamp without time zone means another moment in each session's time zone.

use super::super::columns;
use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TypeName;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN125",
        name: "prefer-timestamptz",
        severity: Severity::Warning,
        description: "A timestamp without time zone means another moment in each session's time zone.",
        bad: "create table hits (at timestamp);",
        good: "create table hits (at timestamptz);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, column) in columns(site) {
        let is = |known: &TypeName| known.is(&["timestamp"]);
        if column.data_type.as_ref().is_some_and(is) {
            found
                .say(span, format!("column {} of {} has no time zone", Ident(&column.name), shown(table)))
                .of("column", &column.name, table)
                .hint("timestamptz");
        }
    }
}
