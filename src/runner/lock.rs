//! The lock that keeps two runs on one history apart.
//!
//! A session-level advisory lock, polled: whoever waits holds no snapshot, while a session that is blocked in
//! `pg_advisory_lock` holds one, for which `CREATE INDEX CONCURRENTLY` in the run that has the lock would wait for ever.
//! The server frees the lock when the connection ends, however that comes about.
//!
//! The key is the first eight bytes, as a big-endian signed number, of the SHA-256 of
//! `pgward:history:<schema>.<table>`, both quoted as SQL where they need it. PostgreSQL keeps advisory locks per
//! database, so the database is no part of the key. For `public.refinery_schema_history` a test holds the number.

use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use tokio_postgres::SimpleQueryRow;

use super::event::{Event, Holder};
use super::history::HistoryTable;
use super::job::Job;
use super::server::server_error;
use super::session::Session;
use super::wire::{Failure, Message, send};
use crate::base::{Error, ErrorKind, Literal, Result};

/// How often the lock is asked for: often at first, later not more than this.
const FIRST_POLL: Duration = Duration::from_millis(20);
const SLOWEST_POLL: Duration = Duration::from_secs(1);
/// How often it is told who holds it.
const TELL: Duration = Duration::from_secs(5);

/// The advisory lock's key for a history table.
pub(super) fn key(table: &HistoryTable) -> i64 {
    let digest = Sha256::digest(format!("pgward:history:{}", table.sql()));
    digest.iter().take(8).fold(0, |key, byte| key << 8 | i64::from(*byte))
}

/// SQL that fails, with division by zero, where another session has the lock. A file can free it
/// (`pg_advisory_unlock_all()`); where nobody took it since, the rest of the transaction is under the lock again.
pub(super) fn still_locked(table: &HistoryTable) -> String {
    format!("SELECT 1 OPERATOR(pg_catalog./) pg_catalog.pg_try_advisory_xact_lock({})::pg_catalog.int4", key(table))
}

/// What [`still_locked`] found out.
pub(super) fn lock_lost(failure: &Failure, job: &Job<'_>) -> Option<Error> {
    (failure.sqlstate() == Some("22012")).then(|| {
        let message = format!("another run took the lock during {}, which had freed it", job.id());
        Error::new(ErrorKind::Lock, message).with_hint(
            "a migration can't free advisory locks that it did not take: pg_advisory_unlock_all, DISCARD ALL",
        )
    })
}

