//! What passed before, so that a gate with nothing changed is quick.
//!
//! Remembered is only that a check found nothing, or how many things that are only worth knowing, under a digest of everything that it depends on: this program, the
//! server's version, the migrations, the configuration, and the check's own files. A finding is found anew each time.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::ground::Ground;
use crate::base::{Finding, Result, Severity};
use crate::cli::context::Context;
use crate::gate::Found;
use crate::pg;
use crate::source::{Migration, Migrations};

/// A place for what passed; or none.
#[derive(Debug, Default)]
pub(super) struct Memory {
    dir: Option<PathBuf>,
    /// Whether what is only worth knowing is to be shown, and so has to be found anew.
    wants_notes: bool,
    /// The digest of what all checks depend on but the migrations.
    base: Vec<u8>,
}

/// What a check depends on, as a file name.
#[derive(Debug, Clone)]
pub(super) struct Key(String);

impl Memory {
    /// Remembers nothing.
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// In a directory, or beside the development server; nowhere on another server, which may change under us.
    ///
    /// # Errors
    ///
    /// A directory that was named and can't be made.
    pub(super) async fn open(
        context: &Context,
        ground: &Ground<'_>,
        dir: Option<&Path>,
        wants_notes: bool,
    ) -> Result<Self> {
        let dir = match dir {
            Some(dir) => dir.to_owned(),
            None if context.global.shadow_url.is_some() => return Ok(Self::none()),
            None => match context.development_server_dir().await {
                Ok(dir) => dir.join("gate"),
                Err(_) => return Ok(Self::none()),
            },
        };
        let Ok(server) = ground.server().await else { return Ok(Self::none()) };
        let session = pg::connect(server).await?;
        let version = session.client().query_one("select pg_catalog.version()", &[]).await;
        session.close().await;
        let Ok(version) = version else { return Ok(Self::none()) };
        std::fs::create_dir_all(&dir).map_err(|error| {
            crate::base::Error::environment(format!("{} can't be made", dir.display())).with_source(error)
        })?;
        let mut hash = Hash::new();
        hash.add(program().as_bytes());
        hash.add(version.get::<_, &str>(0).as_bytes());
        hash.add(context.config.text.as_bytes());
        hash.add(context.config.base.display().to_string().as_bytes());
        for schema in &context.global.schemas {
            hash.add(schema.as_bytes());
        }
        Ok(Self { dir: Some(dir), wants_notes, base: hash.bytes() })
    }

    /// The key of a check: it depends on the migrations, and on more texts of its own.
    pub(super) fn key(&self, check: &str, migrations: &Migrations, texts: &[&str]) -> Key {
        self.key_until(check, migrations.iter(), texts)
    }

    /// The key of something that depends on some of the migrations.
    pub(super) fn key_until<'m>(
        &self,
        check: &str,
        migrations: impl Iterator<Item = &'m Migration>,
        texts: &[&str],
    ) -> Key {
        let mut hash = Hash::new();
        hash.add(&self.base);
        hash.add(check.as_bytes());
        for migration in migrations {
            hash.add(migration.up().file.as_bytes());
            hash.add(migration.up().text.as_bytes());
            hash.add(migration.down().map_or("", |down| &down.text).as_bytes());
            hash.add(&[u8::from(migration.down().is_some())]);
        }
        for text in texts {
            hash.add(text.as_bytes());
        }
        let digits: String = hash.bytes().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Key(format!("{check}-{digits}"))
    }

    /// What a check said that found nothing but what is only worth knowing.
    pub(super) fn found(&self, key: &Key) -> Option<Found> {
        let text = self.passed(key)?;
        let (notes, about) = text.split_once(' ')?;
        let notes = notes.parse().ok()?;
        (notes == 0 || !self.wants_notes).then(|| Found { about: about.to_owned(), notes, ..Found::default() })
    }

    /// Remembers what a check found, if that is nothing, or nothing but what is only worth knowing.
    ///
    /// What the configuration allows is no such thing: an allowance would seem to be unused the next time.
    pub(super) fn keep(&self, key: &Key, found: &Found) {
        let is_note = |finding: &Finding| finding.severity == Severity::Info && finding.waiver.is_none();
        if found.unknown.is_none() && found.findings.iter().all(is_note) {
            self.remember(key, &format!("{} {}", found.findings.len(), found.about));
        }
    }

    /// What was said when it passed.
    pub(super) fn passed(&self, key: &Key) -> Option<String> {
        std::fs::read_to_string(self.dir.as_ref()?.join(&key.0)).ok()
    }

    /// Remembers that it passed. A memory that can't be written to costs time and nothing else.
    pub(super) fn remember(&self, key: &Key, about: &str) {
        let Some(dir) = &self.dir else { return };
        let written = crate::cli::context::write_file(&dir.join(&key.0), about);
        tracing::debug!(key = key.0, written = written.is_ok(), "passed");
    }
}

/// What tells this program from another build of it.
fn program() -> String {
    let about = std::env::current_exe().and_then(std::fs::metadata);
    let size = about.as_ref().map_or(0, std::fs::Metadata::len);
    let built = about.and_then(|about| about.modified()).ok();
    format!("{} {size} {built:?}", env!("CARGO_PKG_VERSION"))
}

/// A digest of parts, each with its length, so that no two lists of parts look the same.
struct Hash(Sha256);

impl Hash {
    fn new() -> Self {
        Self(Sha256::new())
    }

    fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
    }

    fn bytes(self) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}
