//! From what the server said to an error with a place in a file.

use std::ops::Range;

use tokio_postgres::error::{DbError, ErrorPosition};

use super::wire::Failure;
use crate::base::{Error, Excerpt, line_column};
pub(super) use crate::pg::server_error;
use crate::source::SqlFile;
use crate::sql::{Script, token_span};

/// What was sent when something failed: the text, and where it stands in its file.
pub(super) struct Sent<'a> {
    pub(super) file: &'a SqlFile,
    /// The statements of the file; those that were sent begin with number `first`.
    pub(super) script: &'a Script<'a>,
    pub(super) first: usize,
    /// The byte of the file that the sent text began at.
    pub(super) offset: usize,
    /// Whether the server counts bytes and not characters: its database has no encoding.
    pub(super) counts_bytes: bool,
}

impl Sent<'_> {
    /// The error of a statement in a file, with the place that the server gave, or else that of the whole statement.
    pub(super) fn error(&self, failure: Failure, what: &str) -> Error {
        let said = failure.error.as_db_error();
        let place = said.and_then(|said| self.place(said, failure.completed));
        let internal = said.and_then(internal_query);
        let hint = said.and_then(hint);
        let mut error = server_error(failure.error, what);
        if let Some((span, label)) = place {
            let (file, text) = (self.file.file.clone(), self.file.text.clone());
            error = error.with_excerpt(Excerpt { file, text, span, label: label.to_owned() });
        }
        error = internal.into_iter().fold(error, Error::with_note);
        hint.into_iter().fold(error, Error::with_hint)
    }

    /// The bytes to point at, and what to write there.
    fn place(&self, said: &DbError, completed: usize) -> Option<(Range<usize>, &'static str)> {
        let text = &self.file.text;
        if let Some(ErrorPosition::Original(position)) = said.position() {
            let sent = &text[self.offset..];
            let byte = if self.counts_bytes {
                usize::try_from(*position).ok()?.checked_sub(1)?.min(sent.len())
            } else {
                byte_of(sent, *position)
            };
            let byte = (0..=self.offset + byte).rev().find(|byte| text.is_char_boundary(*byte))?;
            return Some((token_span(text, byte), "here"));
        }
        // No place in what was sent: a constraint, a timeout, an exception. The server still answered each statement
        // before it.
        let statement = self.script.statements.get(self.first + completed)?;
        if let Some(ErrorPosition::Internal { position, query }) = said.position()
            && let [(byte, _)] = statement.text.match_indices(query.as_str()).collect::<Vec<_>>()[..]
        {
            // A function's body, or a DO block's, that stands in this very statement.
            let start = statement.span.start + byte + byte_of(query, *position);
            let end = token_span(query, byte_of(query, *position)).len() + start;
            return Some((start..end, "here"));
        }
        Some((statement.span.clone(), "in this statement"))
    }
}

/// The byte of a character's position, from 1.
fn byte_of(text: &str, position: u32) -> usize {
    let before = usize::try_from(position).map_or(0, |position| position.saturating_sub(1));
    text.char_indices().nth(before).map_or(text.len(), |(byte, _)| byte)
}

/// The query inside a function that failed, with its place.
fn internal_query(said: &DbError) -> Option<String> {
    let Some(ErrorPosition::Internal { position, query }) = said.position() else { return None };
    let (line, column) = line_column(query, byte_of(query, *position));
    Some(format!("inside a function, at line {line}, column {column} of: {}", query.trim()))
}

/// What helps, by SQLSTATE.
fn hint(said: &DbError) -> Option<String> {
    let hint = match said.code().code() {
        "25001" => {
            "this can't run in a transaction: give it a file of its own that begins with `-- pgward:no-transaction`"
        }
        "25006" => "connect to the primary server, or see default_transaction_read_only",
        "42501" => "connect as the owner of what the migration changes, or as a member of that role",
        "55P03" => "another session holds a lock: end it, or allow more time and tries",
        "57014" => "statement_timeout, or another session, cancelled it",
        "53100" => "the server's disk is full",
        "2BP01" => "drop what depends on it first, in the same file",
        _ => return None,
    };
    Some(hint.to_owned())
}
