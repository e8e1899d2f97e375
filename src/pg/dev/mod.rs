//! The development server: a private, persistent PostgreSQL cluster for one project.
//!
//! It is made from the programs on this machine, lives in a folder of the project, listens on a private unix socket and
//! on loopback (with a password), outlives the process that starts it, and comes back from whatever it was left in: a
//! crash, a stale pid file, an `initdb` that never finished. Two pgwards that start it at once get one server. Where
//! there are no programs it is a container in Docker.
//!
//! Durability: `fsync` is on, so that a crash of the server or the machine damages nothing; `synchronous_commit` is off,
//! so that it may lose the last moments. It is for development, not for data that exists nowhere else.

mod account;
mod binaries;
mod cluster;
mod docker;
mod launch;
mod locate;
mod postmaster;
mod report;
mod state;

use std::fs;
use std::path::Path;

pub use binaries::Binaries;
pub use locate::DevConfig;
use locate::Located;
pub use report::{Origin, Running, RunningIn, Started, Status};

use super::database::create_database_if_missing;
use super::{Environment, Options, connect, server_error};
use crate::base::{Error, Literal, Result};

/// The database that commands use when none is named.
pub const DEV_DATABASE: &str = "pgward";
/// The role that owns everything.
const ROLE: &str = "postgres";
/// The file that says that the databases are in Docker.
const IN_DOCKER: &str = "docker";

/// A project's development server, running or not, made or not.
#[derive(Debug, Clone)]
pub struct DevServer {
    config: DevConfig,
    place: Located,
    env: Environment,
}

/// A server that runs, and what tells this run from the one before.
struct Live {
    running: Running,
    run: String,
}

impl DevServer {
    /// Finds a project's server, running or not, made or not. Changes nothing.
    ///
    /// # Errors
    ///
    /// As root, when the user that would run the server can't enter the folder that was named.
    pub async fn locate(config: &DevConfig, env: &Environment) -> Result<Self> {
        Ok(Self { config: config.clone(), place: locate::locate(config, env).await?, env: env.clone() })
    }

