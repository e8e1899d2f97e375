//! `drop-default`: Writers that leave the column out get NULL from then on, or an error if it is NOT NULL.

use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN071",
        name: "drop-default",
        severity: Severity::Warning,
        description: "Writers that leave the column out get NULL from then on, or an error if it is NOT NULL.",
        bad: "alter table accounts alter column plan drop default;",
        good: "alter table accounts alter column plan set statistics 100;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if let TableAction::Column { column, what } = action
            && matches!(what.as_str(), "drop default")
        {
            found
                .say(span, format!("the default of column {} of {} goes", Ident(column), shown(table)))
                .of("column", column, table);
        }
    }
}
