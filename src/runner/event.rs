//! What a run tells while it is under way.

use std::fmt;
use std::time::Duration;

use crate::source::Direction;

/// Something that happened during a run. For progress on a terminal and for logs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// Another run holds the lock. Sent when waiting begins and every few seconds.
    Waiting {
        /// Who holds it, where the server tells.
        holder: Option<Holder>,
        /// How long this run has waited.
        waited: Duration,
    },
    /// A migration begins.
    Started {
        /// Which one: `V7__create_runs`.
        migration: String,
        /// Whether it is applied or undone.
        direction: Direction,
        /// Its file.
        file: String,
        /// Its place in this run, from 1.
        number: usize,
        /// How many this run has.
        total: usize,
    },
    /// A statement of a file that runs without a transaction begins.
    Statement {
        /// Which migration.
        migration: String,
        /// The statement's place in the file, from 1.
        number: usize,
        /// How many the file has.
        total: usize,
        /// The statement's first line.
        text: String,
    },
    /// Statements of a file are passed over: they ran before, when the run failed further on.
    Resumed {
        /// Which migration.
        migration: String,
        /// How many statements are passed over.
        done: usize,
        /// How many the file has.
        total: usize,
    },
    /// The invalid index that a failed `CREATE INDEX CONCURRENTLY` left is dropped.
    DroppingInvalidIndex {
        /// The index, as SQL writes it.
        index: String,
    },
    /// A lock was not had in time, or there was a deadlock. Everything was rolled back, and is tried again.
    Retrying {
        /// Which migration.
        migration: String,
        /// How many times it was tried.
        tried: u32,
        /// How many times it is tried at most.
        of: u32,
        /// How long until the next time.
        pause: Duration,
        /// What the server said.
        reason: String,
        /// Who holds locks on tables that the file names.
        holders: Vec<Holder>,
    },
    /// A migration is done and recorded.
    Finished {
        /// Which one.
        migration: String,
        /// Whether it was applied or undone.
        direction: Direction,
        /// How long it took, with all tries.
        elapsed: Duration,
    },
    /// Something that a person should know, and that stops nothing.
    Warning(String),
}

/// A session that others wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The server process.
    pub pid: i32,
    /// The role.
    pub user: String,
    /// What the program calls itself.
    pub application: String,
    /// What the session does: `active`, `idle in transaction`.
    pub state: String,
    /// For how long its transaction, or else its connection, has been open, in the server's words.
    pub since: String,
    /// Its last statement.
    pub query: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} ({}", self.pid, self.user)?;
        if !self.application.is_empty() {
            write!(f, ", {}", self.application)?;
        }
        write!(f, ") {} for {}", self.state, self.since)?;
        if !self.query.is_empty() {
            write!(f, ": {}", self.query)?;
        }
        Ok(())
    }
}

impl Event {
    /// Writes the event to the program's log.
    pub(super) fn log(&self) {
        match self {
            Self::Waiting { holder, waited } => {
                let holder = holder.as_ref().map(ToString::to_string);
                tracing::info!(?waited, holder, "waiting for another run");
            }
            Self::Started { migration, direction, number, total, .. } => {
                tracing::info!(migration, ?direction, number, total, "migration begins");
            }
            Self::Statement { migration, number, total, text } => {
                tracing::debug!(migration, number, total, text, "statement begins");
            }
            Self::Resumed { migration, done, total } => tracing::info!(migration, done, total, "resumed"),
            Self::DroppingInvalidIndex { index } => tracing::warn!(index, "dropping an invalid index"),
            Self::Retrying { migration, tried, of, pause, reason, holders } => {
                let holders: Vec<_> = holders.iter().map(ToString::to_string).collect();
                tracing::warn!(migration, tried, of, ?pause, reason, ?holders, "will try again");
            }
            Self::Finished { migration, direction, elapsed } => {
                tracing::info!(migration, ?direction, ?elapsed, "migration done");
            }
            Self::Warning(text) => tracing::warn!("{text}"),
        }
    }
}
