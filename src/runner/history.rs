//! refinery's history table: where it is, how it is read, how rows come and go.

use tokio_postgres::SimpleQueryRow;

use crate::base::{Error, ErrorKind, Ident, Literal, Path, Result};
use crate::source::{Migration, Width};

/// The history table's name, always with its schema: a migration may change the search path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryTable {
    /// The schema.
    pub schema: String,
    /// The table.
    pub table: String,
}

impl Default for HistoryTable {
    /// `public.refinery_schema_history`, where applications that embed refinery have it.
    fn default() -> Self {
        Self { schema: "public".to_owned(), table: "refinery_schema_history".to_owned() }
    }
}

impl HistoryTable {
    /// As SQL writes it.
    pub(super) fn sql(&self) -> String {
        Path(&[&self.schema, &self.table]).to_string()
    }

    /// The name of the table beside it that remembers how far a file without a transaction came.
    pub(super) fn partial_name(&self) -> String {
        format!("{}_partial", self.table)
    }

    /// That table as SQL writes it.
    pub(super) fn partial_sql(&self) -> String {
        Path(&[&self.schema, &self.partial_name()]).to_string()
    }

    /// The tables that pgward keeps for itself in that schema: the history, and what remembers how far a file came.
    #[must_use]
    pub fn tables(&self) -> [String; 2] {
        [self.table.clone(), self.partial_name()]
    }

    /// Reads all rows, versions as text whatever their type.
    pub(super) fn select(&self) -> String {
        // Not `order by version`, which would be the text.
        format!(
            "SELECT h.version::pg_catalog.text, h.name, h.applied_on, h.checksum FROM {} AS h ORDER BY h.version",
            self.sql()
        )
    }

    /// Forgets a migration.
    pub(super) fn delete(&self, version: i64) -> String {
        format!("DELETE FROM {} WHERE version = {version}", self.sql())
    }

    /// What follows refinery's INSERT: in an `int4` table the checksum is the one that refinery makes there.
    pub(super) fn adjust(&self, migration: &Migration, width: Width) -> String {
        match (width, migration.checksum(width)) {
            (Width::Int4, Some(checksum)) => format!(
                "UPDATE {} SET checksum = {} WHERE version = {}",
                self.sql(),
                Literal(&checksum.to_string()),
                migration.version()
            ),
            _ => String::new(),
        }
    }
}

/// A migration that the history says was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The version.
    pub version: i64,
    /// The name that it was applied under.
    pub name: String,
    /// When, in RFC 3339, as it was recorded.
    pub applied_on: String,
    /// refinery's checksum.
    pub checksum: u64,
}

impl Row {
    /// Reads a row of the history.
    pub(super) fn parse(row: &SimpleQueryRow, table: &HistoryTable) -> Result<Self> {
        let version = row.get(0).unwrap_or_default();
        let wrong = |what: &str| {
            Error::new(
                ErrorKind::History,
                format!("the row of version {version:?} in {} is damaged: {what}", table.sql()),
            )
            .with_hint("refinery writes version, name, applied_on and checksum: compare with what other rows have")
        };
        Ok(Self {
            version: version.parse().map_err(|_| wrong("the version is no number"))?,
            name: row.get(1).ok_or_else(|| wrong("it has no name"))?.to_owned(),
            applied_on: row.get(2).unwrap_or_default().to_owned(),
            checksum: row
                .get(3)
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| wrong("the checksum is no number of 64 bits"))?,
        })
    }
}

/// How far a file without a transaction came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// The migration's version.
    pub version: i64,
    /// Whether it was being undone.
    pub down: bool,
    /// How many steps were done.
    pub done: usize,
    /// How many there were.
    pub total: usize,
    /// The digest of the steps that were done.
    pub(super) digest: String,
}

impl Partial {
    pub(super) fn select(table: &HistoryTable) -> String {
        format!(
            "SELECT version, direction, done, total, digest FROM {} ORDER BY version, direction",
            table.partial_sql()
        )
    }

    pub(super) fn parse(row: &SimpleQueryRow) -> Option<Self> {
        Some(Self {
            version: row.get(0)?.parse().ok()?,
            down: row.get(1)? == "down",
            done: row.get(2)?.parse().ok()?,
            total: row.get(3)?.parse().ok()?,
            digest: row.get(4)?.to_owned(),
        })
    }

    pub(super) fn create(table: &HistoryTable) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {partial} (version pg_catalog.int8 NOT NULL, direction pg_catalog.text NOT NULL, \
             done pg_catalog.int4 NOT NULL, total pg_catalog.int4 NOT NULL, digest pg_catalog.text NOT NULL, \
             PRIMARY KEY (version, direction)); \
             COMMENT ON TABLE {partial} IS {comment}",
            partial = table.partial_sql(),
            comment = Literal(&format!(
                "pgward: how far a migration without a transaction came; goes away when it is done. Beside {}",
                Ident(&table.table)
            )),
        )
    }

    pub(super) fn upsert(&self, table: &HistoryTable) -> String {
        format!(
            "INSERT INTO {} AS p (version, direction, done, total, digest) VALUES ({}, {}, {}, {}, {}) \
             ON CONFLICT (version, direction) DO UPDATE SET done = excluded.done, total = excluded.total, \
             digest = excluded.digest",
            table.partial_sql(),
            self.version,
            Literal(self.direction()),
            self.done,
            self.total,
            Literal(&self.digest),
        )
    }

    pub(super) fn delete(&self, table: &HistoryTable) -> String {
        format!(
            "DELETE FROM {} WHERE version = {} AND direction = {}",
            table.partial_sql(),
            self.version,
            Literal(self.direction())
        )
    }

    fn direction(&self) -> &'static str {
        if self.down { "down" } else { "up" }
    }
}
