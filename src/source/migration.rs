//! One migration: its version, its name, its files.

use super::checksum::{Match, Width, checksum, compare};
use super::layout::{Direction, FileName};
use crate::base::{Error, Result};
use crate::sql::keeping_roles;

/// A migration file: what it is called in messages, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlFile {
    /// The file's name as a person would look for it.
    pub file: String,
    /// Its text as it was read, with a byte order mark if it has one.
    pub text: String,
}

impl SqlFile {
    /// What the server is sent: the text without a byte order mark, and how many bytes that left out.
    #[must_use]
    pub fn sql(&self) -> (&str, usize) {
        match self.text.strip_prefix('\u{feff}') {
            Some(rest) => (rest, '\u{feff}'.len_utf8()),
            None => (&self.text, 0),
        }
    }
}

/// One step of a database's history: how to make it and, where there is a way, how to undo it.
#[derive(Debug, Clone)]
pub struct Migration {
    unapplied: refinery_core::Migration,
    up: SqlFile,
    pub(super) down: Option<SqlFile>,
}

impl Migration {
    pub(super) fn new(name: &FileName, up: SqlFile) -> Result<Self> {
        let version = parse_version(&name.version, &up.file)?;
        let prefix = if name.unordered { 'U' } else { 'V' };
        // refinery makes the checksum, so that it is the one that an application with refinery makes.
        let stem = format!("{prefix}{version}__{}", name.name);
        let unapplied = refinery_core::Migration::unapplied(&stem, &up.text)
            .ok()
            .filter(|migration| migration.name() == name.name)
            .ok_or_else(|| {
                Error::input(format!("{}: refinery does not take {:?} as a migration's name", up.file, name.name))
                    .with_hint("use letters, digits and underscores")
            })?;
        Self::from_refinery(unapplied, up)
    }

    pub(super) fn from_refinery(unapplied: refinery_core::Migration, up: SqlFile) -> Result<Self> {
        if unapplied.name().chars().count() > NAME_LIMIT {
            return Err(Error::input(format!(
                "{}: the name has more than {NAME_LIMIT} characters, and the history table has no room for it",
                up.file
            ))
            .with_hint("give the file a shorter name"));
        }
        Ok(Self { unapplied, up, down: None })
    }

    /// The same without what other databases of the server could stand in the way of.
    pub(super) fn keeping_roles(&self) -> Self {
        let kept = |file: &SqlFile| SqlFile { file: file.file.clone(), text: keeping_roles(&file.text).into_owned() };
        let up = kept(&self.up);
        // The checksum goes with the text; the name was one of refinery's before.
        let unapplied = match up == self.up {
            true => self.unapplied.clone(),
            false => refinery_core::Migration::unapplied(&self.id(), &up.text).unwrap_or(self.unapplied.clone()),
        };
        Self { unapplied, up, down: self.down.as_ref().map(kept) }
    }

    /// The version: what orders migrations and names them in the history.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.unapplied.version()
    }

    /// The name, for people.
    #[must_use]
    pub fn name(&self) -> &str {
        self.unapplied.name()
    }

    /// How messages call it: `V7__create_runs`.
    #[must_use]
    pub fn id(&self) -> String {
        self.unapplied.to_string()
    }

    /// Whether it may be applied after migrations of a higher version (refinery's `U`).
    #[must_use]
    pub fn is_unordered(&self) -> bool {
        *self.unapplied.prefix().to_string() == *"U"
    }

    /// The file that applies it.
    #[must_use]
    pub fn up(&self) -> &SqlFile {
        &self.up
    }

    /// The file that undoes it, if there is one.
    #[must_use]
    pub fn down(&self) -> Option<&SqlFile> {
        self.down.as_ref()
    }

    /// The file for a direction.
    #[must_use]
    pub fn file(&self, direction: Direction) -> Option<&SqlFile> {
        match direction {
            Direction::Up => Some(&self.up),
            Direction::Down => self.down.as_ref(),
        }
    }

    /// refinery's checksum over name, version and text. `None` where the version does not fit the width.
    #[must_use]
    pub fn checksum(&self, width: Width) -> Option<u64> {
        match width {
            Width::Int8 => Some(self.unapplied.checksum()),
            Width::Int4 => checksum(self.name(), self.version(), &self.up.text, width),
        }
    }

    /// How this migration and what a history recorded under its version go together.
    #[must_use]
    pub fn compare(&self, recorded_name: &str, recorded_checksum: u64) -> Match {
        compare(self.name(), self.version(), &self.up.text, recorded_name, recorded_checksum)
    }

    /// The same migration as refinery's type.
    #[must_use]
    pub fn as_refinery(&self) -> &refinery_core::Migration {
        &self.unapplied
    }
}

/// `name varchar(255)` in refinery's history table.
const NAME_LIMIT: usize = 255;

/// Reads a version.
pub(super) fn parse_version(digits: &str, file: &str) -> Result<i64> {
    digits.parse().map_err(|_| {
        Error::input(format!("{file}: the version {digits} is too large"))
            .with_hint(format!("versions are at most {}", i64::MAX))
    })
}
