//! One connection: the driver's client, the server's notices, and what the server said last when it hangs up.

use std::fmt;
use std::future::poll_fn;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::error::DbError;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Connection, NoTls, Socket};

use super::server_error::{db_error, reason, server_error};
use super::tls::Connector;
use crate::base::{Error, ErrorKind, Result};

/// The oldest major version of PostgreSQL that pgward works with.
pub const OLDEST_SUPPORTED: u32 = 15;

/// How long asking to cancel may take: whoever asks is waiting to stop.
const CANCEL_PATIENCE: Duration = Duration::from_secs(5);

/// A message that the server sent beside its answers: NOTICE, WARNING, INFO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `NOTICE`, `WARNING` and so on, in the server's language.
    pub severity: String,
    /// The five-character code.
    pub sqlstate: String,
    /// The message.
    pub message: String,
    /// Its detail.
    pub detail: Option<String>,
    /// Its hint.
    pub hint: Option<String>,
}

impl From<&DbError> for Notice {
    fn from(notice: &DbError) -> Self {
        Self {
            severity: notice.severity().to_owned(),
            sqlstate: notice.code().code().to_owned(),
            message: notice.message().to_owned(),
            detail: notice.detail().map(str::to_owned),
            hint: notice.hint().map(str::to_owned),
        }
    }
}

/// Where notices go as they arrive. Called from the task that drives the connection, so it must not block.
pub type NoticeSink = Box<dyn Fn(Notice) + Send>;

/// Where notifications go as they arrive: channel and payload. Called as a [`NoticeSink`] is.
pub type NotificationSink = Box<dyn Fn(&str, &str) + Send>;

#[derive(Default)]
struct State {
    notices: Vec<Notice>,
    sink: Option<NoticeSink>,
    listener: Option<NotificationSink>,
    end: Option<End>,
}

/// How the connection ended.
enum End {
    /// As asked.
    Closed,
    /// The server said why.
    Said(Box<DbError>),
    /// The server said nothing.
    Lost(String),
}

/// A connection to a database, driven by a task of its own.
pub struct Session {
    client: Client,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
    canceller: Canceller,
    version: u32,
}

