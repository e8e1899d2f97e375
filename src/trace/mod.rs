//! What each statement of a migration really locks, rewrites and scans, seen on a throw-away database.
//!
//! Runs statements one by one, in the transactions that the runner would use, with a row in every table that takes one, and
//! asks the server after each of them. Knows no rule: [`lint`](crate::lint) says what was expected. Must never be given a
//! database that somebody uses.

pub mod codes;
mod look;

use std::borrow::Cow;
use std::ops::Range;
use std::time::{Duration, Instant};

use crate::base::{Error, Excerpt, Lock, Result, line_column};
use crate::model::ObjectId;
use crate::pg::{Options, Scratch, Session, connect};
use crate::prove::put_rows;
use crate::sql::{Script, Step, directives, keeping_role, keeping_roles, no_transaction_reason, steps};

use look::{Look, Relations};

/// A file that was run.
#[derive(Debug, Clone)]
pub struct TracedFile {
    /// What it is called.
    pub name: String,
    /// Its statements in order.
    pub statements: Vec<TracedStatement>,
    /// Why the tables were empty, where rows were in the way of the file.
    pub without_rows: Option<String>,
}

/// What a statement was seen to do to what was there before its file.
#[derive(Debug, Clone, Default)]
pub struct TracedStatement {
    /// Its bytes in the file.
    pub span: Range<usize>,
    /// The line it begins on.
    pub line: u32,
    /// Locks on tables that it took, the strongest on each, and that its transaction did not hold before.
    pub locks: Vec<(ObjectId, Lock)>,
    /// Tables and indexes that were written anew.
    pub rewritten: Vec<ObjectId>,
    /// Tables that were read from end to end.
    pub scanned: Vec<ObjectId>,
    /// Locks that make writers wait and that earlier statements of the transaction still hold.
    pub held: Vec<(ObjectId, Lock)>,
    /// Whether the locks were seen from another session while it ran, because they end with it: a short one may be missed.
    pub sampled: bool,
    /// How long it took.
    pub took: Duration,
}

impl TracedStatement {
    /// The lock that it holds on a table, its own or an earlier one of its transaction.
    #[must_use]
    pub fn lock_on(&self, table: &ObjectId) -> Option<Lock> {
        self.locks.iter().chain(&self.held).filter(|(known, _)| known == table).map(|(_, mode)| *mode).max()
    }
}

/// Runs a file on a throw-away database. With `watched` it is run on a copy first, with rows, and what it did there is
/// returned.
///
/// # Errors
///
/// A statement error, with the place in the file, where the server refuses a statement, and what making a copy returns.
pub async fn trace(scratch: &Scratch, name: &str, text: &str, watched: bool) -> Result<TracedFile> {
    let script = Script::parse(name, text)?;
    let mut traced = TracedFile { name: name.to_owned(), statements: Vec::new(), without_rows: None };
    if watched {
        traced.statements = match on_copy(scratch, &script, true).await {
            // Rows that were made up may be what a constraint or a conversion stumbles over.
            Err(error) if is_about_rows(&error) => {
                let (_, reason) = error.message().split_once(": ").unwrap_or(("", error.message()));
                traced.without_rows = Some(reason.to_owned());
                on_copy(scratch, &script, false).await?
            }
            statements => statements?,
        };
    }
    let session = connect(scratch.options()).await?;
    let run = run(&session, scratch.options(), &script, None).await;
    session.close().await;
    run?;
    Ok(traced)
}

async fn on_copy(scratch: &Scratch, script: &Script<'_>, rows: bool) -> Result<Vec<TracedStatement>> {
    let copy = scratch.copy().await?;
    let watched = watched(copy.options(), script, rows).await;
    copy.close().await?;
    watched
}

async fn watched(database: &Options, script: &Script<'_>, rows: bool) -> Result<Vec<TracedStatement>> {
    let session = connect(database).await?;
    let relations = Relations::read(&session).await?;
    if rows {
        put_rows(&session, &relations.tables()).await?;
    }
    let run = run(&session, database, script, Some(&relations)).await;
    session.close().await;
    run
}

async fn run(
    session: &Session,
    database: &Options,
    script: &Script<'_>,
    relations: Option<&Relations>,
) -> Result<Vec<TracedStatement>> {
    let mut traced = Vec::new();
    for step in blocks(script)? {
        traced.extend(one_step(session, database, script, &step, relations).await?);
    }
    Ok(traced)
}