impl Session<'_> {
    /// Takes the lock, waiting as long as the options allow, and reads the history anew under it.
    pub(super) async fn lock(&mut self) -> Result<()> {
        let locked = self.wait_for_lock().await;
        locked.map_err(|error| match error.kind() {
            ErrorKind::Connection if self.client.is_closed() || error.sqlstate().is_some() => error
                .with_note("this run had not begun and changed nothing")
                .with_hint("run it again when the server is back"),
            _ => error,
        })
    }

    async fn wait_for_lock(&mut self) -> Result<()> {
        let key = key(&self.options.history);
        let lock = format!("SELECT pg_catalog.pg_try_advisory_lock({key})");
        let started = Instant::now();
        let mut told: Option<Instant> = None;
        let mut pause = FIRST_POLL;
        while !self.try_lock(&lock).await? {
            let waited = started.elapsed();
            let out_of_time = waited >= self.options.lock_wait;
            if out_of_time || told.is_none_or(|told| told.elapsed() >= TELL) {
                let holder = self.holder(key).await?;
                if out_of_time {
                    return Err(not_had(waited, holder.as_ref()));
                }
                told = Some(Instant::now());
                self.options.tell(&Event::Waiting { holder, waited });
            }
            tokio::select! {
                () = tokio::time::sleep(pause.min(self.options.lock_wait - waited)) => {}
                () = self.options.interrupted() => {
                    return Err(Error::new(ErrorKind::Interrupted, "interrupted while waiting for another run")
                        .with_note("nothing was changed"));
                }
            }
            pause = (pause * 2).min(SLOWEST_POLL);
        }
        self.read_partials().await
    }

    /// Frees the lock, if it was taken. A lost connection has freed it already.
    pub(super) async fn unlock(&mut self) {
        if !std::mem::take(&mut self.locked) {
            return;
        }
        let unlock = format!("SELECT pg_catalog.pg_advisory_unlock({})", key(&self.options.history));
        // A cancel request that comes late may hit this statement: then once more.
        for _ in 0..2 {
            let [answer] = send(self.client, [Message::Ask(&unlock)]).await;
            match answer {
                Ok(answer) if answer.rows.first().and_then(|row| row.get(0)) == Some("t") => return,
                Ok(_) => {
                    let text = "the lock was gone before the run was over: a migration frees advisory locks, or the \
                                connection goes through a pooler";
                    self.options.tell(&Event::Warning(text.to_owned()));
                    return;
                }
                Err(_) if self.client.is_closed() => return,
                Err(_) => {}
            }
        }
    }

    async fn holder(&self, key: i64) -> Result<Option<Holder>> {
        // A key of 64 bits is kept as two halves, marked with 1.
        let [high, low] = [key >> 32 & 0xffff_ffff, key & 0xffff_ffff];
        let query = holders_query(&format!(
            "l.locktype = 'advisory' AND l.classid = {high} AND l.objid = {low} AND l.objsubid = 1"
        ));
        let [answer] = send(self.client, [Message::Ask(&query)]).await;
        let answer = answer.map_err(|failure| server_error(failure.error, "could not look who holds the lock"))?;
        Ok(answer.rows.first().and_then(parse_holder))
    }

    /// Who holds locks on tables of these names. Nobody, where the server won't tell.
    pub(super) async fn holders_on(&self, names: &[String]) -> Vec<Holder> {
        let names: Vec<_> = names.iter().map(|name| Literal(name).to_string()).collect();
        if names.is_empty() {
            return Vec::new();
        }
        let query = holders_query(&format!(
            "l.locktype = 'relation' AND l.relation IN (SELECT c.oid FROM pg_catalog.pg_class c \
             WHERE c.relname IN ({}) AND c.relnamespace <> 'pg_catalog'::pg_catalog.regnamespace)",
            names.join(", ")
        ));
        let [answer] = send(self.client, [Message::Ask(&query)]).await;
        answer.map(|answer| answer.rows.iter().filter_map(parse_holder).collect()).unwrap_or_default()
    }
}

/// Other sessions on this database that hold locks, those with the oldest transaction first.
fn holders_query(locks: &str) -> String {
    format!(
        "SELECT a.pid, a.usename, a.application_name, a.state, \
         pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - coalesce(a.xact_start, a.backend_start)), \
         pg_catalog.left(pg_catalog.regexp_replace(a.query, '\\s+', ' ', 'g'), 200) \
         FROM pg_catalog.pg_stat_activity a \
         WHERE a.pid <> pg_catalog.pg_backend_pid() AND a.pid IN (SELECT l.pid FROM pg_catalog.pg_locks l \
           WHERE l.granted AND l.database = \
             (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) AND {locks}) \
         ORDER BY coalesce(a.xact_start, a.backend_start) LIMIT 5"
    )
}

fn parse_holder(row: &SimpleQueryRow) -> Option<Holder> {
    let text = |n: usize| row.get(n).unwrap_or_default().to_owned();
    Some(Holder {
        pid: row.get(0)?.parse().ok()?,
        user: text(1),
        application: text(2),
        state: text(3),
        since: text(4),
        query: text(5),
    })
}

fn not_had(waited: Duration, holder: Option<&Holder>) -> Error {
    let message = format!("another run holds the lock; waited {} seconds", waited.as_secs());
    let error = Error::new(ErrorKind::Lock, message).with_note("nothing was changed");
    match holder {
        Some(holder) => error
            .with_note(format!("it is held by {holder}"))
            .with_hint(format!("if that run is dead, end its session: select pg_terminate_backend({})", holder.pid)),
        None => error.with_hint("try again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_never_changes() {
        assert_eq!(key(&HistoryTable::default()), KEY);
        let other = HistoryTable { schema: "a.b".to_owned(), table: "c".to_owned() };
        let another = HistoryTable { schema: "a".to_owned(), table: "b.c".to_owned() };
        assert_ne!(key(&other), key(&another));
    }

    /// Programs of different versions must exclude each other.
    const KEY: i64 = 435_826_033_299_926_234;
}
