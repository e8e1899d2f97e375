//! The ordered set of migrations, and where it comes from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::layout::{Direction, FileName};
use super::migration::{Migration, SqlFile, parse_version};
use super::{bundle, directory};
use crate::base::{Error, Result};

/// Where migrations come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The bundle in this program, by name.
    Bundle(&'static str),
    /// A directory.
    Directory(PathBuf),
    /// An application that embeds them.
    Embedded,
}

/// Migrations in the order of their versions, each version once.
#[derive(Debug, Clone)]
pub struct Migrations {
    list: Vec<Migration>,
    origin: Origin,
}

impl Migrations {
    /// The migrations that are embedded in this program: the control plane in schema `ops`.
    ///
    /// # Errors
    ///
    /// None that a test of this crate would not find.
    pub fn bundle() -> Result<Self> {
        bundle::load()
    }

    /// Reads the migrations of a directory and the directories in it.
    ///
    /// Names that begin with a dot are passed over, as are files that don't end in `.sql`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::base::ErrorKind::Input) for an `.sql` file whose name fits no [layout](super::LAYOUTS),
    /// two files of one version and direction, a down without an up, a migration written in Rust, text that is not UTF-8,
    /// and where there is no migration at all; [`ErrorKind::Environment`](crate::base::ErrorKind::Environment) for what
    /// can't be read.
    pub fn from_dir(dir: impl AsRef<Path>) -> Result<Self> {
        directory::load(dir.as_ref())
    }

    /// Puts migrations together from files that are elsewhere than on disk, such as in a revision of git, under the rules of
    /// [`from_dir`](Self::from_dir). `place` is what messages put before the files' names.
    ///
    /// # Errors
    ///
    /// As for [`from_dir`](Self::from_dir).
    pub fn from_texts(place: &str, texts: Vec<(PathBuf, Vec<u8>)>) -> Result<Self> {
        directory::from_texts(place, texts)
    }

    /// Takes the migrations that an application embeds with refinery (`runner().get_migrations()`).
    ///
    /// They have no downs; see [`with_downs`](Self::with_downs).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::base::ErrorKind::Input) for a version that is there twice, and for a migration that
    /// was read from a history and so has no text.
    pub fn from_refinery(migrations: &[refinery_core::Migration]) -> Result<Self> {
        let list = migrations.iter().map(|migration| {
            let file = migration.to_string();
            let text = migration
                .sql()
                .ok_or_else(|| Error::input(format!("the migration {file} has no text, so it can't be run")))?;
            Migration::from_refinery(migration.clone(), SqlFile { file, text: text.to_owned() })
        });
        Self::new(list.collect::<Result<_>>()?, Origin::Embedded)
    }

    /// Adds the texts that undo migrations, by version.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::base::ErrorKind::Input) for a version that is not there.
    pub fn with_downs(mut self, downs: impl IntoIterator<Item = (i64, impl Into<String>)>) -> Result<Self> {
        for (version, text) in downs {
            let Some(migration) = self.list.iter_mut().find(|migration| migration.version() == version) else {
                return Err(Error::input(format!("there is a down for version {version}, but no migration")));
            };
            let file = format!("{}.down", migration.id());
            migration.down = Some(SqlFile { file, text: text.into() });
        }
        Ok(self)
    }

    /// Puts parsed files together.
    pub(super) fn from_files(files: Vec<(FileName, SqlFile)>, origin: Origin) -> Result<Self> {
        let mut list = Vec::new();
        let mut downs: BTreeMap<i64, (FileName, SqlFile)> = BTreeMap::new();
        for (name, file) in files {
            if name.direction == Direction::Up {
                list.push(Migration::new(&name, file)?);
                continue;
            }
            let version = parse_version(&name.version, &file.file)?;
            if let Some((_, other)) = downs.insert(version, (name, file)) {
                let (_, file) = &downs[&version];
                return Err(twice(version, &other.file, &file.file));
            }
        }
        for migration in &mut list {
            match downs.remove(&migration.version()) {
                Some((name, file)) if name.name == migration.name() => migration.down = Some(file),
                Some((_, file)) => {
                    return Err(Error::input(format!(
                        "{} and {} have the same version but different names",
                        migration.up().file,
                        file.file
                    ))
                    .with_hint("an up and its down differ in the ending of their names only"));
                }
                None => {}
            }
        }
        if let Some((_, (_, file))) = downs.pop_first() {
            return Err(Error::input(format!("{} undoes a migration that is not there", file.file))
                .with_hint("add the file that applies it, or remove this one"));
        }
        Self::new(list, origin)
    }

    fn new(mut list: Vec<Migration>, origin: Origin) -> Result<Self> {
        list.sort_by_key(Migration::version);
        if let Some(pair) = list.windows(2).find(|pair| pair[0].version() == pair[1].version()) {
            return Err(twice(pair[0].version(), &pair[0].up().file, &pair[1].up().file));
        }
        Ok(Self { list, origin })
    }

    /// The same migrations for a throw-away server, whose roles outlive its databases: one that is there already is not made
    /// again, and none is dropped. See [`keeping_roles`](crate::sql::keeping_roles).
    #[must_use]
    pub fn on_throwaway_server(&self) -> Self {
        Self { list: self.list.iter().map(Migration::keeping_roles).collect(), origin: self.origin.clone() }
    }

    /// The migrations in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Migration> {
        self.list.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The migration of a version.
    #[must_use]
    pub fn get(&self, version: i64) -> Option<&Migration> {
        self.list.binary_search_by_key(&version, Migration::version).ok().map(|n| &self.list[n])
    }

    /// Where they come from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl<'a> IntoIterator for &'a Migrations {
    type Item = &'a Migration;
    type IntoIter = std::slice::Iter<'a, Migration>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn twice(version: i64, one: &str, two: &str) -> Error {
    Error::input(format!("{one} and {two} have the same version, {version}"))
        .with_hint("give the younger one a version of its own")
}
