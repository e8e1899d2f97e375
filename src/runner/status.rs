//! History and migrations compared: a pure function.

use std::collections::BTreeMap;
use std::fmt;

use super::history::{Partial, Row};
use crate::source::{Match, Migrations};

/// How a migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Applied, and the file is the one that was applied.
    Applied,
    /// Applied; the file differs in line ends or a byte order mark only. Nothing objects to it.
    LineEnds,
    /// Applied, but the text of the file was changed since.
    Changed,
    /// Applied, but under another name.
    Renamed,
    /// Applied, but there is no file any more.
    Missing,
    /// Not applied.
    Pending,
    /// Not applied, though a later one is.
    OutOfOrder,
}

impl State {
    /// Whether the history has it.
    #[must_use]
    pub fn is_applied(self) -> bool {
        !matches!(self, Self::Pending | Self::OutOfOrder)
    }

    /// Whether history and migrations disagree.
    #[must_use]
    pub fn is_problem(self) -> bool {
        matches!(self, Self::Changed | Self::Renamed | Self::Missing | Self::OutOfOrder)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Applied => "applied",
            Self::LineEnds => "applied (line ends differ)",
            Self::Changed => "changed",
            Self::Renamed => "renamed",
            Self::Missing => "missing",
            Self::Pending => "pending",
            Self::OutOfOrder => "out of order",
        })
    }
}

/// One version, in the history or among the migrations or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The version.
    pub version: i64,
    /// The name: the file's, or the history's where there is no file.
    pub name: String,
    /// How it stands.
    pub state: State,
    /// What the history has of it.
    pub recorded: Option<Row>,
    /// The file, unless it is missing.
    pub file: Option<String>,
    /// Whether there is a way to undo it.
    pub has_down: bool,
    /// How far it came, if it runs without a transaction and failed.
    pub partial: Option<Partial>,
}

impl Entry {
    /// How messages call it.
    #[must_use]
    pub fn id(&self) -> String {
        format!("V{}__{}", self.version, self.name)
    }
}

/// How a database's history and a set of migrations stand to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// All versions in order.
    pub entries: Vec<Entry>,
    /// Whether the database has a history table.
    pub has_history: bool,
}

impl Status {
    /// Compares what was applied with the migrations that are there.
    #[must_use]
    pub fn new(rows: Option<&[Row]>, partials: &[Partial], migrations: &Migrations) -> Self {
        let applied = rows.unwrap_or_default();
        let newest = applied.iter().map(|row| row.version).max();
        let by_version: BTreeMap<i64, &Row> = applied.iter().map(|row| (row.version, row)).collect();
        let mut entries = Vec::with_capacity(migrations.len());
        for migration in migrations {
            let version = migration.version();
            let recorded = by_version.get(&version).copied();
            let state = match recorded.map(|row| migration.compare(&row.name, row.checksum)) {
                Some(Match::Same) => State::Applied,
                Some(Match::LineEnds) => State::LineEnds,
                Some(Match::Renamed) => State::Renamed,
                Some(Match::Differs) => State::Changed,
                None if newest > Some(version) && !migration.is_unordered() => State::OutOfOrder,
                None => State::Pending,
            };
            entries.push(Entry {
                version,
                name: migration.name().to_owned(),
                state,
                recorded: recorded.cloned(),
                file: Some(migration.up().file.clone()),
                has_down: migration.down().is_some(),
                partial: partials.iter().find(|partial| partial.version == version).cloned(),
            });
        }
        for row in applied.iter().filter(|row| migrations.get(row.version).is_none()) {
            entries.push(Entry {
                version: row.version,
                name: row.name.clone(),
                state: State::Missing,
                recorded: Some(row.clone()),
                file: None,
                has_down: false,
                partial: None,
            });
        }
        entries.sort_by_key(|entry| entry.version);
        Self { entries, has_history: rows.is_some() }
    }

    /// The entries in a state.
    pub fn with(&self, state: State) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.state == state)
    }

    /// The entries where history and migrations disagree.
    pub fn problems(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.state.is_problem())
    }

    /// How many migrations are not applied, in order or not.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.entries.iter().filter(|entry| !entry.state.is_applied()).count()
    }

    /// The newest version that is applied.
    #[must_use]
    pub fn current(&self) -> Option<i64> {
        self.entries.iter().rev().find(|entry| entry.state.is_applied()).map(|entry| entry.version)
    }
}