impl Session {
    /// Takes over a connection that was just made.
    pub(super) fn new<T>(client: Client, mut connection: Connection<Socket, T>, connector: Connector) -> Self
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let version = connection.parameter("server_version").map_or(0, version_number);
        let state = Arc::new(Mutex::new(State::default()));
        let driven = Arc::clone(&state);
        let task = tokio::spawn(poll_fn(move |cx| {
            loop {
                // Held while polling, so that whoever sees the client closed finds the reason here.
                let mut state = lock(&driven);
                match connection.poll_message(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Some(Ok(AsyncMessage::Notice(notice)))) => match &state.sink {
                        Some(sink) => sink(Notice::from(&notice)),
                        None => state.notices.push(Notice::from(&notice)),
                    },
                    Poll::Ready(Some(Ok(AsyncMessage::Notification(said)))) => {
                        if let Some(listener) = &state.listener {
                            listener(said.channel(), said.payload());
                        }
                    }
                    Poll::Ready(Some(Ok(_))) => {}
                    Poll::Ready(Some(Err(error))) => {
                        state.end = Some(match error.as_db_error() {
                            Some(said) => End::Said(Box::new(said.clone())),
                            None => End::Lost(reason(&error)),
                        });
                        return Poll::Ready(());
                    }
                    Poll::Ready(None) => {
                        state.end = Some(End::Closed);
                        return Poll::Ready(());
                    }
                }
            }
        }));
        let canceller = Canceller { token: client.cancel_token(), connector };
        Self { client, state, task, canceller, version }
    }

    /// The driver's client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The driver's client, for transactions.
    #[must_use]
    pub fn client_mut(&mut self) -> &mut Client {
        &mut self.client
    }

    /// The server's version as a number: 150014 is 15.14. Zero if the server didn't say, which only poolers do.
    #[must_use]
    pub fn server_version(&self) -> u32 {
        self.version
    }

    /// Checks that the server is new enough.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Environment`] for a server older than PostgreSQL 15.
    pub fn require_supported(&self) -> Result<()> {
        let major = self.version / 10_000;
        if self.version != 0 && major < OLDEST_SUPPORTED {
            return Err(Error::environment(format!("the server is PostgreSQL {major}, which is too old"))
                .with_hint(format!("pgward works with PostgreSQL {OLDEST_SUPPORTED} and later")));
        }
        Ok(())
    }

    /// Sends notices to a sink from now on, beginning with those collected so far.
    pub fn on_notice(&self, sink: impl Fn(Notice) + Send + 'static) {
        let mut state = lock(&self.state);
        mem::take(&mut state.notices).into_iter().for_each(&sink);
        state.sink = Some(Box::new(sink));
    }

    /// Hands notifications of the channels that this session listens on to a sink.
    pub fn on_notification(&self, sink: impl Fn(&str, &str) + Send + 'static) {
        lock(&self.state).listener = Some(Box::new(sink));
    }

    /// The notices collected since the last time, where there is no sink.
    #[must_use]
    pub fn take_notices(&self) -> Vec<Notice> {
        mem::take(&mut lock(&self.state).notices)
    }

    /// Whether the connection is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Asks the server to cancel what this session does, from elsewhere.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    /// As [`server_error`], and where the connection was lost with what the server said last, such as "terminating
    /// connection due to administrator command".
    #[must_use]
    pub fn error(&self, error: tokio_postgres::Error, what: impl Into<String>) -> Error {
        let what = what.into();
        if error.as_db_error().is_none() && error.is_closed() {
            let lost = |reason: &str| {
                Error::new(ErrorKind::Connection, format!("{what}: the connection to the server was lost: {reason}"))
            };
            match &lock(&self.state).end {
                Some(End::Said(said)) => return db_error(said, &what),
                Some(End::Lost(reason)) => return lost(reason).with_hint("the server's log may say why"),
                Some(End::Closed) | None => {}
            }
        }
        server_error(error, what)
    }

    /// Closes the connection and waits until that is done, so that the database has one session less afterwards.
    pub async fn close(self) {
        drop(self.client);
        // The task can't fail but by panicking in a sink, and the connection is gone then too.
        let _ = self.task.await;
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Cancels what a session does, from elsewhere: a signal handler, a timeout.
#[derive(Clone)]
pub struct Canceller {
    token: CancelToken,
    connector: Connector,
}

impl Canceller {
    /// Asks the server to cancel the statement that runs now, if one does. The statement then fails with 57014.
    ///
    /// # Errors
    ///
    /// When the server can't be reached.
    pub async fn cancel(&self) -> Result<()> {
        let asking = async {
            match &self.connector {
                Connector::Plain => self.token.cancel_query(NoTls).await,
                Connector::Tls(tls) => self.token.cancel_query(tls.clone()).await,
            }
        };
        match timeout(CANCEL_PATIENCE, asking).await {
            Ok(asked) => asked.map_err(|error| server_error(error, "could not ask the server to cancel")),
            Err(_) => Err(Error::new(
                ErrorKind::Connection,
                format!("could not ask the server to cancel: it did not answer within {CANCEL_PATIENCE:?}"),
            )),
        }
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canceller").finish_non_exhaustive()
    }
}

/// A panic in a sink must not hide how the connection ended.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `15.14 (Debian 15.14-0)` is 150014, `18beta1` is 180000, `9.6.3` is 90603, as `server_version_num` has it.
fn version_number(text: &str) -> u32 {
    let mut parts = text.split(['.', ' ']).map(|part| {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part[..digits].parse::<u32>().unwrap_or(0)
    });
    let mut next = || parts.next().unwrap_or(0);
    match (next(), next()) {
        (major @ ..=9, minor) => major * 10_000 + minor * 100 + next(),
        (major, minor) => major * 10_000 + minor,
    }
}

#[cfg(test)]
mod tests {
    use super::version_number;

    #[test]
    fn versions_are_numbers() {
        for (text, number) in
            [("15.14 (Debian 15.14-0+deb12u1)", 150_014), ("18beta1", 180_000), ("9.6.3", 90_603), ("17.2", 170_002)]
        {
            assert_eq!(version_number(text), number, "{text}");
        }
    }
}
