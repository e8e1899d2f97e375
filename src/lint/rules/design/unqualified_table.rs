//! `unqualified-table`: The table's schema depends on the search path of whoever runs the migration.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN130",
        name: "unqualified-table",
        severity: Severity::Info,
        description: "The table's schema depends on the search path of whoever runs the migration.",
        bad: "create table hits (id bigint);",
        good: "create table app.hits (id bigint);",
    },
    check,
)
.off();

fn check(site: &Site<'_>, found: &mut Found) {
    let name = match site.action {
        Action::CreateTable(table) if !table.temporary => &table.name,
        Action::AlterTable(table) => &table.name,
        Action::CreateIndex(index) => &index.table,
        _ => return,
    };
    if name.len() == 1 {
        found.say(site.span.clone(), format!("the schema of {} is not written", shown(name))).on("table", name);
    }
}
