//! A SOURCE: where a catalog comes from, as the command line writes it.
//!
//! Files are never read as a schema: they are applied to a throw-away database, and that is read like a live one.

mod files;
mod git;
mod load;

use std::fmt;
use std::path::PathBuf;

pub(super) use files::create_roles;
pub(super) use git::{At, find as find_in_revision};
pub(super) use load::{
    Loaded, apply_all, compared_hidden, compared_owners, empty_database, load, load_both, load_differing,
    throwaway_server, with_hint, without_builder,
};

/// The forms of a SOURCE, for hints and help.
const FORMS: &str =
    "db:URL, snapshot:FILE, migrations:DIR[@VERSION], sql:FILE, git:REV[:DIR], bundle:ops[@VERSION] or live";

/// Where a catalog comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// A database, by URL or connection string.
    Database(String),
    /// A snapshot file.
    Snapshot(PathBuf),
    /// A directory of migrations, up to a version.
    Migrations(PathBuf, Option<i64>),
    /// A file of SQL, a directory of them, or `-` for standard input.
    Sql(PathBuf),
    /// Migrations, a snapshot or SQL of a revision.
    Git {
        /// What git calls a revision.
        revision: String,
        /// The directory or file; the configured migrations without one.
        path: Option<PathBuf>,
    },
    /// The bundled migrations, up to a version.
    Bundle(Option<i64>),
    /// The database that the command line, the environment or the development server gives.
    Live,
}

impl Source {
    /// Reads a SOURCE.
    ///
    /// # Errors
    ///
    /// What is wrong with it, with the forms that there are.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some((form, rest)) = text.split_once(':') else {
            return match text {
                "live" => Ok(Self::Live),
                _ => Err(format!("a source is one of {FORMS}")),
            };
        };
        if matches!(form, "postgres" | "postgresql") {
            return Err(format!("a URL is written db:{form}:…; a source is one of {FORMS}"));
        }
        if rest.is_empty() {
            return Err(format!("there is nothing after {form}:; a source is one of {FORMS}"));
        }
        Ok(match form {
            "db" => Self::Database(rest.to_owned()),
            "snapshot" => Self::Snapshot(rest.into()),
            "sql" => Self::Sql(rest.into()),
            "migrations" => {
                let (dir, version) = with_version(rest)?;
                Self::Migrations(dir.into(), version)
            }
            "bundle" => match with_version(rest)? {
                ("ops", version) => Self::Bundle(version),
                (name, _) => return Err(format!("there is no bundle {name:?}, only bundle:ops")),
            },
            "git" => {
                // A revision holds no colon, but for a time in `HEAD@{12:00}`.
                let after = rest.find('}').unwrap_or(0);
                match rest[after..].find(':').map(|colon| after + colon) {
                    Some(0) => return Err("there is no revision after git:".to_owned()),
                    Some(colon) => {
                        let path = Some(PathBuf::from(&rest[colon + 1..])).filter(|path| !path.as_os_str().is_empty());
                        Self::Git { revision: rest[..colon].to_owned(), path }
                    }
                    None => Self::Git { revision: rest.to_owned(), path: None },
                }
            }
            _ => return Err(format!("there is no source {form}:; a source is one of {FORMS}")),
        })
    }

    /// Whether it is in the bundle's schemas that one would look, if nothing else is said.
    fn is_bundle(&self) -> bool {
        matches!(self, Self::Bundle(_))
    }
}

/// Splits `DIR@VERSION`. A directory whose name ends with `@` and digits is written with a slash after it.
fn with_version(text: &str) -> Result<(&str, Option<i64>), String> {
    match text.rsplit_once('@') {
        Some((dir, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            let version = digits.parse().map_err(|_| format!("the version {digits} is too large"))?;
            Ok((dir, Some(version)))
        }
        Some((_, version)) if !version.contains('/') => {
            Err(format!("{version:?} after @ is no version: it is a number"))
        }
        _ => Ok((text, None)),
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = |version: &Option<i64>| version.map(|version| format!("@{version}")).unwrap_or_default();
        match self {
            // A URL may hold a password, so it is not shown; what was connected to is in the label.
            Self::Database(_) => f.write_str("db"),
            Self::Snapshot(file) => write!(f, "snapshot:{}", file.display()),
            Self::Migrations(dir, number) => write!(f, "migrations:{}{}", dir.display(), version(number)),
            Self::Sql(file) => write!(f, "sql:{}", file.display()),
            Self::Git { revision, path: None } => write!(f, "git:{revision}"),
            Self::Git { revision, path: Some(path) } => write!(f, "git:{revision}:{}", path.display()),
            Self::Bundle(number) => write!(f, "bundle:ops{}", version(number)),
            Self::Live => f.write_str("live"),
        }
    }
}

/// Options of every command that reads sources.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct SourceOptions {
    /// A role that the files name, made on the throw-away server if it is missing; may be repeated [default: pgward.toml's]
    #[arg(long = "role", value_name = "NAME")]
    pub(super) roles: Vec<String>,
    /// How many sessions may read a database with thousands of tables at the same time
    #[arg(long, value_name = "N", default_value_t = SESSIONS, value_parser = clap::value_parser!(u8).range(1..))]
    pub(super) sessions: u8,
}

/// As many as the reading has use for.
const SESSIONS: u8 = 1 + crate::introspect::HELPERS;

impl SourceOptions {
    /// The defaults of all but the roles.
    pub(super) fn with_roles(roles: Vec<String>) -> Self {
        Self { roles, sessions: SESSIONS }
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn every_form_is_read_and_shown() {
        for text in [
            "snapshot:a.json",
            "migrations:db",
            "migrations:db@20260101000000",
            "sql:-",
            "sql:a:b.sql",
            "git:HEAD~2",
            "git:v1.0:db/schema.sql",
            "git:HEAD@{2 days 12:00}:db",
            "bundle:ops",
            "bundle:ops@3",
            "live",
        ] {
            assert_eq!(Source::parse(text).map(|source| source.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Source::parse("db:postgres://u:secret@h/d").unwrap().to_string(), "db");
        assert_eq!(Source::parse("migrations:a@b/c").unwrap().to_string(), "migrations:a@b/c");
    }

    #[test]
    fn mistakes_name_the_forms() {
        for (text, what) in [
            ("", "a source is one of"),
            ("schema.sql", "a source is one of"),
            ("postgres://h/d", "db:postgres:"),
            ("file:x", "there is no source file:"),
            ("sql:", "nothing after sql:"),
            ("bundle:other", "only bundle:ops"),
            ("bundle:ops@x", "no version"),
            ("migrations:db@99999999999999999999", "too large"),
            ("git::db", "no revision"),
        ] {
            let message = Source::parse(text).unwrap_err();
            assert!(message.contains(what), "{text}: {message}");
        }
    }
}
