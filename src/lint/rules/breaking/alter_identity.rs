//! `alter-identity`: Who may write the column, or which numbers come, changes.

use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN086",
        name: "alter-identity",
        severity: Severity::Warning,
        description: "Who may write the column, or which numbers come, changes: writers that give a value may fail, and\n\
        numbers may come twice.",
        bad: "alter table accounts alter column id set generated always;",
        good: "alter table accounts alter column id set statistics 100;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if let TableAction::Column { column, what } = action
            && matches!(
                what.as_str(),
                "add generated"
                    | "set generated options"
                    | "set generated"
                    | "drop identity"
                    | "restart"
                    | "set sequence option"
            )
        {
            found
                .say(span, format!("the numbering of column {} of {} changes", Ident(column), shown(table)))
                .of("column", column, table);
        }
    }
}
