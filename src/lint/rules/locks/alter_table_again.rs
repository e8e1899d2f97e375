//! `alter-table-again`: The same table is altered by several statements in a row.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::{Action, TableAction};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN031",
        name: "alter-table-again",
        severity: Severity::Info,
        description: "The same table is altered by several statements in a row. One ALTER TABLE with several actions reads\n\
        or writes the table once, and says that it is one change.",
        bad: "alter table accounts add column plan text;\n\
        alter table accounts add column since date;",
        good: "alter table accounts add column plan text, add column since date;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::AlterTable(table) = site.action else { return };
    let joined = |action: &TableAction| {
        !matches!(
            action,
            TableAction::RenameTo(_)
                | TableAction::RenameColumn { .. }
                | TableAction::RenameConstraint
                | TableAction::Attach(_)
                | TableAction::Detach { .. }
                | TableAction::Validate(_)
        ) && !matches!(action, TableAction::Other(what) if what == "set schema")
    };
    if site.in_transaction
        && site.existing(&table.name)
        && site.past.altered.as_ref() == Some(&table.name)
        && table.actions.iter().all(|(_, action)| joined(action))
    {
        found
            .say(site.span.clone(), format!("{} was altered by the statement before, too", shown(&table.name)))
            .on("table", &table.name)
            .hint("put the actions into one ALTER TABLE");
    }
}
