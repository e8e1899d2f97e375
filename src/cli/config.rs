//! `pgward.toml`: what a project says once instead of on every command line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::base::{Error, Excerpt, Result};

/// The file's name, looked for in the working directory.
pub(super) const FILE: &str = "pgward.toml";

/// What the file says. Everything may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Config {
    /// The managed schemas.
    pub(super) schemas: Option<Vec<String>>,
    /// The manifest, relative to the file.
    pub(super) manifest: Option<PathBuf>,
    /// Roles that migrations and schema files name, made on the throw-away server where they are missing.
    pub(super) roles: Vec<String>,
    /// What was renamed, old name to new.
    pub(super) renames: BTreeMap<String, String>,
    /// Where migrations are.
    pub(super) migrations: MigrationsConfig,
}

/// The `[migrations]` section.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MigrationsConfig {
    /// The directory, relative to the file.
    pub(super) dir: Option<PathBuf>,
    /// The history table, as SQL writes its name.
    pub(super) history_table: Option<String>,
}

impl Config {
    /// Reads the file: the one named, or `pgward.toml` in the working directory if there is one.
    ///
    /// # Errors
    ///
    /// A file that was named and can't be read, or that is not what pgward reads; with the place.
    pub(super) fn load(named: Option<&Path>) -> Result<Self> {
        let path = match named {
            Some(path) => path,
            None if Path::new(FILE).exists() => Path::new(FILE),
            None => return Ok(Self::default()),
        };
        let text = read(path)?;
        let mut config: Self = toml::from_str(&text).map_err(|error| {
            let problem = Error::input(format!("{} can't be used: {}", path.display(), error.message().trim()));
            match error.span() {
                Some(span) => {
                    problem.with_excerpt(Excerpt { file: path.display().to_string(), text, span, label: String::new() })
                }
                None => problem,
            }
        })?;
        // Paths in the file are relative to the file, wherever the program is started.
        let base = path.parent().unwrap_or(Path::new(""));
        for inner in [&mut config.manifest, &mut config.migrations.dir].into_iter().flatten() {
            *inner = base.join(&*inner);
        }
        Ok(config)
    }
}

/// Reads a text file that the person named.
///
/// # Errors
///
/// When it can't be read or is not UTF-8.
pub(super) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Error::input(format!("{} can't be read: {error}", path.display())))
}
