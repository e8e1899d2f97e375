//! `add-column`: Readers that select all columns get one more, and INSERT statements without a list of columns fail.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN093",
        name: "add-column",
        severity: Severity::Info,
        description: "Readers that select all columns get one more, and INSERT statements without a list of columns fail.",
        bad: "alter table accounts add column plan text;",
        good: "create table accounts (plan text);",
    },
    check,
).off();

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if let TableAction::AddColumn { column, .. } = action {
            found.say(span, format!("readers of {} get one more column", shown(table))).of(
                "column",
                &column.name,
                table,
            );
        }
    }
}
