//! `no-char`: Char(n) is padded with blanks that comparisons ignore and functions don't.

use super::super::columns;
use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TypeName;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN123",
        name: "no-char",
        severity: Severity::Warning,
        description: "char(n) is padded with blanks that comparisons ignore and functions don't. It saves nothing.",
        bad: "create table hits (code char(3));",
        good: "create table hits (code text);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, column) in columns(site) {
        let is = |known: &TypeName| known.is(&["char"]);
        if column.data_type.as_ref().is_some_and(is) {
            found
                .say(span, format!("column {} of {} is padded with blanks", Ident(&column.name), shown(table)))
                .of("column", &column.name, table)
                .hint("text, with a CHECK on its length if that matters");
        }
    }
}
