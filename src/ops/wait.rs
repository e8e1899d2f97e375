//! Waiting for a run to end: listening, and looking now and then for what could not be heard.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::answer::failed;
use crate::base::Result;
use crate::pg::Session;

/// How often a run is looked at whose end could not be heard: behind a pooler that keeps no session, or where a status was
/// set by a plain UPDATE.
const LOOK_AGAIN: Duration = Duration::from_millis(80);

/// The number in whose name one waits for a run; `ops.tell_waiters` asks for it.
pub(super) const WAITING: &str = "20260214";

/// How a run is.
#[derive(Debug, Clone)]
pub struct Status {
    /// Its status, in the schema's word.
    pub status: String,
    /// The run as an object.
    pub run: Value,
}

impl Status {
    /// Whether it has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        matches!(self.status.as_str(), "succeeded" | "failed" | "canceled")
    }
}

/// Somebody who waits for a run.
#[derive(Debug)]
pub struct RunWatch<'s> {
    session: &'s Session,
    run_id: String,
    ended: Arc<Notify>,
}

impl<'s> RunWatch<'s> {
    /// Begins to listen. Whoever ends the run from now on says so.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn new(session: &'s Session, run_id: &str) -> Result<Self> {
        let ended = Arc::new(Notify::new());
        let (told, mine) = (Arc::clone(&ended), run_id.to_owned());
        session.on_notification(move |channel, payload| {
            if channel == "ops_run_ended" && payload == mine {
                told.notify_one();
            }
        });
        let client = session.client();
        client.batch_execute("listen ops_run_ended").await.map_err(|error| failed(session, error))?;
        let wait = format!(
            "select pg_catalog.pg_advisory_lock_shared(pg_catalog.uuid_hash_extended($1::text::uuid, {WAITING}))"
        );
        client.query_one(&wait, &[&run_id]).await.map_err(|error| failed(session, error))?;
        Ok(Self { session, run_id: run_id.to_owned(), ended })
    }

    /// How the run is now; none when it is there no more.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn look(&self) -> Result<Option<Status>> {
        let sql = "select r.status, pg_catalog.to_jsonb(r) from ops.runs r where r.id = $1::text::uuid";
        let row = self.session.client().query_opt(sql, &[&self.run_id]).await;
        let row = row.map_err(|error| failed(self.session, error))?;
        Ok(row.map(|row| Status { status: row.get(0), run: row.get(1) }))
    }

    /// Waits until the run has ended, or until a time; says how it is then.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub async fn until(&self, deadline: Instant) -> Result<Option<Status>> {
        loop {
            let status = self.look().await?;
            if status.as_ref().is_none_or(Status::has_ended) || Instant::now() >= deadline {
                return Ok(status);
            }
            let again = (Instant::now() + LOOK_AGAIN).min(deadline);
            let _ = timeout_at(again, self.ended.notified()).await;
        }
    }
}
