//! Which texts lint looks at, and which it only knows.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::Lint;
use crate::base::{Error, Result};
use crate::cli::config::read;
use crate::cli::context::Context;
use crate::cli::source::{At, find_in_revision};
use crate::source::{Direction, Migrations};

/// A text to look at.
pub(super) struct Text {
    pub(super) name: String,
    pub(super) text: String,
    /// Whether its findings are wanted.
    pub(super) wanted: bool,
    /// Whether it undoes a migration.
    pub(super) down: bool,
}

impl Lint {
    /// The texts in the order in which they are applied, those that are only known included.
    pub(super) async fn texts(&self, context: &Context, downs: bool) -> Result<Vec<Text>> {
        if self.files.is_empty() {
            let changed = match (&self.since, context.migrations_dir()) {
                (Some(revision), Some(dir)) => Some(Changed::since(revision, dir).await?),
                (Some(_), None) => {
                    return Err(Error::input("the bundle's files are not in this repository")
                        .with_hint("name the directory of migrations with --migrations DIR"));
                }
                (None, _) => None,
            };
            let wanted = |name: &str, text: &str| changed.as_ref().is_none_or(|changed| changed.holds(name, text));
            return Ok(migrations(&context.migrations()?, downs, &wanted));
        }
        let mut named = Vec::new();
        for file in &self.files {
            if file == Path::new("-") {
                let mut text = String::new();
                let read = std::io::stdin().read_to_string(&mut text);
                read.map_err(|error| Error::environment("standard input can't be read").with_source(error))?;
                named.push(Text { name: "-".to_owned(), text, wanted: true, down: false });
            } else if file.is_dir() {
                named.extend(directory(file, downs)?);
            } else {
                named.push(Text { name: file.display().to_string(), text: read(file)?, wanted: true, down: false });
            }
        }
        // Files of the configured migrations stand in their order, after those that came before them.
        let Some(all) = context.migrations_dir().and_then(|dir| Migrations::from_dir(dir).ok()) else {
            return Ok(named);
        };
        let real = |name: &str| std::fs::canonicalize(name).ok();
        let is_wanted = |name: &str| named.iter().any(|text| text.name == name || real(&text.name) == real(name));
        let known = migrations(&all, true, &|name, _| is_wanted(name));
        let is_known = |name: &str| known.iter().any(|text| text.name == name || real(&text.name) == real(name));
        let others: Vec<_> = named.iter().filter(|text| !is_known(&text.name)).map(|text| text.name.clone()).collect();
        let mut texts: Vec<_> = known.into_iter().filter(|text| text.wanted || !text.down).collect();
        texts.extend(named.into_iter().filter(|text| others.contains(&text.name)));
        Ok(texts)
    }
}

/// The files of migrations, in order.
fn migrations(all: &Migrations, downs: bool, wanted: &dyn Fn(&str, &str) -> bool) -> Vec<Text> {
    let directions: &[_] = if downs { &[Direction::Up, Direction::Down] } else { &[Direction::Up] };
    let mut texts = Vec::new();
    for migration in all {
        for direction in directions {
            let Some(file) = migration.file(*direction) else { continue };
            let (text, _) = file.sql();
            let wanted = wanted(&file.file, text);
            let down = *direction == Direction::Down;
            texts.push(Text { name: file.file.clone(), text: text.to_owned(), wanted, down });
        }
    }
    texts
}

/// The files of a directory that is no directory of migrations need not be one: then by name.
fn directory(dir: &Path, downs: bool) -> Result<Vec<Text>> {
    if let Ok(all) = Migrations::from_dir(dir) {
        return Ok(migrations(&all, downs, &|_, _| true));
    }
    let listed = std::fs::read_dir(dir)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| Error::input(format!("{} can't be read: {error}", dir.display())))?;
    let mut paths: Vec<_> = listed.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql")));
    paths.sort();
    let text =
        |path: PathBuf| Ok(Text { name: path.display().to_string(), text: read(&path)?, wanted: true, down: false });
    paths.into_iter().map(text).collect()
}

/// The files of a directory as a revision has them.
struct Changed {
    dir: PathBuf,
    old: Vec<(PathBuf, Vec<u8>)>,
}

impl Changed {
    async fn since(revision: &str, dir: &Path) -> Result<Self> {
        let old = match find_in_revision(revision, dir).await? {
            Some(At::Directory(files)) => files,
            Some(At::File(_)) | None => Vec::new(),
        };
        Ok(Self { dir: dir.to_owned(), old })
    }

    /// Whether a file is new or another than in the revision.
    fn holds(&self, name: &str, text: &str) -> bool {
        let inner = Path::new(name).strip_prefix(&self.dir).unwrap_or(Path::new(name));
        let old = self.old.iter().find(|(path, _)| path == inner);
        old.is_none_or(|(_, bytes)| bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes) != text.as_bytes())
    }
}