/// The transactions of a file, as the runner makes them.
fn blocks(script: &Script<'_>) -> Result<Vec<Step>> {
    if !directives(script)?.no_transaction {
        let span = 0..script.text.len();
        return Ok(vec![Step { statements: 0..script.statements.len(), span }]);
    }
    steps(script).map_err(|n| {
        let span = script.statements[n].span.clone();
        excerpt(Error::input("this begins or ends a transaction where none can"), script, span)
    })
}

async fn one_step(
    session: &Session,
    database: &Options,
    script: &Script<'_>,
    step: &Step,
    relations: Option<&Relations>,
) -> Result<Vec<TracedStatement>> {
    let statements = &script.statements[step.statements.clone()];
    let alone = statements.len() == 1 && no_transaction_reason(&statements[0]).is_some();
    let Some(relations) = relations else {
        let sql = &script.text[step.span.clone()];
        let kept = keeping_roles(sql);
        let run = session.client().batch_execute(&kept).await;
        return match run {
            Ok(()) => Ok(Vec::new()),
            Err(error) => {
                let place = position(&error).filter(|_| matches!(kept, Cow::Borrowed(_)));
                let offset = place.map_or(0, |characters| byte_offset(sql, characters));
                let _ = session.client().batch_execute("rollback").await;
                Err(refused(session, error, script, step.span.start + offset..step.span.end))
            }
        };
    };
    if alone {
        let statement = &statements[0];
        let before = Look::take(session, relations).await?;
        let start = Instant::now();
        let (locks, outcome) = look::sampled(session, database, relations, statement.text).await?;
        outcome.map_err(|error| refused(session, error, script, statement.span.clone()))?;
        let took = start.elapsed();
        let rewritten = Look::take(session, relations).await?.since(&before, relations).rewritten;
        let (line, _) = line_column(script.text, statement.span.start);
        let (span, sampled) = (statement.span.clone(), true);
        return Ok(vec![TracedStatement { span, line, locks, rewritten, sampled, took, ..Default::default() }]);
    }
    let begin = session.client().batch_execute("begin").await;
    begin.map_err(|error| session.error(error, "begin a transaction"))?;
    let mut traced = Vec::new();
    let mut before = Look::default();
    for statement in statements {
        // The transaction's own BEGIN and COMMIT stand for what was done above and will be below.
        if crate::sql::control(statement).is_some() {
            continue;
        }
        let start = Instant::now();
        let kept = keeping_role(statement);
        if let Err(error) = session.client().batch_execute(kept.as_deref().unwrap_or(statement.text)).await {
            let place = position(&error).filter(|_| kept.is_none());
            let offset = place.map_or(0, |characters| byte_offset(statement.text, characters));
            let place = statement.span.start + offset..statement.span.end;
            let error = refused(session, error, script, place);
            let _ = session.client().batch_execute("rollback").await;
            return Err(error);
        }
        let took = start.elapsed();
        let after = Look::take(session, relations).await?;
        let (line, _) = line_column(script.text, statement.span.start);
        let seen = after.since(&before, relations);
        traced.push(TracedStatement { span: statement.span.clone(), line, took, ..seen });
        before = after;
    }
    let commit = session.client().batch_execute("commit").await;
    commit.map_err(|error| {
        refused(session, error, script, step.span.clone()).with_note("at the end of the transaction")
    })?;
    Ok(traced)
}

/// An integrity violation, or a value that can't be converted: both speak of rows.
fn is_about_rows(error: &Error) -> bool {
    error.sqlstate().is_some_and(|state| state.starts_with("23") || state.starts_with("22") || state == "55006")
}

fn position(error: &tokio_postgres::Error) -> Option<usize> {
    match error.as_db_error()?.position()? {
        tokio_postgres::error::ErrorPosition::Original(at) => usize::try_from(*at).ok()?.checked_sub(1),
        tokio_postgres::error::ErrorPosition::Internal { .. } => None,
    }
}

fn byte_offset(text: &str, characters: usize) -> usize {
    text.char_indices().nth(characters).map_or(text.len(), |(offset, _)| offset)
}

fn refused(session: &Session, error: tokio_postgres::Error, script: &Script<'_>, place: Range<usize>) -> Error {
    let error = session.error(error, format!("run {} on the throw-away database", script.file));
    let span = if place.start < script.text.len() { crate::sql::token_span(script.text, place.start) } else { place };
    excerpt(error, script, span)
}

fn excerpt(error: Error, script: &Script<'_>, span: Range<usize>) -> Error {
    let (file, text) = (script.file.to_owned(), script.text.to_owned());
    error.with_excerpt(Excerpt { file, text, span, label: "here".to_owned() })
}
