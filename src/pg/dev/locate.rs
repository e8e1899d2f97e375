//! Where a project's server has its folder, and who runs it. Changes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use super::account::Account;
use super::state::{State, short_hash};
use crate::base::{Error, Result};
use crate::pg::Environment;

/// What a person may decide about the development server.
#[derive(Debug, Clone, Default)]
pub struct DevConfig {
    /// The project's folder; the server's own is `.pgward` in it.
    pub project: PathBuf,
    /// The server's folder, where it isn't `.pgward` in the project.
    pub state_dir: Option<PathBuf>,
    /// The directory with `initdb`, `pg_ctl` and `postgres`.
    pub binaries: Option<PathBuf>,
    /// Use Docker, with this image, even if there are server programs.
    pub image: Option<String>,
}

impl DevConfig {
    /// For a project, with what `PGWARD_STATE_DIR`, `PGWARD_PG_BINDIR` and `PGWARD_DOCKER_IMAGE` say.
    #[must_use]
    pub fn new(project: impl Into<PathBuf>, env: &Environment) -> Self {
        Self {
            project: project.into(),
            state_dir: env.get("PGWARD_STATE_DIR").map(PathBuf::from),
            binaries: env.get("PGWARD_PG_BINDIR").map(PathBuf::from),
            image: env.get("PGWARD_DOCKER_IMAGE").map(str::to_owned),
        }
    }
}

/// A project's place: its folder, the user of the server, and what a person should know about it.
#[derive(Debug, Clone)]
pub(super) struct Located {
    pub(super) state: State,
    pub(super) account: Account,
    pub(super) notes: Vec<String>,
}

/// Finds the folder: in the project, or as root where the server's user can't enter that, in a place of the system.
pub(super) async fn locate(config: &DevConfig, env: &Environment) -> Result<Located> {
    let project = fs::canonicalize(&config.project)
        .map_err(|error| Error::environment(format!("cannot look into {}: {error}", config.project.display())))?;
    let dir = config.state_dir.as_ref().map_or_else(|| project.join(".pgward"), |dir| project.join(dir));
    let account = Account::choose(&dir.join("data"), env)?;
    let nearest = dir.ancestors().find(|dir| dir.is_dir()).unwrap_or(&project);
    if !account.switch || account.can_enter(nearest).await {
        return Ok(Located { state: State { dir }, account, notes: Vec::new() });
    }
    let name = &account.name;
    if config.state_dir.is_some() {
        let dir = dir.display();
        return Err(Error::environment(format!("user {name}, who runs the development server, can't enter {dir}"))
            .with_hint(format!("PostgreSQL does not run as root: name a folder that {name} can enter")));
    }
    let base = if Path::new("/var/lib").is_dir() { "/var/lib/pgward" } else { "/var/tmp/pgward" };
    let project_name = project.file_name().map_or_else(|| "root".into(), |name| name.to_string_lossy());
    let elsewhere = Path::new(base).join(format!("{project_name}-{}", short_hash(&project)));
    let note = format!(
        "PostgreSQL does not run as root, and user {name} can't enter {}: the development server is in {}",
        project.display(),
        elsewhere.display()
    );
    // The owner of data that is there counts, which is now in another place.
    let account = Account::choose(&elsewhere.join("data"), env)?;
    Ok(Located { state: State { dir: elsewhere }, account, notes: vec![note] })
}
