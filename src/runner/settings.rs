//! What can be set of a runner, each with its default.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_postgres::CancelToken;

use super::event::Event;
use super::history::HistoryTable;
use super::options::Retry;
use super::run::Runner;
use crate::base::Result;

impl Runner {
    /// Where the history is. Default: `public.refinery_schema_history`.
    #[must_use]
    pub fn history_table(mut self, table: HistoryTable) -> Self {
        self.options.history = table;
        self
    }

    /// How long a statement waits for a lock before everything is rolled back and tried again. Zero: for ever.
    ///
    /// Default: 5 seconds. While a statement waits for an exclusive lock, everyone else on that table waits behind it.
    #[must_use]
    pub fn lock_timeout(mut self, limit: Duration) -> Self {
        self.options.lock_timeout = limit;
        self
    }

    /// The same for files that run without a transaction. Default: zero, for ever.
    ///
    /// A build with `CONCURRENTLY` waits for older transactions without being in anyone's way, and one that is cut off
    /// leaves an invalid index.
    #[must_use]
    pub fn lock_timeout_without_transaction(mut self, limit: Duration) -> Self {
        self.options.lock_timeout_without_transaction = limit;
        self
    }

    /// How long a statement may run. Default: zero, for ever, whatever the role's own setting is.
    #[must_use]
    pub fn statement_timeout(mut self, limit: Duration) -> Self {
        self.options.statement_timeout = limit;
        self
    }

    /// How long to wait for another run to end. Default: 10 minutes.
    #[must_use]
    pub fn lock_wait(mut self, limit: Duration) -> Self {
        self.options.lock_wait = limit;
        self
    }

    /// How often to try again after a lock was not had.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.options.retry = retry;
        self
    }

    /// Applies also what comes before the newest applied version.
    #[must_use]
    pub fn allow_out_of_order(mut self, allow: bool) -> Self {
        self.options.tolerance.out_of_order = allow;
        self
    }

    /// Goes up although the text of applied migrations was changed.
    #[must_use]
    pub fn allow_changed(mut self, allow: bool) -> Self {
        self.options.tolerance.changed = allow;
        self
    }

    /// Goes up although applied migrations have no file any more.
    #[must_use]
    pub fn allow_missing(mut self, allow: bool) -> Self {
        self.options.tolerance.missing = allow;
        self
    }

    /// Goes down although rows are lost, without looking whether any are.
    #[must_use]
    pub fn allow_data_loss(mut self, allow: bool) -> Self {
        self.options.allow_data_loss = allow;
        self
    }

    /// Calls a function for everything that happens during a run. It must not block.
    #[must_use]
    pub fn on_event(mut self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.options.listener = Some(Arc::new(listener));
        self
    }

    /// Stops when the value becomes true: the server is asked to cancel the statement that runs, its migration is rolled
    /// back, and the run ends with [`ErrorKind::Interrupted`](crate::base::ErrorKind::Interrupted).
    #[must_use]
    pub fn interrupt(mut self, stop: watch::Receiver<bool>) -> Self {
        self.options.interrupt = Some(stop);
        self
    }

    /// How the server is asked to cancel a statement. Default: over a connection without TLS.
    #[must_use]
    pub fn cancel_with<F, R>(mut self, cancel: F) -> Self
    where
        F: Fn(CancelToken) -> R + Send + Sync + 'static,
        R: Future<Output = Result<()>> + Send + 'static,
    {
        self.options.cancel = Arc::new(move |token| Box::pin(cancel(token)));
        self
    }
}
