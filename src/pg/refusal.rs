//! Why no connection could be made: one clear error for each way it can fail.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;

use tokio_postgres::error::DbError;

use super::options::Options;
use super::server_error::{db_error, find_source, reason};
use super::tls;
use crate::base::{Error, ErrorKind};

/// Where one attempt went.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Socket(PathBuf),
    Tcp { name: String, port: u16 },
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => write!(f, "{}", path.display()),
            Self::Tcp { name, port } if name.contains(':') => write!(f, "[{name}]:{port}"),
            Self::Tcp { name, port } => write!(f, "{name}:{port}"),
        }
    }
}

/// Why one attempt failed.
#[derive(Debug)]
pub(super) enum Cause {
    /// The driver says.
    Driver(tokio_postgres::Error),
    /// The name has no address.
    Lookup(io::Error),
    /// Nothing came in time.
    Timeout,
    /// It is a server, but not such a one as was asked for.
    NotSuch(&'static str),
    /// Certificates can't be read and the like: known before anything was sent.
    Setup(Error),
}

impl Cause {
    pub(super) fn said(&self) -> Option<&DbError> {
        match self {
            Self::Driver(error) => error.as_db_error(),
            _ => None,
        }
    }

    /// The server will be there in a moment: it is starting up, recovering or restarting.
    pub(super) fn is_passing(&self) -> bool {
        self.said().is_some_and(|said| said.code().code() == "57P03")
    }

    /// Another host may do better. As libpq: not when the server was there and refused the role or the database.
    pub(super) fn concerns_one_host(&self) -> bool {
        match self {
            Self::Setup(_) => false,
            Self::Driver(error) => match error.as_db_error() {
                Some(said) => matches!(said.code().code(), "57P03" | "53300"),
                None => !lacks_password(error),
            },
            _ => true,
        }
    }

    /// Whether the same server may let us in with TLS where it didn't without, or the other way round.
    pub(super) fn may_be_about_tls(&self) -> bool {
        match self {
            Self::Driver(error) => match error.as_db_error() {
                Some(said) => said.code().code() == "28000",
                None => find_source::<rustls::Error>(error).is_some(),
            },
            _ => false,
        }
    }

    /// The error for a person.
    pub(super) fn into_error(self, target: &Target, options: &Options) -> Error {
        let failed = |why: String| Error::new(ErrorKind::Connection, why);
        match self {
            Self::Setup(error) => error,
            Self::Timeout => {
                let seconds = options.connect_timeout.unwrap_or_default().as_secs_f32();
                failed(format!("{target} did not answer within {seconds} s")).with_hint(
                    "is the address right, and does a firewall let it through? connect_timeout sets the time",
                )
            }
            Self::Lookup(error) => failed(match target {
                Target::Tcp { name, .. } => format!("the host {name:?} is not known: {error}"),
                Target::Socket(_) => error.to_string(),
            })
            .with_hint("check the spelling of the host and this machine's name service"),
            Self::NotSuch(what) => failed(format!("the server at {target} is {what}, as target_session_attrs forbids")),
            Self::Driver(error) => match error.as_db_error() {
                Some(said) => refused(said, target, options),
                None => unreachable_place(error, target, options),
            },
        }
    }
}

/// The driver has no way to tell this but its text.
fn lacks_password(error: &tokio_postgres::Error) -> bool {
    error.source().is_some_and(|source| source.to_string() == "password missing")
}

/// The server said no.
fn refused(said: &DbError, target: &Target, options: &Options) -> Error {
    let base = db_error(said, &format!("cannot connect to {target}"));
    let mut error = Error::new(ErrorKind::Connection, base.message()).with_sqlstate(said.code().code());
    for note in base.notes() {
        error = error.with_note(note.as_str());
    }
    for hint in base.hints() {
        error = error.with_hint(hint.as_str());
    }
    let (user, database) = (&options.user, &options.database);
    match said.code().code() {
        "28P01" => match &options.passfile {
            Some(file) => error.with_note(format!("the password came from {}", file.display())),
            None => error.with_hint(format!("check the password of role {user:?} in the URL, PGPASSWORD or ~/.pgpass")),
        },
        "28000" if said.message().contains("pg_hba.conf") => {
            let how = if said.message().contains("no encryption") { "with TLS, or " } else { "" };
            error.with_hint(format!(
                "the server's pg_hba.conf must let role {user:?} into database {database:?} from here; try {how}\
                 another role or host"
            ))
        }
        "28000" if said.message().contains("does not exist") => {
            error.with_hint(format!("name a role that exists, or create it: createuser {user:?}"))
        }
        "28000" => error.with_hint("the system's user must be the role's on this socket; name another role or host"),
        "3D000" => error.with_hint(format!("create it: createdb {database:?}, or name another database in the URL")),
        "53300" => error.with_hint("close sessions that are not needed, or raise max_connections"),
        "57P03" => error.with_hint("the server is not ready yet; try again in a moment"),
        _ => error,
    }
}

/// Nobody spoke PostgreSQL to us.
fn unreachable_place(error: tokio_postgres::Error, target: &Target, options: &Options) -> Error {
    let failed = |why: String| Error::new(ErrorKind::Connection, why);
    if lacks_password(&error) {
        return failed(format!(
            "the server at {target} asks for the password of role {:?}, and none is given",
            options.user
        ))
        .with_hint("put it in PGPASSWORD, ~/.pgpass or the URL");
    }
    if let Some(tls) = find_source::<rustls::Error>(&error) {
        return tls::explain(tls, &target.to_string()).with_source(error);
    }
    let reason = reason(&error);
    if reason == "server does not support TLS" {
        return failed(format!("no TLS connection to {target}: the server has no TLS"))
            .with_hint("turn ssl on in the server's configuration, or use sslmode=prefer or disable");
    }
    if reason == "server did not use channel binding" {
        return failed(format!("the server at {target} does not bind the password to the TLS channel"))
            .with_hint("channel_binding=require needs TLS, and SCRAM on the server");
    }
    let io = find_source::<io::Error>(&error).map(io::Error::kind);
    let made = match (io, target) {
        (Some(io::ErrorKind::ConnectionRefused), Target::Tcp { .. }) => {
            failed(format!("no server answers at {target}: connection refused"))
                .with_hint("is PostgreSQL running there, and does it listen on this address and port?")
        }
        (Some(io::ErrorKind::ConnectionRefused), Target::Socket(_)) => {
            failed(format!("no server answers on the socket {target}: connection refused"))
                .with_hint("the socket was left behind by a server that is gone; start it again")
        }
        (Some(io::ErrorKind::NotFound), Target::Socket(_)) => failed(format!("there is no socket {target}"))
            .with_hint("is PostgreSQL running, and is this its unix_socket_directories and port?"),
        (Some(io::ErrorKind::PermissionDenied), Target::Socket(_)) => {
            failed(format!("the socket {target} may not be used: permission denied"))
                .with_hint("another user's server? its unix_socket_permissions decide")
        }
        _ if error.is_closed() || io == Some(io::ErrorKind::UnexpectedEof) => {
            failed(format!("the server at {target} closed the connection without a word"))
                .with_hint("is there a PostgreSQL server on this port? its log may say why")
        }
        _ => failed(format!("cannot connect to {target}: {reason}")),
    };
    made.with_source(error)
}