    /// What a person should know, such as that the folder is elsewhere.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.place.notes
    }

    /// The server's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.place.state.dir
    }

    /// Makes the cluster if there is none, starts the server if it doesn't run, and waits until it takes connections.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Environment`](crate::base::ErrorKind::Environment) when there are neither programs nor Docker, or
    /// when the server doesn't start: with the last lines of its log.
    pub async fn start(&self) -> Result<Started> {
        if let Some(live) = self.set_up_server().await {
            return self.started(&live, true, Origin::Kept);
        }
        let Located { state, account, .. } = &self.place;
        state.create(account)?;
        let _lock = state.lock().await?;
        self.start_locked().await
    }

    /// Stops the server; open transactions are rolled back. Returns whether it ran.
    ///
    /// # Errors
    ///
    /// When it can't be signalled, or doesn't stop.
    pub async fn stop(&self) -> Result<bool> {
        let Located { state, account, .. } = &self.place;
        if !state.dir.is_dir() {
            return Ok(false);
        }
        let _lock = state.lock().await?;
        if self.in_docker() { docker::stop(state).await } else { postmaster::stop(state, account).await }
    }

    /// How the server is. Never waits for it.
    ///
    /// # Errors
    ///
    /// When the server is in Docker, and Docker can't be reached.
    pub async fn status(&self) -> Result<Status> {
        let state = &self.place.state;
        Ok(Status {
            dir: state.dir.clone(),
            log: Some(state.log()).filter(|log| log.exists()),
            version: state.line("version"),
            running: self.live().await?.map(|live| live.running),
        })
    }

    /// Throws all its databases away and starts it with an empty one. Touches nothing but the server's own data.
    ///
    /// # Errors
    ///
    /// As [`DevServer::start`] and [`DevServer::stop`].
    pub async fn reset(&self) -> Result<Started> {
        let Located { state, account, .. } = &self.place;
        state.create(account)?;
        let _lock = state.lock().await?;
        postmaster::stop(state, account).await?;
        if self.in_docker() {
            docker::remove(state).await?;
            state.remove(IN_DOCKER)?;
        }
        cluster::remove(state)?;
        self.start_locked().await
    }

    /// The URL for other programs: over loopback, with the password.
    ///
    /// # Errors
    ///
    /// When it doesn't run.
    pub async fn url(&self) -> Result<String> {
        let live = self.live().await?.ok_or_else(|| {
            Error::environment("the development server does not run").with_hint("start it: pgward dev start")
        })?;
        Ok(self.over_loopback(live.running.port)?.with_database(DEV_DATABASE).url())
    }

    fn in_docker(&self) -> bool {
        self.config.image.is_some() || self.place.state.line(IN_DOCKER).is_some()
    }

    async fn live(&self) -> Result<Option<Live>> {
        let Located { state, account, .. } = &self.place;
        if self.in_docker() {
            return Ok(docker::running(state).await?.map(Live::from));
        }
        Ok(postmaster::running(state, account).await.filter(|server| server.ready).map(Live::from))
    }

    /// The running server, if everything is done that comes after starting it.
    async fn set_up_server(&self) -> Option<Live> {
        let ready = self.place.state.line("ready")?;
        let live = self.live().await.ok().flatten().filter(|live| live.run == ready)?;
        match &live.running.place {
            RunningIn::Process { socket_dir, .. } => {
                postmaster::answers(socket_dir, live.running.port).await.then_some(live)
            }
            RunningIn::Container { .. } => Some(live),
        }
    }

    async fn start_locked(&self) -> Result<Started> {
        // Whoever held the lock may have done it all.
        if let Some(live) = self.set_up_server().await {
            return self.started(&live, true, Origin::Kept);
        }
        let Located { state, account, .. } = &self.place;
        let (live, origin, was_running) = if self.in_docker() {
            self.start_container().await?
        } else if let Some(server) = postmaster::settled(state, account).await? {
            (Live::from(server), Origin::Kept, true)
        } else {
            match self.find_binaries().await? {
                Some(binaries) => {
                    let origin = cluster::ensure(state, &binaries, account, &self.env).await?;
                    (Live::from(launch::launch(state, &binaries, account).await?), origin, false)
                }
                None => self.start_container().await?,
            }
        };
        self.set_up(&live).await?;
        self.started(&live, was_running, origin)
    }

    async fn start_container(&self) -> Result<(Live, Origin, bool)> {
        let state = &self.place.state;
        let found = docker::running(state).await?;
        let was_running = found.is_some();
        let origin = if state.line(IN_DOCKER).is_some() { Origin::Kept } else { Origin::Container };
        let image = self.config.image.as_deref().unwrap_or(docker::IMAGE);
        let port = launch::choose_port(state)?;
        // Before the container is made: a reset must find it, however this ends.
        state.replace(IN_DOCKER, image, 0o644)?;
        match docker::start(state, image, port, &state.password()?).await {
            Ok(container) => Ok((Live::from(container), origin, was_running)),
            Err(error) => {
                if origin == Origin::Container {
                    // Nothing was in it yet. Leave no half of a container, and the choice open for next time.
                    docker::remove(state).await.and_then(|()| state.remove(IN_DOCKER))?;
                }
                Err(error)
            }
        }
    }

    /// The programs for the cluster that is there, or for a new one; `None` if Docker is to be used.
    async fn find_binaries(&self) -> Result<Option<Binaries>> {
        let Located { state, account, .. } = &self.place;
        let major = fs::read_to_string(state.data().join("PG_VERSION")).ok().and_then(|text| text.trim().parse().ok());
        let search = binaries::find(self.config.binaries.as_deref(), major, &self.env, account).await?;
        if search.found.is_some() {
            return Ok(search.found);
        }
        let error = match (major, docker::is_there().await) {
            (None, Ok(())) => return Ok(None),
            (Some(major), _) => Error::environment(format!(
                "the development server's databases are PostgreSQL {major}'s, whose programs are not here"
            ))
            .with_hint(format!("install PostgreSQL {major}"))
            .with_hint("or start over with empty databases: pgward dev reset"),
            (None, Err(why)) => {
                Error::environment("a development server needs PostgreSQL's server programs or Docker; neither is here")
                    .with_note(format!("Docker: {why}"))
                    .with_hint("install the programs: apt-get install postgresql, or brew install postgresql")
                    .with_hint("or name the directory that holds initdb in PGWARD_PG_BINDIR")
                    .with_hint("or start Docker")
                    .with_hint("or use a server that is there: --database-url")
            }
        };
        Err(search.rejected.iter().fold(error, |error, why| error.with_note(why.as_str())))
    }

    /// The password for connections over TCP, and the database; then says that it is done.
    async fn set_up(&self, live: &Live) -> Result<()> {
        let state = &self.place.state;
        let session = connect(&self.options(&live.running)?.with_database("postgres")).await?;
        let failed = |error| server_error(error, "set up the development server");
        let query = "select rolpassword is null, pg_catalog.current_setting('server_version') \
                     from pg_catalog.pg_authid where rolname = $1";
        let row = session.client().query_one(query, &[&ROLE]).await.map_err(failed)?;
        if row.get(0) {
            let sql = format!("alter role {ROLE} password {}", Literal(state.password()?.reveal()));
            session.client().batch_execute(&sql).await.map_err(failed)?;
        }
        create_database_if_missing(&session, DEV_DATABASE).await?;
        session.close().await;
        state.replace("version", row.get(1), 0o644)?;
        state.replace("ready", &live.run, 0o644)
    }

    fn started(&self, live: &Live, was_running: bool, origin: Origin) -> Result<Started> {
        let state = &self.place.state;
        let container = match &live.running.place {
            RunningIn::Container { name } => Some(name.clone()),
            RunningIn::Process { .. } => None,
        };
        let version = state.line("version").unwrap_or_default();
        let options = self.options(&live.running)?.with_database(DEV_DATABASE);
        Ok(Started { options, was_running, origin, version, dir: state.dir.clone(), container })
    }

    /// How pgward itself connects: by the socket where there is one, which is quicker.
    fn options(&self, running: &Running) -> Result<Options> {
        match &running.place {
            RunningIn::Process { socket_dir, .. } => Ok(Options::socket(socket_dir, running.port, ROLE, DEV_DATABASE)),
            RunningIn::Container { .. } => self.over_loopback(running.port),
        }
    }

    fn over_loopback(&self, port: u16) -> Result<Options> {
        Ok(Options::tcp("127.0.0.1", port, ROLE, self.place.state.password()?, DEV_DATABASE))
    }
}

impl From<postmaster::Postmaster> for Live {
    fn from(server: postmaster::Postmaster) -> Self {
        let place = RunningIn::Process { pid: server.pid, socket_dir: server.socket_dir };
        Self { run: server.pid.to_string(), running: Running { port: server.port, place } }
    }
}

impl From<docker::Container> for Live {
    fn from(container: docker::Container) -> Self {
        let place = RunningIn::Container { name: container.name };
        Self { run: container.started, running: Running { port: container.port, place } }
    }
}
