//! SQL files of a schema, run statement by statement as psql would.
//!
//! What can't be part of one database's schema is refused: these files run on a server that may serve others.

use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use futures_util::future::join_all;
use tokio_postgres::error::{DbError, ErrorPosition};

use crate::base::{Error, Excerpt, Result, parse_path};
use crate::pg::Session;
use crate::sql::{Control, Script, Statement, control, token_span, without_psql};

/// A file's name and text.
pub(super) type File = (String, String);

/// How many statements are on their way to the server at a time: few enough for `join_all` to send them in order.
const AHEAD: usize = 24;

/// Reads a file, every `.sql` file of a directory in the order of names, or standard input for `-`.
///
/// # Errors
///
/// What can't be read or is not UTF-8, and a directory without such files.
pub(super) fn read(path: &Path) -> Result<Vec<File>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| Error::environment("standard input can't be read").with_source(error))?;
        return Ok(vec![("standard input".to_owned(), utf8("standard input", bytes)?)]);
    }
    let mut paths = Vec::new();
    if path.is_dir() {
        walk(path, &mut paths)?;
        paths.sort();
        if paths.is_empty() {
            return Err(Error::input(format!("there are no .sql files in {}", path.display())));
        }
    } else {
        paths.push(path.to_owned());
    }
    let read = paths.iter().map(|path| {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| Error::input(format!("{name} can't be read: {error}")))?;
        let text = utf8(&name, bytes)?;
        Ok((name, text))
    });
    read.collect()
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let failed = |error| Error::input(format!("{} can't be read: {error}", dir.display()));
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let hidden = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql")) {
            found.push(path);
        }
    }
    Ok(())
}

/// Makes text of a file's bytes.
///
/// # Errors
///
/// When they are not UTF-8, the one encoding that is sent to the server.
pub(super) fn utf8(name: &str, bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to() + 1;
        Error::input(format!("{name} is not UTF-8: byte {at} is wrong"))
            .with_source(error)
            .with_hint("convert the file, for instance with iconv -t UTF-8")
    })
}

/// Runs files one after the other; the settings that one makes end with it.
///
/// Each statement is a message of its own, so it stands in the transaction that the file opens, or in none; several are
/// on their way at a time.
///
/// # Errors
///
/// The first statement that the server refuses, with its place; what is refused here, and a transaction without an end.
pub(super) async fn run(session: &Session, files: &[File]) -> Result<()> {
    // What is thrown away need not survive a crash of the server.
    send(session, "set synchronous_commit = off").await?;
    for (name, text) in files {
        let sql = without_psql(name, text)?;
        // Places are shown in the file as it is.
        let shown = |error: Error| match error.excerpt().cloned() {
            Some(excerpt) => error.with_excerpt(Excerpt { text: text.clone(), ..excerpt }),
            None => error,
        };
        let script = Script::parse(name, &sql).map_err(shown)?;
        let mut begun = None;
        let mut statements = Vec::with_capacity(script.statements.len());
        for statement in &script.statements {
            if let Some(why) = whole_server(statement) {
                return Err(at(
                    name,
                    text,
                    statement.span.clone(),
                    &format!("{why} is no part of a database's schema"),
                )
                .with_hint("remove it: pgward makes a throw-away database for the file itself"));
            }
            match control(statement) {
                Some(Control::Begin) => begun = Some(statement.span.clone()),
                Some(_) => begun = None,
                None => {}
            }
            // The file was read as UTF-8, so that is what the server is sent.
            if !statement.starts_with(&["set", "client_encoding"]) {
                statements.push(statement);
            }
        }
        if let Some(span) = begun {
            return Err(
                at(name, text, span, "this transaction has no end").with_hint("add COMMIT at the end of the file")
            );
        }
        for some in statements.chunks(AHEAD) {
            let sent = some.iter().map(|statement| session.client().batch_execute(statement.text));
            for (statement, done) in some.iter().zip(join_all(sent).await) {
                let Err(error) = done else { continue };
                if is_there_already(statement, &error) {
                    continue;
                }
                return Err(failed(session, name, text, statement, error));
            }
        }
        send(session, "discard all").await?;
    }
    Ok(())
}

async fn send(session: &Session, sql: &str) -> Result<()> {
    let sent = session.client().batch_execute(sql).await;
    sent.map_err(|error| session.error(error, "prepare the throw-away database"))
}

