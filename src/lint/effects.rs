//! The table locks that statements take by PostgreSQL's manual (13.3.1 and the pages of the commands).
//!
//! Says nothing of tables that triggers, functions or foreign keys reach: those, a trace sees.

use super::known::Known;
use crate::base::Lock;
use crate::sql::tree::{Action, ConstraintKind, Name, TableAction, Verb};

/// A lock on a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Touch {
    /// The table.
    pub(super) table: Name,
    /// The mode.
    pub(super) mode: Lock,
}

/// The locks that a statement takes.
pub(super) fn touches(action: &Action, known: &Known) -> Vec<Touch> {
    let touch = |table: &Name, mode| Touch { table: table.clone(), mode };
    let index_table = |name: &Name| known.index(name.last()?).map(|index| index.table.clone());
    match action {
        Action::CreateTable(table) => {
            let references = table.columns.iter().flat_map(|column| &column.constraints).chain(&table.constraints);
            let references = references.filter_map(|constraint| constraint.references.as_ref());
            let parent = table.partition_of.iter().map(|parent| touch(parent, Lock::AccessExclusive));
            references.map(|table| touch(table, Lock::ShareRowExclusive)).chain(parent).collect()
        }
        Action::CreateIndex(index) => {
            vec![touch(&index.table, if index.concurrently { Lock::ShareUpdateExclusive } else { Lock::Share })]
        }
        Action::Create(create) => match (create.kind.as_str(), &create.on) {
            ("trigger", Some(table)) => vec![touch(table, Lock::ShareRowExclusive)],
            ("policy" | "rule", Some(table)) => vec![touch(table, Lock::AccessExclusive)],
            _ => Vec::new(),
        },
        Action::AlterTable(table) => {
            let mode = table.actions.iter().map(|(_, action)| mode_of(action)).max().unwrap_or(Lock::AccessExclusive);
            let others = table.actions.iter().filter_map(|(_, action)| match action {
                TableAction::AddConstraint(constraint) => {
                    Some((constraint.references.as_ref()?, Lock::ShareRowExclusive))
                }
                TableAction::AddColumn { column, .. } => {
                    let references = column.constraints.iter().find_map(|constraint| constraint.references.as_ref());
                    Some((references?, Lock::ShareRowExclusive))
                }
                TableAction::Attach(partition) => Some((partition, Lock::AccessExclusive)),
                TableAction::Detach { partition, concurrently } => {
                    Some((partition, if *concurrently { Lock::ShareUpdateExclusive } else { Lock::AccessExclusive }))
                }
                _ => None,
            });
            let others: Vec<_> = others.map(|(table, mode)| touch(table, mode)).collect();
            [touch(&table.name, mode)].into_iter().chain(others).collect()
        }
        Action::Alter(alter) => match (alter.kind.as_str(), &alter.on) {
            ("policy", Some(table)) => vec![touch(table, Lock::AccessExclusive)],
            ("trigger", Some(table)) => vec![touch(table, Lock::AccessExclusive)],
            _ => Vec::new(),
        },
        Action::Drop(drop) => match (drop.kind.as_str(), &drop.on) {
            ("table" | "foreign table", _) => {
                drop.names.iter().map(|table| touch(table, Lock::AccessExclusive)).collect()
            }
            ("index", _) => {
                let mode = if drop.concurrently { Lock::ShareUpdateExclusive } else { Lock::AccessExclusive };
                drop.names.iter().filter_map(index_table).map(|table| touch(&table, mode)).collect()
            }
            ("trigger" | "policy" | "rule", Some(table)) => vec![touch(table, Lock::AccessExclusive)],
            _ => Vec::new(),
        },
        Action::Reindex { kind, name, concurrently } => {
            let mode = if *concurrently { Lock::ShareUpdateExclusive } else { Lock::Share };
            let table = if kind == "index" { index_table(name) } else { (kind == "table").then(|| name.clone()) };
            table.iter().map(|table| touch(table, mode)).collect()
        }
        Action::Refresh { view, concurrently } => {
            vec![touch(view, if *concurrently { Lock::Exclusive } else { Lock::AccessExclusive })]
        }
        Action::Rewrite { table, .. } => table.iter().map(|table| touch(table, Lock::AccessExclusive)).collect(),
        Action::Write(write) => {
            let mode = if write.verb == Verb::Truncate { Lock::AccessExclusive } else { Lock::RowExclusive };
            write.tables.iter().map(|table| touch(table, mode)).collect()
        }
        Action::Lock { tables, mode } => {
            let mode = Lock::parse(mode);
            tables.iter().map(|table| touch(table, mode.unwrap_or(Lock::AccessExclusive))).collect()
        }
        _ => Vec::new(),
    }
}

/// The lock of one action, as in `AlterTableGetLockLevel`.
fn mode_of(action: &TableAction) -> Lock {
    match action {
        TableAction::Validate(_) => Lock::ShareUpdateExclusive,
        TableAction::AddConstraint(constraint) if constraint.kind == ConstraintKind::ForeignKey => {
            Lock::ShareRowExclusive
        }
        TableAction::Attach(_) | TableAction::Detach { concurrently: true, .. } => Lock::ShareUpdateExclusive,
        TableAction::Column { what, .. }
            if matches!(what.as_str(), "set statistics" | "set options" | "set options list" | "reset options") =>
        {
            Lock::ShareUpdateExclusive
        }
        TableAction::Other(what)
            if matches!(what.as_str(), "cluster on" | "set without cluster" | "set options" | "reset options") =>
        {
            Lock::ShareUpdateExclusive
        }
        TableAction::Other(what) if what.ends_with(" trigger") => Lock::ShareRowExclusive,
        _ => Lock::AccessExclusive,
    }
}
