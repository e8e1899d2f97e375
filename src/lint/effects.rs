//! The table locks that statements take by PostgreSQL's manual (13.3.1 and the pages of the commands).
//!
//! Says nothing of tables that triggers, functions or foreign keys reach: those, a trace sees.

use super::known::Known;
use crate::sql::tree::{Action, ConstraintKind, Name, TableAction, Verb};

/// A lock mode on a table, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// `ACCESS SHARE`: a reader's.
    AccessShare,
    /// `ROW SHARE`.
    RowShare,
    /// `ROW EXCLUSIVE`: a writer's.
    RowExclusive,
    /// `SHARE UPDATE EXCLUSIVE`: of maintenance beside readers and writers.
    ShareUpdateExclusive,
    /// `SHARE`: writers wait.
    Share,
    /// `SHARE ROW EXCLUSIVE`: writers wait.
    ShareRowExclusive,
    /// `EXCLUSIVE`: writers wait.
    Exclusive,
    /// `ACCESS EXCLUSIVE`: readers wait too.
    AccessExclusive,
}

impl Mode {
    /// The mode that `pg_locks.mode` names, such as `AccessExclusiveLock`.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "AccessShareLock" => Self::AccessShare,
            "RowShareLock" => Self::RowShare,
            "RowExclusiveLock" => Self::RowExclusive,
            "ShareUpdateExclusiveLock" => Self::ShareUpdateExclusive,
            "ShareLock" => Self::Share,
            "ShareRowExclusiveLock" => Self::ShareRowExclusive,
            "ExclusiveLock" => Self::Exclusive,
            "AccessExclusiveLock" => Self::AccessExclusive,
            _ => return None,
        })
    }

    /// Who waits for a lock in this mode.
    #[must_use]
    pub fn waits(self) -> &'static str {
        match self {
            Self::AccessExclusive => "readers and writers wait",
            Self::Share | Self::ShareRowExclusive | Self::Exclusive => "writers wait",
            _ => "nobody waits but other changes of the schema",
        }
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        })
    }
}

/// A lock on a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The table.
    pub table: Name,
    /// The mode.
    pub mode: Mode,
}

