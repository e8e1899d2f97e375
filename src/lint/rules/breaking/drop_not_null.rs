//! `drop-not-null`: Readers that never expected NULL in the column may find it from then on.

use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN075",
        name: "drop-not-null",
        severity: Severity::Info,
        description: "Readers that never expected NULL in the column may find it from then on.",
        bad: "alter table accounts alter column email drop not null;",
        good: "alter table accounts alter column email set statistics 100;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if let TableAction::Column { column, what } = action
            && matches!(what.as_str(), "drop not null")
        {
            found
                .say(span, format!("readers of column {} of {} may find NULL in it", Ident(column), shown(table)))
                .of("column", column, table);
        }
    }
}
