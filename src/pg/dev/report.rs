//! What the development server tells about itself.

use std::fmt;
use std::path::PathBuf;

use crate::pg::Options;

/// Where the databases came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// They were there.
    Kept,
    /// `initdb` made an empty cluster.
    Initdb,
    /// An empty cluster was copied from the cache.
    Cache,
    /// A new container made one.
    Container,
}

/// What [`DevServer::start`](super::DevServer::start) did. `Display` is one sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// How to connect to the database [`DEV_DATABASE`](super::DEV_DATABASE).
    pub options: Options,
    /// Whether it ran already.
    pub was_running: bool,
    /// Where the databases came from.
    pub origin: Origin,
    /// The server's version, as it says itself.
    pub version: String,
    /// The server's folder.
    pub dir: PathBuf,
    /// Its container, where it is in Docker.
    pub container: Option<String>,
}

impl fmt::Display for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let did = match (self.was_running, self.origin) {
            (true, _) => "using",
            (false, Origin::Kept) => "started",
            (false, Origin::Initdb | Origin::Cache | Origin::Container) => "made and started",
        };
        write!(f, "{did} the development server, PostgreSQL {}, in ", self.version)?;
        match &self.container {
            Some(name) => write!(f, "Docker as {name}"),
            None => write!(f, "{}", self.dir.display()),
        }
    }
}

/// How the development server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its folder.
    pub dir: PathBuf,
    /// Its log; Docker keeps that of a container.
    pub log: Option<PathBuf>,
    /// Its version when it last ran; `None` before the first start.
    pub version: Option<String>,
    /// The server, while it runs.
    pub running: Option<Running>,
}

/// A server that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// The port on 127.0.0.1, and in the socket's name.
    pub port: u16,
    /// Where it runs.
    pub place: RunningIn,
}

/// Where a server runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunningIn {
    /// On this machine.
    Process {
        /// The server's first process.
        pid: i32,
        /// The directory of its unix socket.
        socket_dir: PathBuf,
    },
    /// In Docker.
    Container {
        /// The container's name.
        name: String,
    },
}