/// The locks that a statement takes.
pub(super) fn touches(action: &Action, known: &Known) -> Vec<Touch> {
    let touch = |table: &Name, mode| Touch { table: table.clone(), mode };
    let index_table = |name: &Name| known.index(name.last()?).map(|index| index.table.clone());
    match action {
        Action::CreateTable(table) => {
            let references = table.columns.iter().flat_map(|column| &column.constraints).chain(&table.constraints);
            let references = references.filter_map(|constraint| constraint.references.as_ref());
            let parent = table.partition_of.iter().map(|parent| touch(parent, Mode::AccessExclusive));
            references.map(|table| touch(table, Mode::ShareRowExclusive)).chain(parent).collect()
        }
        Action::CreateIndex(index) => {
            vec![touch(&index.table, if index.concurrently { Mode::ShareUpdateExclusive } else { Mode::Share })]
        }
        Action::Create(create) => match (create.kind.as_str(), &create.on) {
            ("trigger", Some(table)) => vec![touch(table, Mode::ShareRowExclusive)],
            ("policy" | "rule", Some(table)) => vec![touch(table, Mode::AccessExclusive)],
            _ => Vec::new(),
        },
        Action::AlterTable(table) => {
            let mode = table.actions.iter().map(|(_, action)| mode_of(action)).max().unwrap_or(Mode::AccessExclusive);
            let others = table.actions.iter().filter_map(|(_, action)| match action {
                TableAction::AddConstraint(constraint) => {
                    Some((constraint.references.as_ref()?, Mode::ShareRowExclusive))
                }
                TableAction::AddColumn { column, .. } => {
                    let references = column.constraints.iter().find_map(|constraint| constraint.references.as_ref());
                    Some((references?, Mode::ShareRowExclusive))
                }
                TableAction::Attach(partition) => Some((partition, Mode::AccessExclusive)),
                TableAction::Detach { partition, concurrently } => {
                    Some((partition, if *concurrently { Mode::ShareUpdateExclusive } else { Mode::AccessExclusive }))
                }
                _ => None,
            });
            let others: Vec<_> = others.map(|(table, mode)| touch(table, mode)).collect();
            [touch(&table.name, mode)].into_iter().chain(others).collect()
        }
        Action::Alter(alter) => match (alter.kind.as_str(), &alter.on) {
            ("policy", Some(table)) => vec![touch(table, Mode::AccessExclusive)],
            ("trigger", Some(table)) => vec![touch(table, Mode::AccessExclusive)],
            _ => Vec::new(),
        },
        Action::Drop(drop) => match (drop.kind.as_str(), &drop.on) {
            ("table" | "foreign table", _) => {
                drop.names.iter().map(|table| touch(table, Mode::AccessExclusive)).collect()
            }
            ("index", _) => {
                let mode = if drop.concurrently { Mode::ShareUpdateExclusive } else { Mode::AccessExclusive };
                drop.names.iter().filter_map(index_table).map(|table| touch(&table, mode)).collect()
            }
            ("trigger" | "policy" | "rule", Some(table)) => vec![touch(table, Mode::AccessExclusive)],
            _ => Vec::new(),
        },
        Action::Reindex { kind, name, concurrently } => {
            let mode = if *concurrently { Mode::ShareUpdateExclusive } else { Mode::Share };
            let table = if kind == "index" { index_table(name) } else { (kind == "table").then(|| name.clone()) };
            table.iter().map(|table| touch(table, mode)).collect()
        }
        Action::Refresh { view, concurrently } => {
            vec![touch(view, if *concurrently { Mode::Exclusive } else { Mode::AccessExclusive })]
        }
        Action::Rewrite { table, .. } => table.iter().map(|table| touch(table, Mode::AccessExclusive)).collect(),
        Action::Write(write) => {
            let mode = if write.verb == Verb::Truncate { Mode::AccessExclusive } else { Mode::RowExclusive };
            write.tables.iter().map(|table| touch(table, mode)).collect()
        }
        Action::Lock { tables, mode } => {
            let named = mode.replace(' ', "").to_ascii_lowercase() + "lock";
            let all = [
                "AccessShareLock",
                "RowShareLock",
                "RowExclusiveLock",
                "ShareUpdateExclusiveLock",
                "ShareLock",
                "ShareRowExclusiveLock",
                "ExclusiveLock",
                "AccessExclusiveLock",
            ];
            let mode = all.iter().find(|name| name.eq_ignore_ascii_case(&named)).and_then(|name| Mode::of(name));
            tables.iter().map(|table| touch(table, mode.unwrap_or(Mode::AccessExclusive))).collect()
        }
        _ => Vec::new(),
    }
}

/// The lock of one action, as in `AlterTableGetLockLevel`.
fn mode_of(action: &TableAction) -> Mode {
    match action {
        TableAction::Validate(_) => Mode::ShareUpdateExclusive,
        TableAction::AddConstraint(constraint) if constraint.kind == ConstraintKind::ForeignKey => {
            Mode::ShareRowExclusive
        }
        TableAction::Attach(_) | TableAction::Detach { concurrently: true, .. } => Mode::ShareUpdateExclusive,
        TableAction::Column { what, .. }
            if matches!(what.as_str(), "set statistics" | "set options" | "set options list" | "reset options") =>
        {
            Mode::ShareUpdateExclusive
        }
        TableAction::Other(what)
            if matches!(what.as_str(), "cluster on" | "set without cluster" | "set options" | "reset options") =>
        {
            Mode::ShareUpdateExclusive
        }
        TableAction::Other(what) if what.ends_with(" trigger") => Mode::ShareRowExclusive,
        _ => Mode::AccessExclusive,
    }
}
