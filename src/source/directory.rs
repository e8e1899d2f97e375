//! A directory's files: every `.sql` file is a migration's or an error.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::layout::{FileName, LAYOUTS, Layout};
use super::migration::SqlFile;
use super::set::{Migrations, Origin};
use crate::base::{Error, Result};

pub(super) fn load(dir: &Path) -> Result<Migrations> {
    let found = sql_files(dir)?;
    if found.is_empty() {
        return Err(Error::input(format!("there are no migrations in {}", dir.display()))
            .with_hint(format!("migrations are files such as {}", LAYOUTS[0].example)));
    }
    let layout = layout_of(&found);
    let files = parse(&found, layout)?
        .into_iter()
        .zip(&found)
        .map(|(name, path)| Ok((name, SqlFile { file: path.display().to_string(), text: read(path)? })));
    Migrations::from_files(files.collect::<Result<_>>()?, Origin::Directory(dir.to_owned()))
}

/// Puts migrations together from files that are not on this machine's disk, under the same rules.
///
/// `place` is what messages put before the files' names.
pub(super) fn from_texts(place: &str, texts: Vec<(PathBuf, Vec<u8>)>) -> Result<Migrations> {
    let mut found = BTreeMap::new();
    for (path, bytes) in texts {
        if path.components().any(|part| part.as_os_str().to_str().is_some_and(|part| part.starts_with('.'))) {
            continue;
        }
        let path = PathBuf::from(format!("{place}/{}", path.display()));
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql")) {
            found.insert(path, bytes);
        } else if path.extension().is_some_and(|extension| extension == "rs") && is_rust_migration(&path) {
            return Err(written_in_rust(&path));
        }
    }
    let paths: Vec<_> = found.keys().cloned().collect();
    if paths.is_empty() {
        return Err(Error::input(format!("there are no migrations in {place}"))
            .with_hint(format!("migrations are files such as {}", LAYOUTS[0].example)));
    }
    let files = parse(&paths, layout_of(&paths))?.into_iter().zip(found).map(|(name, (path, bytes))| {
        Ok((name, SqlFile { file: path.display().to_string(), text: utf8(&path, bytes)? }))
    });
    Migrations::from_files(files.collect::<Result<_>>()?, Origin::Directory(PathBuf::from(place)))
}

/// The layout that fits most files; the first of several.
pub(super) fn layout_of(paths: &[PathBuf]) -> &'static Layout {
    let fitting = |layout: &Layout| paths.iter().filter(|path| (layout.parse)(file_name(path)).is_some()).count();
    LAYOUTS.iter().rev().max_by_key(|layout| fitting(layout)).unwrap_or(&LAYOUTS[0])
}

/// Reads all names, or says which ones don't fit.
pub(super) fn parse(paths: &[PathBuf], layout: &Layout) -> Result<Vec<FileName>> {
    let names: Vec<_> = paths.iter().map(|path| (layout.parse)(file_name(path)).ok_or(path)).collect();
    let wrong: Vec<_> = names.iter().filter_map(|name| name.as_ref().err()).collect();
    let Some(first) = wrong.first() else { return Ok(names.into_iter().flatten().collect()) };
    let message = match wrong.len() {
        1 => format!("the name of {} fits no migration", first.display()),
        n => format!("the names of {n} files fit no migration, first {}", first.display()),
    };
    let hint =
        format!("migrations are files such as {}, with letters, digits and underscores in the name", layout.example);
    let error =
        wrong.iter().skip(1).take(9).fold(Error::input(message), |e, path| e.with_note(path.display().to_string()));
    Err(error.with_hint(hint).with_hint("rename the file, or move it out of the directory"))
}

/// All `.sql` files in a directory and those in it, in the order of their names.
pub(super) fn sql_files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    walk(dir, &mut found)?;
    found.sort();
    Ok(found)
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir).map_err(|error| unreadable(dir, error))? {
        let entry = entry.map_err(|error| unreadable(dir, error))?;
        let path = entry.path();
        if file_name(&path).starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(|error| unreadable(&path, error))?;
        let link = kind.is_symlink();
        // A link that leads nowhere is an error.
        let is_dir =
            if link { fs::metadata(&path).map_err(|error| unreadable(&path, error))?.is_dir() } else { kind.is_dir() };
        if is_dir {
            if link {
                return Err(Error::input(format!("{} is a link to a directory", path.display()))
                    .with_hint("refinery does not follow it, so pgward does not either: name the directory itself"));
            }
            walk(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql")) {
            found.push(path);
        } else if path.extension().is_some_and(|extension| extension == "rs") && is_rust_migration(&path) {
            return Err(written_in_rust(&path));
        }
    }
    Ok(())
}

fn written_in_rust(path: &Path) -> Error {
    Error::input(format!("{} is a migration written in Rust, which pgward can't run", path.display()))
        .with_hint("run it from the application that embeds it: pgward::source::Migrations::from_refinery")
}

/// Whether refinery's macro would take a Rust file for a migration.
fn is_rust_migration(path: &Path) -> bool {
    file_name(path)
        .strip_suffix(".rs")
        .is_some_and(|stem| LAYOUTS.iter().any(|layout| (layout.parse)(&format!("{stem}.sql")).is_some()))
}

fn read(path: &Path) -> Result<String> {
    utf8(path, fs::read(path).map_err(|error| unreadable(path, error))?)
}

fn utf8(path: &Path, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let error = error.utf8_error();
        Error::input(format!("{} is not UTF-8: byte {} is wrong", path.display(), error.valid_up_to() + 1))
            .with_source(error)
            .with_hint("convert the file, for instance with iconv -t UTF-8")
    })
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    let hint = match error.kind() {
        io::ErrorKind::NotFound => Some("check the path; pgward new NAME makes a first migration"),
        io::ErrorKind::NotADirectory => Some("name the directory that holds the migrations"),
        _ => None,
    };
    let said = Error::environment(format!("can't read {}: {error}", path.display())).with_source(error);
    hint.into_iter().fold(said, Error::with_hint)
}

/// A path's last part; a name that is not UTF-8 fits no layout, whatever stands for the wrong bytes.
fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or("\u{fffd}")
}
