//! How a run behaves: time limits, tries, what it overlooks, whom it tells.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio_postgres::{CancelToken, NoTls};

use super::choose::Tolerance;
use super::event::Event;
use super::history::HistoryTable;
use crate::base::Result;

/// How often and how patiently a migration is tried again that could not have a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How many times it is tried at most, the first time included.
    pub tries: u32,
    /// The pause after the first time; it doubles from try to try, and varies by half so that two runs part ways.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Default for Retry {
    /// Ten times; pauses from half a second up to 30 seconds.
    fn default() -> Self {
        Self { tries: 10, first_pause: Duration::from_millis(500), longest_pause: Duration::from_secs(30) }
    }
}

impl Retry {
    /// The pause after a try, from 1.
    pub(super) fn pause(&self, tried: u32) -> Duration {
        use std::hash::BuildHasher as _;
        let doubled = self.first_pause.saturating_mul(2_u32.saturating_pow(tried.saturating_sub(1)));
        // Each state of the standard library's hash maps has keys of its own: chance enough for this.
        let chance = std::collections::hash_map::RandomState::new().hash_one(tried) % 1000;
        let factor = 0.75 + 0.5 * f64::from(u32::try_from(chance).unwrap_or(0)) / 1000.0;
        doubled.min(self.longest_pause).mul_f64(factor)
    }
}

pub(super) type Listener = Arc<dyn Fn(&Event) + Send + Sync>;
pub(super) type Cancel = Arc<dyn Fn(CancelToken) -> BoxFuture<'static, Result<()>> + Send + Sync>;

#[derive(Clone)]
pub(super) struct Options {
    pub(super) history: HistoryTable,
    /// How long a statement of a transaction waits for a lock.
    pub(super) lock_timeout: Duration,
    /// The same for files that run without a transaction; zero is for ever.
    pub(super) lock_timeout_without_transaction: Duration,
    pub(super) statement_timeout: Duration,
    pub(super) lock_wait: Duration,
    pub(super) retry: Retry,
    pub(super) tolerance: Tolerance,
    pub(super) allow_data_loss: bool,
    pub(super) listener: Option<Listener>,
    pub(super) interrupt: Option<watch::Receiver<bool>>,
    pub(super) cancel: Cancel,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            history: HistoryTable::default(),
            lock_timeout: Duration::from_secs(5),
            lock_timeout_without_transaction: Duration::ZERO,
            statement_timeout: Duration::ZERO,
            lock_wait: Duration::from_secs(600),
            retry: Retry::default(),
            tolerance: Tolerance::default(),
            allow_data_loss: false,
            listener: None,
            interrupt: None,
            cancel: Arc::new(|token| {
                Box::pin(async move {
                    let asked = token.cancel_query(NoTls).await;
                    asked.map_err(|error| super::server::server_error(error, "could not cancel the statement"))
                })
            }),
        }
    }
}

impl Options {
    pub(super) fn tell(&self, event: &Event) {
        event.log();
        if let Some(listener) = &self.listener {
            listener(event);
        }
    }

    /// Whether somebody asked to stop.
    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupt.as_ref().is_some_and(|interrupt| *interrupt.borrow())
    }

    /// Waits until somebody asks to stop, for ever if nobody can.
    pub(super) async fn interrupted(&self) {
        if let Some(interrupt) = &self.interrupt
            && interrupt.clone().wait_for(|stop| *stop).await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }

    /// SQL that sets the time limits of a transaction, or with an empty `scope` those of the session.
    pub(super) fn set_limits(&self, scope: &str, lock_timeout: Duration) -> String {
        format!(
            "SET {scope} lock_timeout = {}; SET {scope} statement_timeout = {}",
            lock_timeout.as_millis(),
            self.statement_timeout.as_millis()
        )
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("history", &self.history)
            .field("lock_timeout", &self.lock_timeout)
            .field("lock_timeout_without_transaction", &self.lock_timeout_without_transaction)
            .field("statement_timeout", &self.statement_timeout)
            .field("lock_wait", &self.lock_wait)
            .field("retry", &self.retry)
            .field("tolerance", &self.tolerance)
            .field("allow_data_loss", &self.allow_data_loss)
            .finish_non_exhaustive()
    }
}