/// What to call a statement that is about the server and not about one database.
fn whole_server(statement: &Statement<'_>) -> Option<&'static str> {
    const TABLE: &[(&[&str], &str)] = &[
        (&["create", "database"], "CREATE DATABASE"),
        (&["alter", "database"], "ALTER DATABASE"),
        (&["drop", "database"], "DROP DATABASE"),
        (&["create", "tablespace"], "CREATE TABLESPACE"),
        (&["alter", "tablespace"], "ALTER TABLESPACE"),
        (&["drop", "tablespace"], "DROP TABLESPACE"),
        (&["alter", "system"], "ALTER SYSTEM"),
    ];
    TABLE.iter().find(|(words, _)| statement.starts_with(words)).map(|(_, name)| *name)
}

/// Whether a statement failed because what it makes is there: schema public, which every database begins with, and roles,
/// which belong to the server and outlive the throw-away database.
fn is_there_already(statement: &Statement<'_>, error: &tokio_postgres::Error) -> bool {
    match error.code().map(|code| code.code()) {
        Some("42P06") => statement.starts_with(&["create", "schema", "public"]),
        Some("42710") => ["role", "user", "group"].iter().any(|word| statement.starts_with(&["create", word])),
        _ => false,
    }
}

/// The error of a statement with the place that the server gave, or else that of the whole statement.
fn failed(session: &Session, name: &str, text: &str, statement: &Statement<'_>, error: tokio_postgres::Error) -> Error {
    let place = error.as_db_error().and_then(DbError::position).cloned();
    let missing = error.as_db_error().and_then(missing_role);
    let span = match place {
        Some(ErrorPosition::Original(position)) => {
            let offset = usize::try_from(position).map_or(0, |position| position.saturating_sub(1));
            let byte = statement.text.char_indices().nth(offset).map_or(statement.text.len(), |(byte, _)| byte);
            token_span(text, statement.span.start + byte)
        }
        _ => statement.span.clone(),
    };
    let label = if matches!(place, Some(ErrorPosition::Original(_))) { "here" } else { "in this statement" };
    let (file, text) = (name.to_owned(), text.to_owned());
    let error = session.error(error, format!("{name} can't be applied")).with_excerpt(Excerpt {
        file,
        text,
        span,
        label: label.to_owned(),
    });
    match missing {
        Some(role) => with_role_hint(error, &role),
        None => error,
    }
}

/// Says how a role that is missing on the throw-away server is made there.
pub(super) fn with_role_hint(error: Error, role: &str) -> Error {
    error.with_hint(format!(
        "if the throw-away server may have it: --role {role}, or `roles` in pgward.toml; it is made without login"
    ))
}

/// The role that a statement failed for want of.
fn missing_role(said: &DbError) -> Option<String> {
    let rest = said.message().strip_prefix("role \"").filter(|_| said.code().code() == "42704")?;
    let (role, rest) = rest.rsplit_once('"')?;
    (!rest.trim().is_empty()).then(|| role.to_owned())
}

/// The role that an error of applying migrations is about, where one is missing.
pub(super) fn missing_role_of(error: &Error) -> Option<String> {
    let (_, rest) = error.message().split_once("role \"").filter(|_| error.sqlstate() == Some("42704"))?;
    Some(rest.rsplit_once('"')?.0.to_owned())
}

fn at(name: &str, text: &str, span: Range<usize>, message: &str) -> Error {
    let (file, text) = (name.to_owned(), text.to_owned());
    Error::input(message).with_excerpt(Excerpt { file, text, span, label: "here".to_owned() })
}

/// Makes the roles that are missing, without login and without rights.
///
/// # Errors
///
/// When a name can't be a role's, or the role may not make roles.
pub(in crate::cli) async fn create_roles(session: &Session, roles: &[String]) -> Result<()> {
    for role in roles {
        let names = parse_path(role)?;
        let [name] = names.as_slice() else {
            return Err(Error::input(format!("{role} is not the name of a role")));
        };
        let name = crate::base::Ident(name);
        match session.client().batch_execute(&format!("create role {name} nologin")).await {
            // There already, or made by another process in the same moment.
            Err(error) if matches!(error.code().map(|code| code.code()), Some("42710" | "23505")) => {}
            made => {
                made.map_err(|error| session.error(error, format!("make the role {name} on the throw-away server")))?
            }
        }
    }
    Ok(())
}
