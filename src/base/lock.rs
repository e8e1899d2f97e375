//! The table-level locks, in the server's words and order.

use std::fmt;

use serde::Serialize;

/// A table-level lock, weakest first, as the server's documentation names and orders them (13.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Lock {
    /// Readers and writers go on; only schema changes wait.
    AccessShare,
    /// `SELECT FOR UPDATE` and the like.
    RowShare,
    /// What writers take.
    RowExclusive,
    /// Readers and writers go on; VACUUM and other schema changes wait.
    ShareUpdateExclusive,
    /// Writers wait, readers go on.
    Share,
    /// Writers wait, readers go on.
    ShareRowExclusive,
    /// Writers and `SELECT FOR UPDATE` wait.
    Exclusive,
    /// Everyone waits, readers too.
    AccessExclusive,
}

impl Lock {
    /// All of them, weakest first.
    const ALL: [Self; 8] = [
        Self::AccessShare,
        Self::RowShare,
        Self::RowExclusive,
        Self::ShareUpdateExclusive,
        Self::Share,
        Self::ShareRowExclusive,
        Self::Exclusive,
        Self::AccessExclusive,
    ];

    /// The name as SQL writes it: `ACCESS EXCLUSIVE`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// Reads a name in any case, as SQL writes it (`access exclusive`) or as `pg_locks.mode` does (`AccessExclusiveLock`).
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let bare = |name: &str| name.replace(' ', "").to_ascii_lowercase();
        let wanted = bare(name);
        let wanted = wanted.strip_suffix("lock").unwrap_or(&wanted);
        Self::ALL.into_iter().find(|lock| bare(lock.name()) == wanted)
    }

    /// Who waits while it is held.
    #[must_use]
    pub const fn waits(self) -> &'static str {
        match self {
            Self::AccessExclusive => "readers and writers wait",
            Self::Share | Self::ShareRowExclusive | Self::Exclusive => "writers wait",
            _ => "nobody waits but other changes of the schema",
        }
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Lock;

    #[test]
    fn names_are_read_as_sql_and_as_the_server_writes_them() {
        assert!(Lock::ALL.is_sorted());
        for lock in Lock::ALL {
            assert_eq!(Lock::parse(&lock.name().to_lowercase()), Some(lock));
        }
        assert_eq!(Lock::parse("ShareRowExclusiveLock"), Some(Lock::ShareRowExclusive));
        assert_eq!(Lock::parse("SIReadLock"), None);
    }
}
