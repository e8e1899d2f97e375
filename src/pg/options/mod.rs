//! How to connect: everything libpq would know, from a URL or a `keyword=value` string, a service file, the
//! environment and the password file, each weaker than the one before.
//!
//! Reads files, opens no connection. A password is held in a [`Password`], which never shows itself.

mod conninfo;
mod params;
mod passfile;
mod password;
mod resolve;
mod service;
mod tls;
mod url;

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use password::Password;
pub(super) use resolve::SOCKET_DIRS;
pub use tls::{Roots, SslMode, SslNegotiation, TlsOptions};

use super::Environment;
use crate::base::Result;

/// How long to wait for a server when nobody says.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// One server to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Where it listens.
    pub place: Place,
    /// The port, which is part of the socket's name too.
    pub port: u16,
    /// The password for this server; the password file may have another for each.
    pub password: Option<Password>,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nobody said: the first of libpq's usual socket directories that has a socket, else `localhost`.
    Default,
    /// A directory with a unix socket.
    Socket(PathBuf),
    /// A host by name, with its address where that is known.
    Tcp {
        /// The name, which certificates are checked against.
        name: String,
        /// The address to connect to, instead of looking up the name.
        addr: Option<IpAddr>,
    },
}

/// What the session must be, `target_session_attrs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TargetSession {
    /// Any server will do.
    #[default]
    Any,
    /// Transactions must be able to write.
    ReadWrite,
    /// Transactions must not be able to write.
    ReadOnly,
    /// The server must not be in recovery.
    Primary,
    /// The server must be in recovery.
    Standby,
    /// A server in recovery if there is one, else any.
    PreferStandby,
}

/// Whether SCRAM is bound to the TLS channel, `channel_binding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// Where both sides can.
    #[default]
    Prefer,
    /// Or don't connect.
    Require,
}

/// Keeping idle TCP connections alive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct KeepAlive {
    pub(super) off: bool,
    pub(super) idle: Option<Duration>,
    pub(super) interval: Option<Duration>,
    pub(super) count: Option<u32>,
    pub(super) user_timeout: Option<Duration>,
}

/// How to connect.
///
/// `Display` is a URL without the password, for people; [`Options::url`] has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    pub(super) hosts: Vec<Host>,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) application_name: String,
    pub(super) settings: Option<String>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) target_session: TargetSession,
    pub(super) shuffle_hosts: bool,
    pub(super) channel_binding: ChannelBinding,
    pub(super) keep_alive: KeepAlive,
    pub(super) tls: TlsOptions,
    /// The file that passwords came from, to be named when the server doesn't like them.
    pub(super) passfile: Option<PathBuf>,
    warnings: Vec<String>,
}

impl Options {
    /// Reads a URL or a `keyword=value` string; what it leaves open comes from the service file, the environment and
    /// libpq's defaults, in this order.
    ///
    /// # Errors
    ///
    /// For text that can't be understood, a parameter nobody knows or that pgward can't honour, a service that isn't
    /// defined. No error ever quotes a password.
    pub fn parse(text: &str, env: &Environment) -> Result<Self> {
        let text = text.trim();
        let params = match url::after_scheme(text) {
            Some(rest) => url::parse(rest)?,
            None => conninfo::parse(text)?,
        };
        resolve::resolve(params, env)
    }

    /// What libpq would do with nothing but its environment variables and defaults.
    ///
    /// # Errors
    ///
    /// As [`Options::parse`].
    pub fn from_environment(env: &Environment) -> Result<Self> {
        resolve::resolve(params::Params::default(), env)
    }

    /// A server's unix socket, without a password.
    #[must_use]
    pub fn socket(dir: impl Into<PathBuf>, port: u16, user: &str, database: &str) -> Self {
        let host = Host { place: Place::Socket(dir.into()), port, password: None };
        Self {
            hosts: vec![host],
            user: user.to_owned(),
            database: database.to_owned(),
            application_name: "pgward".to_owned(),
            settings: None,
            connect_timeout: Some(CONNECT_TIMEOUT),
            target_session: TargetSession::Any,
            shuffle_hosts: false,
            channel_binding: ChannelBinding::Prefer,
            keep_alive: KeepAlive::default(),
            tls: TlsOptions::default(),
            passfile: None,
            warnings: Vec::new(),
        }
    }

