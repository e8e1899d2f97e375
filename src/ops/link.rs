//! A worker's connection: made again when it is lost, and what is heard on it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify, broadcast};
use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::types::ToSql;

use super::answer::{Answer, call, failed};
use crate::base::{Error, ErrorKind, Result};
use crate::pg::{self, Options, Session};

/// How long one call may take before the connection counts as lost: a server that is gone without a word.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long to wait between attempts to connect, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The connection of a worker, shared by its slots.
pub(super) struct Link {
    options: Options,
    session: Mutex<Option<Arc<Session>>>,
    /// There are new runs.
    pub(super) work: Arc<Notify>,
    /// A run that somebody waits for has ended.
    pub(super) ended: broadcast::Sender<String>,
}

impl Link {
    pub(super) fn new(options: Options) -> Self {
        let (ended, _) = broadcast::channel(1000);
        Self { options, session: Mutex::new(None), work: Arc::new(Notify::new()), ended }
    }

    /// The connection, made where there is none.
    pub(super) async fn session(&self) -> Result<Arc<Session>> {
        let mut held = self.session.lock().await;
        if let Some(session) = held.as_ref().filter(|session| !session.is_closed()) {
            return Ok(Arc::clone(session));
        }
        *held = None;
        let session = pg::connect(&self.options).await?;
        let (work, ended) = (Arc::clone(&self.work), self.ended.clone());
        session.on_notification(move |channel, payload| match channel {
            "ops_runs" => work.notify_one(),
            // Nobody may be listening at the moment.
            "ops_run_ended" => drop(ended.send(payload.to_owned())),
            _ => {}
        });
        let listen = "listen ops_runs; listen ops_run_ended";
        session.client().batch_execute(listen).await.map_err(|error| failed(&session, error))?;
        let session = Arc::new(session);
        *held = Some(Arc::clone(&session));
        Ok(session)
    }

    /// Calls a function once.
    pub(super) async fn once(&self, function: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Answer> {
        let asking = async { call(&*self.session().await?, function, params).await };
        match timeout(PATIENCE, asking).await {
            Ok(answer) => answer,
            Err(_) => {
                *self.session.lock().await = None;
                Err(Error::new(ErrorKind::Connection, format!("the server did not answer within {PATIENCE:?}")))
            }
        }
    }

    /// Calls a function that may be called again, until it answers or a time has come. `lost` is told of each failure.
    pub(super) async fn until(
        &self,
        deadline: Option<Instant>,
        lost: &(dyn Fn(&Error) + Sync),
        function: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Answer> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.once(function, params).await {
                Err(error) if is_passing(&error) && deadline.is_none_or(|at| Instant::now() + pause < at) => {
                    lost(&error)
                }
                answered => return answered,
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Whether the same call may succeed later: the connection was lost, or the server is stopping, starting, or had to break
/// a deadlock.
pub(super) fn is_passing(error: &Error) -> bool {
    match error.sqlstate() {
        Some(state) => {
            state.starts_with("08") || state.starts_with("57P") || matches!(state, "53300" | "40001" | "40P01")
        }
        None => error.kind() == ErrorKind::Connection,
    }
}
