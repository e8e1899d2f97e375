//! From the driver's errors to ours: the server's own message, SQLSTATE, detail, hint and context, nothing lost.

use std::error::Error as StdError;
use std::io;

use tokio_postgres::error::{DbError, SqlState};

use crate::base::{Error, ErrorKind};

/// Converts an error of the driver. `what` says what was being done: `create the history table`.
///
/// The server's message follows after a colon; its DETAIL and CONTEXT become notes, its HINT a hint. A connection that
/// was lost is [`ErrorKind::Connection`], a lock that wasn't had is [`ErrorKind::Lock`], everything else
/// [`ErrorKind::Statement`]. Where a [`Session`](super::Session) is at hand, its
/// [`error`](super::Session::error) knows more about a lost connection.
#[must_use]
pub fn server_error(error: tokio_postgres::Error, what: impl Into<String>) -> Error {
    let what = what.into();
    if let Some(db) = error.as_db_error() {
        return db_error(db, &what);
    }
    let reason = reason(&error);
    let lost = error.is_closed() || find_source::<io::Error>(&error).is_some();
    if lost {
        return Error::new(ErrorKind::Connection, format!("{what}: the connection to the server was lost: {reason}"))
            .with_source(error);
    }
    Error::new(ErrorKind::Statement, format!("{what}: {reason}")).with_source(error)
}

/// Converts what the server said.
pub(super) fn db_error(db: &DbError, what: &str) -> Error {
    let mut error = Error::new(kind(db.code()), format!("{what}: {}", db.message())).with_sqlstate(db.code().code());
    if let Some(detail) = db.detail() {
        error = error.with_note(format!("detail: {detail}"));
    }
    if let Some(context) = db.where_() {
        error = error.with_note(format!("context: {context}"));
    }
    if let Some(hint) = db.hint() {
        error = error.with_hint(hint);
    }
    error
}

fn kind(code: &SqlState) -> ErrorKind {
    match code.code() {
        "55P03" | "40P01" => ErrorKind::Lock,
        "57P01" | "57P02" | "57P03" | "57P05" => ErrorKind::Connection,
        code if code.starts_with("08") => ErrorKind::Connection,
        _ => ErrorKind::Statement,
    }
}

/// The innermost reason of an error that isn't the server's: outer layers only say that something went wrong.
pub(super) fn reason(error: &tokio_postgres::Error) -> String {
    let mut innermost: &dyn StdError = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    // `Display` of the driver's own errors leaves the cause out, that of its causes doesn't.
    match innermost.to_string() {
        text if text.is_empty() => error.to_string(),
        text => text,
    }
}

/// The first error of a type among an error's causes.
pub(super) fn find_source<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        // `io::Error` hides what it wraps from `source` when that has no source of its own.
        if let Some(found) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref).map(|e| e as &dyn StdError)
            && let Some(found) = found.downcast_ref::<T>()
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}
