//! `drop-expression`: The column keeps its values but is not computed any more.

use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN072",
        name: "drop-expression",
        severity: Severity::Warning,
        description: "The column keeps its values but is not computed any more: it goes stale with the next write.",
        bad: "alter table accounts alter column total drop expression;",
        good: "alter table accounts alter column total set statistics 100;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if let TableAction::Column { column, what } = action
            && matches!(what.as_str(), "drop expression")
        {
            found
                .say(span, format!("column {} of {} is not generated any more", Ident(column), shown(table)))
                .of("column", column, table);
        }
    }
}
