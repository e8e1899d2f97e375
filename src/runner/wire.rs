//! Messages to the server: several at once, answered in one round trip.

use std::pin::pin;

use futures_util::TryStreamExt as _;
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow, SimpleQueryStream};

/// One message of the simple protocol: one or more statements. The server leaves off at the first that fails.
#[derive(Debug, Clone, Copy)]
pub(super) enum Message<'a> {
    /// The rows are wanted.
    Ask(&'a str),
    /// Rows, if any, are thrown away as they come: migrations may select what they like.
    Run(&'a str),
}

/// What a message that succeeded gave.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) rows: Vec<SimpleQueryRow>,
    /// Rows that the last statement returned or changed.
    pub(super) affected: u64,
}

/// A message that failed, and how many of its statements were done by then.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: tokio_postgres::Error,
    pub(super) completed: usize,
}

impl Failure {
    /// The server's code, if the server spoke.
    pub(super) fn sqlstate(&self) -> Option<&str> {
        self.error.as_db_error().map(|said| said.code().code())
    }

    /// Whether the server ended the session and said so.
    pub(super) fn is_fatal(&self) -> bool {
        self.error.as_db_error().is_some_and(|said| {
            use tokio_postgres::error::Severity::{Fatal, Panic};
            matches!(said.parsed_severity(), Some(Fatal | Panic))
        })
    }

    /// Whether the same may go well when it is done again: a lock was not had in time, a deadlock, a serialization
    /// failure, or another session changed the same row of the catalog, as two that alter one role do in whatever
    /// databases. The server has no code of its own for that last one, and its words in one language only.
    pub(super) fn may_pass(&self) -> bool {
        match self.sqlstate() {
            Some("55P03" | "40P01" | "40001") => true,
            Some("XX000") => self.error.as_db_error().is_some_and(|said| {
                ["tuple concurrently updated", "tuple concurrently deleted"].contains(&said.message())
            }),
            _ => false,
        }
    }

    /// Whether nothing more was heard of the server.
    pub(super) fn is_silent(&self) -> bool {
        self.error.as_db_error().is_none() && self.error.is_closed()
    }
}

/// Sends all messages, then reads all answers: one round trip.
///
/// A message that fails stops none after it, but those in a transaction block are refused until it ends.
pub(super) async fn send<const N: usize>(client: &Client, messages: [Message<'_>; N]) -> [Result<Answer, Failure>; N] {
    let mut streams = Vec::with_capacity(N);
    for message in messages {
        let (Message::Ask(sql) | Message::Run(sql)) = message;
        // Done when the message is on its way; the stream is the answer.
        streams.push((message, client.simple_query_raw(sql).await));
    }
    let mut answers = streams.into_iter();
    let mut results = Vec::with_capacity(N);
    for (message, stream) in answers.by_ref() {
        results.push(match stream {
            Ok(stream) => read(stream, matches!(message, Message::Ask(_))).await,
            Err(error) => Err(Failure { error, completed: 0 }),
        });
    }
    let mut results = results.into_iter();
    // There is one result for each message.
    std::array::from_fn(|_| results.next().unwrap_or_else(|| Ok(Answer::default())))
}

async fn read(stream: SimpleQueryStream, keep: bool) -> Result<Answer, Failure> {
    let mut stream = pin!(stream);
    let mut answer = Answer::default();
    let mut completed = 0;
    loop {
        match stream.try_next().await {
            Ok(Some(SimpleQueryMessage::Row(row))) if keep => answer.rows.push(row),
            Ok(Some(SimpleQueryMessage::CommandComplete(affected))) => {
                answer.affected = affected;
                completed += 1;
            }
            Ok(Some(_)) => {}
            Ok(None) => return Ok(answer),
            Err(error) => return Err(Failure { error, completed }),
        }
    }
}
