//! New migration files.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use time::macros::format_description;

use super::directory::{layout_of, parse, sql_files};
use super::layout::{Direction, is_word};
use super::migration::parse_version;
use crate::base::{Error, Result};

/// The files that were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFiles {
    /// Their version.
    pub version: i64,
    /// The file that will apply the migration.
    pub up: PathBuf,
    /// The file that will undo it.
    pub down: PathBuf,
}

/// Makes an up and a down file, in the directory's own layout, with the time in UTC as version: `20260213174500`.
///
/// The version is later than every one in the directory, whatever the clock says. The directory is made if it is
/// missing. The name may be a sentence: what is no letter, digit or underscore becomes an underscore.
///
/// # Errors
///
/// [`ErrorKind::Input`](crate::base::ErrorKind::Input) for a name without letters and digits and for a directory that
/// holds files of no layout; [`ErrorKind::Environment`](crate::base::ErrorKind::Environment) where nothing can be
/// written. Never overwrites a file.
pub fn new_files(dir: &Path, name: &str, now: OffsetDateTime) -> Result<NewFiles> {
    let name = sanitize(name)?;
    let texts = (format!("-- {name}\n\n"), format!("-- Undoes {name}\n\n"));
    let mut made = new_files_of(dir, &[(name, texts.0, texts.1)], now)?;
    made.pop().ok_or_else(|| Error::input("no file was asked for"))
}

/// Makes several migrations, one after the other, each of a name, the text of its up and that of its down.
///
/// # Errors
///
/// As for [`new_files`]; then none of the files is left.
pub fn new_files_of(dir: &Path, texts: &[(String, String, String)], now: OffsetDateTime) -> Result<Vec<NewFiles>> {
    let cant = |what: &Path, error: std::io::Error| {
        Error::environment(format!("can't write {}: {error}", what.display())).with_source(error)
    };
    fs::create_dir_all(dir).map_err(|error| cant(dir, error))?;
    let paths = sql_files(dir)?;
    let layout = layout_of(&paths);
    let mut version = timestamp(now)?;
    let after = |taken: i64, path: &Path| {
        let message = || Error::input(format!("{} has the highest version there can be", path.display()));
        taken.checked_add(1).ok_or_else(message)
    };
    for (file, path) in parse(&paths, layout)?.iter().zip(&paths) {
        let taken = parse_version(&file.version, &path.display().to_string())?;
        if taken >= version {
            version = after(taken, path)?;
        }
    }
    let mut made: Vec<NewFiles> = Vec::new();
    for (name, up_text, down_text) in texts {
        let name = sanitize(name)?;
        let path = |direction| dir.join((layout.compose)(&version.to_string(), &name, direction));
        let (up, down) = (path(Direction::Up), path(Direction::Down));
        for (file, text) in [(&up, up_text), (&down, down_text)] {
            if let Err(error) = write(file, text) {
                // An up by itself would look like a migration without a way back, and half of several like all.
                for file in made.iter().flat_map(|made| [&made.up, &made.down]).chain([&up]) {
                    let _ = fs::remove_file(file);
                }
                return Err(cant(file, error));
            }
        }
        made.push(NewFiles { version, up, down });
        version = after(version, dir)?;
    }
    Ok(made)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

fn timestamp(now: OffsetDateTime) -> Result<i64> {
    let format = format_description!("[year][month][day][hour][minute][second]");
    let text = now.to_offset(time::UtcOffset::UTC).format(format);
    text.ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Error::environment("the clock of this machine shows a time that can't be a version"))
}

/// Longest name made: file systems end at 255 bytes, with version and endings.
const LONGEST: usize = 100;

fn sanitize(name: &str) -> Result<String> {
    let words: Vec<_> = name.split(|c| !is_word(c)).filter(|word| !word.is_empty()).collect();
    let name: String = words.join("_").chars().take(LONGEST).collect();
    if name.chars().any(char::is_alphanumeric) {
        Ok(name)
    } else {
        Err(Error::input("the migration needs a name with a letter or digit in it")
            .with_hint("for instance: pgward new create_runs"))
    }
}