    /// A server on a TCP port, with a password.
    #[must_use]
    pub fn tcp(name: &str, port: u16, user: &str, password: Password, database: &str) -> Self {
        let place = Place::Tcp { name: name.to_owned(), addr: None };
        let hosts = vec![Host { place, port, password: Some(password) }];
        Self { hosts, ..Self::socket("", port, user, database) }
    }

    /// The same server, another database. Where passwords come from the password file, this keeps the one found.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        Self { database: name.to_owned(), ..self.clone() }
    }

    /// The same server as another role.
    #[must_use]
    pub fn with_user(&self, user: &str, password: Option<Password>) -> Self {
        let mut options = Self { user: user.to_owned(), passfile: None, ..self.clone() };
        for host in &mut options.hosts {
            host.password.clone_from(&password);
        }
        options
    }

    /// The same, under another `application_name`.
    #[must_use]
    pub fn with_application_name(&self, name: &str) -> Self {
        Self { application_name: name.to_owned(), ..self.clone() }
    }

    /// The same, giving up after some time; `None` waits for ever.
    #[must_use]
    pub fn with_connect_timeout(&self, timeout: Option<Duration>) -> Self {
        Self { connect_timeout: timeout, ..self.clone() }
    }

    /// The database's name.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The role's name.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The servers to try, in order.
    #[must_use]
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// TLS, as it was asked for.
    #[must_use]
    pub fn tls(&self) -> &TlsOptions {
        &self.tls
    }

    /// What a person should know about where things came from, such as a password file that others can read.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The URL with the password in it, for handing to another program. Don't print it where it isn't asked for.
    #[must_use]
    pub fn url(&self) -> String {
        self.render(true)
    }

    /// One host is written where URLs have it; sockets and several hosts go to the query, which can hold them all.
    fn render(&self, with_password: bool) -> String {
        let mut url = format!("postgresql://{}", url::encode(&self.user));
        let password = self.hosts.first().and_then(|host| host.password.as_ref());
        if let (true, Some(password)) = (with_password, password) {
            url.push(':');
            url.push_str(&url::encode(password.reveal()));
        }
        url.push('@');
        let mut query = Vec::new();
        match &self.hosts[..] {
            [Host { place: Place::Tcp { name, addr }, port, .. }] => {
                url.push_str(&match name.contains(':') {
                    true => format!("[{name}]:{port}"),
                    false => format!("{}:{port}", url::encode(name)),
                });
                query.extend(addr.filter(|addr| addr.to_string() != *name).map(|addr| format!("hostaddr={addr}")));
            }
            hosts => {
                let names: Vec<_> = hosts.iter().map(|host| host.place.to_string()).collect();
                let ports: Vec<_> = hosts.iter().map(|host| host.port.to_string()).collect();
                if hosts.iter().any(|host| host.place != Place::Default) {
                    query.push(format!("host={}", names.join(",")));
                }
                query.push(format!("port={}", ports.join(",")));
            }
        }
        url.push('/');
        url.push_str(&url::encode(&self.database));
        query.extend(self.tls.url_parameters());
        if let Some(settings) = &self.settings {
            query.push(format!("options={}", url::encode(settings)));
        }
        if !query.is_empty() {
            url.push('?');
            url.push_str(&query.join("&"));
        }
        url
    }
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

/// As the parameter `host` has it, percent-encoded but for the slashes, which may stand in a query.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => Ok(()),
            Self::Socket(dir) => write_path(f, dir),
            Self::Tcp { name, .. } => f.write_str(&url::encode(name)),
        }
    }
}

fn write_path(f: &mut fmt::Formatter<'_>, path: &Path) -> fmt::Result {
    f.write_str(&url::encode(&path.to_string_lossy()).replace("%2F", "/"))
}

#[cfg(test)]
mod tests;
