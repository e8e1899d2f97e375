//! Reaching a PostgreSQL server: how to connect ([`Options`]), the connection ([`Session`]), the server's errors
//! ([`server_error`]).
//!
//! Speaks libpq's language (URLs, `PG…` variables, service and password files, `sslmode`) without libpq. Knows servers
//! and databases, not what is in them: no catalog, no migrations. May import [`base`](crate::base) alone, and never reads
//! the process environment: it is handed an [`Environment`].

mod connect;
mod database;
mod dev;
mod environment;
mod options;
mod refusal;
mod scratch;
mod server_error;
mod session;
mod tls;

pub use connect::connect;
pub use database::ensure_database;
pub use dev::{Binaries, DEV_DATABASE, DevConfig, DevServer, Origin, Running, RunningIn, Started, Status};
pub use environment::Environment;
pub use options::{
    ChannelBinding, Host, Options, Password, Place, Roots, SslMode, SslNegotiation, TargetSession, TlsOptions,
};
pub use scratch::Scratch;
pub use server_error::server_error;
pub use session::{Canceller, Notice, NoticeSink, NotificationSink, OLDEST_SUPPORTED, Session};
