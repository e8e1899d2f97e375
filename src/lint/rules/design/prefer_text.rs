//! `prefer-text`: A limit in the type is hard to change and says nothing when it cuts in.

use super::super::columns;
use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TypeName;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN124",
        name: "prefer-text",
        severity: Severity::Info,
        description: "A limit in the type is hard to change and says nothing when it cuts in. A CHECK can be added NOT\n\
        VALID and has a name.",
        bad: "create table hits (code varchar(40));",
        good: "create table hits (code text check (length(code) <= 40));",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, column) in columns(site) {
        let is = |known: &TypeName| known.is(&["varchar"]) && !known.modifiers.is_empty();
        if column.data_type.as_ref().is_some_and(is) {
            found
                .say(span, format!("column {} of {} has a limit in its type", Ident(&column.name), shown(table)))
                .of("column", &column.name, table)
                .hint("text, with a CHECK on its length if that matters");
        }
    }
}
