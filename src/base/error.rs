//! The one error type: what failed, why, where, and what to do.
//!
//! Messages are in lower case without a final stop and never hold a password. A hint is attached where the error is
//! made, because only that place knows what would help.

use std::error::Error as StdError;
use std::fmt;
use std::ops::Range;

use super::Location;
use super::location::line_column;

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of thing went wrong, for programs that handle it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What the person gave can't be used: arguments, configuration, a manifest, a migration's name or text.
    Input,
    /// No connection could be made, or it was lost.
    Connection,
    /// The server refused a statement.
    Statement,
    /// A lock was not had in time.
    Lock,
    /// The history table and the migrations disagree.
    History,
    /// Going on would lose rows, and nobody said that they may be lost.
    DataLoss,
    /// This machine lacks something: server binaries, rights, disk space, a readable file.
    Environment,
    /// A signal asked to stop.
    Interrupted,
}

/// A stretch of a text file to be shown under an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The file's name.
    pub file: String,
    /// The file's whole text.
    pub text: String,
    /// The bytes of `text` to point at.
    pub span: Range<usize>,
    /// What to write at the place.
    pub label: String,
}

impl Excerpt {
    /// Where the excerpt begins.
    #[must_use]
    pub fn location(&self) -> Location {
        let (line, column) = line_column(&self.text, self.span.start);
        Location { file: self.file.clone(), line, column }
    }
}

/// What failed, with cause, place and hints.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    sqlstate: Option<String>,
    notes: Vec<String>,
    hints: Vec<String>,
    excerpt: Option<Excerpt>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Makes an error of a kind from one sentence: lower case, no final stop.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            sqlstate: None,
            notes: Vec::new(),
            hints: Vec::new(),
            excerpt: None,
            source: None,
        }))
    }

    /// Short for [`Error::new`] with [`ErrorKind::Input`].
    #[must_use]
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    /// Short for [`Error::new`] with [`ErrorKind::Environment`].
    #[must_use]
    pub fn environment(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Environment, message)
    }

    /// Adds what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Adds a line of detail, such as the server's own DETAIL or CONTEXT.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.0.notes.push(note.into());
        self
    }

    /// Adds what the person can do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hints.push(hint.into());
        self
    }

    /// Adds the place in a file.
    #[must_use]
    pub fn with_excerpt(mut self, excerpt: Excerpt) -> Self {
        self.0.excerpt = Some(excerpt);
        self
    }

    /// Adds the server's SQLSTATE.
    #[must_use]
    pub fn with_sqlstate(mut self, sqlstate: impl Into<String>) -> Self {
        self.0.sqlstate = Some(sqlstate.into());
        self
    }

    /// What sort of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The sentence, without cause and hints.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The server's five-character code, where the server spoke.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        self.0.sqlstate.as_deref()
    }

    /// Lines of detail.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.0.notes
    }

    /// What the person can do.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.0.hints
    }

    /// The place in a file.
    #[must_use]
    pub fn excerpt(&self) -> Option<&Excerpt> {
        self.0.excerpt.as_ref()
    }
}

impl fmt::Display for Error {
    /// The sentence, after its place in a file where it has one: for logs, which show no excerpt.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(excerpt) = &self.0.excerpt {
            write!(f, "{}: ", excerpt.location())?;
        }
        f.write_str(&self.0.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
