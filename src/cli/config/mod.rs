//! `pgward.toml`: what a project says once instead of on every command line.

mod gate;
#[cfg(test)]
mod known;
mod lint;
mod rules;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::base::{Error, Excerpt, Result, RuleSettings};
use crate::lint::Conventions;
#[cfg(test)]
pub(super) use known::known;
pub(super) use lint::RunByWord;

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
    /// How lint looks at files.
    pub(super) lint: lint::LintConfig,
    /// What the project has agreed on, for lint.
    #[serde(skip)]
    pub(super) conventions: Conventions,
    /// How advisors look at a database.
    pub(super) advise: AdviseConfig,
    /// The manifest of who may do what, relative to the file.
    pub(super) rls: Option<PathBuf>,
    /// What findings count for, as written.
    #[serde(rename = "rules")]
    levels: rules::Words,
    /// The same for some files, as written.
    overrides: Vec<rules::Override>,
    /// What is accepted for now, as written.
    allow: Vec<rules::Allow>,
    /// The checks of `pgward gate`, as written.
    #[serde(rename = "gate")]
    gate_section: gate::GateSection,
    /// What it says.
    #[serde(skip)]
    pub(super) gate: gate::Gate,
    /// Where the file is; relative paths in it count from there.
    #[serde(skip)]
    pub(super) base: PathBuf,
    /// The file's text, if there is one.
    #[serde(skip)]
    pub(super) text: String,
    /// What the rules, overrides and allowances say.
    #[serde(skip)]
    pub(super) rules: RuleSettings,
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

/// The `[advise]` section.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AdviseConfig {
    /// The roles that act for the outside world.
    pub(super) api_roles: Vec<String>,
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
        let name = path.display().to_string();
        let file = Text { name: &name, text: &text };
        let mut config: Self = toml::from_str(&text).map_err(|error| {
            let message = format!("{name} can't be used: {}", error.message().trim());
            match error.span() {
                Some(span) => file.error(span, message),
                None => Error::input(message),
            }
        })?;
        // Paths in the file are relative to the file, wherever the program is started.
        let base = path.parent().unwrap_or(Path::new(""));
        config.gate = config.gate_section.checked(&file, base)?;
        config.rules = rules::settings(&file, base, &config.levels, &config.overrides, &config.allow)?;
        config.conventions = config.lint.conventions(&file, base)?;
        for inner in [&mut config.manifest, &mut config.migrations.dir, &mut config.lint.baseline, &mut config.rls]
            .into_iter()
            .flatten()
        {
            *inner = base.join(&*inner);
        }
        base.clone_into(&mut config.base);
        config.text = text;
        Ok(config)
    }
}

/// A file that is read, for messages with a place in it.
pub(super) struct Text<'a> {
    name: &'a str,
    text: &'a str,
}

impl Text<'_> {
    fn error(&self, span: Range<usize>, message: impl Into<String>) -> Error {
        let (file, text) = (self.name.to_owned(), self.text.to_owned());
        Error::input(message).with_excerpt(Excerpt { file, text, span, label: String::new() })
    }
}

/// The known name that was meant, if one is near enough.
fn nearest<'n>(wanted: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = wanted.to_lowercase();
    let distance = |name: &str| strsim::osa_distance(&wanted, &name.to_lowercase());
    let near = known.map(|name| (distance(name), name)).min()?;
    (near.0 * 3 <= wanted.chars().count().max(3)).then_some(near.1)
}

/// Reads a text file that the person named.
///
/// # Errors
///
/// When it can't be read or is not UTF-8.
pub(super) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Error::input(format!("{} can't be read: {error}", path.display())))
}
