//! What a command works with: configuration, environment, streams; and how it gets a database, migrations, a manifest.

use std::cell::OnceCell;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Global;
use super::config::{Config, read};
use super::output::Output;
use crate::base::{Code, Error, Finding, Ident, Result, Severity};
use crate::introspect;
use crate::model::{Catalog, ObjectId, SchemaFilter};
use crate::pg::{self, Environment, Options, Session};
use crate::source::{Migrations, Places};

/// The manifest of the bundle.
const BUNDLE_MANIFEST: &str = include_str!("../../schema/ops.toml");

/// What every command is given.
pub(super) struct Context {
    pub(super) global: Global,
    pub(super) config: Config,
    pub(super) env: Environment,
    pub(super) output: Output,
    /// Where the migrations make each object, once a finding asks.
    places: OnceCell<Places>,
}

impl Context {
    /// Reads the environment and the configuration.
    ///
    /// # Errors
    ///
    /// A configuration that can't be used.
    pub(super) fn new(global: Global, output: Output) -> Result<Self> {
        let config = Config::load(global.config.as_deref())?;
        Ok(Self { config, ..Self::without_config(global, output) })
    }

    /// Reads the environment alone, for the command that writes the configuration.
    pub(super) fn without_config(global: Global, output: Output) -> Self {
        Self { global, config: Config::default(), env: process_environment(), output, places: OnceCell::new() }
    }

    /// Every command's findings go through here: severities and allowances of the configuration.
    ///
    /// `ran` is each code that the command looked for everywhere that it could be; an allowance for one of these that
    /// nothing needed is a finding too.
    pub(super) fn settle(&self, mut findings: Vec<Finding>, ran: &[&'static Code]) -> Vec<Finding> {
        // What is found in a catalog is shown where a migration made it, so that it can be shown in a pull request.
        for finding in findings.iter_mut().filter(|finding| finding.location.is_none()) {
            let places = || self.migrations().map(|migrations| Places::of(&migrations)).unwrap_or_default();
            finding.location =
                finding.object.as_ref().and_then(|object| self.places.get_or_init(places).find(object)).cloned();
        }
        self.config.rules.settle(findings, ran, time::OffsetDateTime::now_utc().date())
    }

    /// The allowances of the codes `ran` that none of the settled findings needs.
    pub(super) fn unused(&self, findings: &[Finding], ran: &[&'static Code]) -> Vec<Finding> {
        self.config.rules.unused(findings, ran, time::OffsetDateTime::now_utc().date())
    }

    /// Connects to the database that was named, or to the development server's, saying so.
    ///
    /// # Errors
    ///
    /// What [`pg::connect`] and the development server return.
    pub(super) async fn connect(&self) -> Result<Session> {
        let options = self.database().await?;
        for warning in options.warnings() {
            self.output.note(format!("warning: {warning}"));
        }
        let session = pg::connect(&options).await?;
        session.require_supported()?;
        Ok(session)
    }

    /// Says how to connect: `--database-url`, `DATABASE_URL`, libpq's variables, the development server.
    pub(super) async fn database(&self) -> Result<Options> {
        if let Some(url) = self.global.database_url.as_deref().or_else(|| self.env.get("DATABASE_URL")) {
            return Options::parse(url, &self.env);
        }
        if self.env.names_a_server() {
            return Options::from_environment(&self.env);
        }
        self.development_server().await
    }

    /// The server on which throw-away databases are made: `--shadow-url`, else the development server.
    pub(super) async fn shadow(&self) -> Result<Options> {
        match &self.global.shadow_url {
            Some(url) => Options::parse(url, &self.env),
            None => self.development_server().await,
        }
    }

    /// The migrations: `--migrations`, the configuration's, the bundle.
    pub(super) fn migrations(&self) -> Result<Migrations> {
        match self.migrations_dir() {
            Some(dir) => Migrations::from_dir(dir),
            None => Migrations::bundle(),
        }
    }

    /// The directory of migrations, unless the bundle is used.
    pub(super) fn migrations_dir(&self) -> Option<&Path> {
        self.global.migrations.as_deref().or(self.config.migrations.dir.as_deref())
    }

    /// Whether the migrations are the bundle's.
    pub(super) fn uses_bundle(&self) -> bool {
        self.migrations_dir().is_none()
    }

    /// Name and text of the manifest: the one named, the configuration's, the bundle's.
    pub(super) fn manifest(&self, named: Option<PathBuf>) -> Result<(String, String)> {
        match named.as_deref().or(self.config.manifest.as_deref()) {
            Some(file) => Ok((file.display().to_string(), read(file)?)),
            None if self.uses_bundle() => Ok(("the bundle's manifest".to_owned(), BUNDLE_MANIFEST.to_owned())),
            None => Err(Error::input("there is no manifest to verify against")
                .with_hint("name one with --manifest FILE, or as `manifest` in pgward.toml")
                .with_hint("write one of what is there now: pgward verify --write --manifest FILE")),
        }
    }

    /// Reads the catalog of the managed schemas, without the history table.
    ///
    /// # Errors
    ///
    /// What [`introspect::read`] returns, and a schema named with `--schema` that is not there: a slip of the pen would
    /// otherwise look like an empty schema.
    pub(super) async fn catalog(&self, session: &mut Session, filter: &SchemaFilter) -> Result<Catalog> {
        let catalog = introspect::read(session.client_mut(), filter).await?;
        for name in filter.schemas().map_or(&[][..], |_| &self.global.schemas) {
            if !catalog.objects.contains_key(&ObjectId::new("schema", [name])) {
                return Err(Error::input(format!("there is no schema {} in the database", Ident(name))));
            }
        }
        Ok(crate::prove::without_history(catalog, &self.history_table()?))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where the environment enters the program")]
fn process_environment() -> Environment {
    // A variable that is no Unicode can't be a URL or a name that pgward understands.
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Reads a severity from the command line.
pub(super) fn severity(text: &str) -> std::result::Result<Severity, String> {
    match text {
        "info" => Ok(Severity::Info),
        "warning" => Ok(Severity::Warning),
        "error" => Ok(Severity::Error),
        _ => Err("it is one of info, warning, error".to_owned()),
    }
}

/// Writes a file as a whole: to a temporary one beside it, then renamed, so that no half file is left. Through symbolic
/// links, and into what is no file, such as /dev/stdout, directly.
///
/// # Errors
///
/// When the directory can't be written to or the disk is full; the old file is kept then.
pub(super) fn write_file(path: &Path, text: &str) -> Result<()> {
    write_file_with(path, |file| file.write_all(text.as_bytes()))
}

/// Writes a file as [`write_file`] does, with whatever writes it.
///
/// # Errors
///
/// As for [`write_file`].
pub(super) fn write_file_with(path: &Path, write: impl Fn(&mut File) -> std::io::Result<()>) -> Result<()> {
    let failed = |error: std::io::Error| {
        Error::environment(format!("{} can't be written", path.display()))
            .with_source(error)
            .with_note("nothing was changed")
    };
    let found = std::fs::canonicalize(path);
    let path = found.as_deref().unwrap_or(path);
    if path.exists() && !path.is_file() {
        return File::create(path).and_then(|mut file| write(&mut file)).map_err(failed);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    File::create(&new).and_then(|mut file| write(&mut file)).and_then(|()| std::fs::rename(&new, path)).map_err(
        |error| {
            let _ = std::fs::remove_file(&new);
            failed(error)
        },
    )
}
