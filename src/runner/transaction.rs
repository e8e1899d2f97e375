//! A file and its row in the history, in one transaction and one round trip; tried again when a lock was not had.

use super::event::Event;
use super::job::Job;
use super::lock::{lock_lost, still_locked};
use super::server::{Sent, server_error};
use super::session::Session;
use super::wire::{Answer, Failure, Message};
use crate::base::{Error, ErrorKind, Result};
use crate::source::Direction;

/// Why a try came to nothing.
pub(super) enum Stop {
    /// A lock was not had, or the like: everything is as before, and it can be tried again.
    Again(Error),
    /// There is no use in trying again.
    Final(Error),
}

impl Session<'_> {
    /// Runs a job and `record`, which writes to the history, in one transaction.
    pub(super) async fn run_in_transaction(&mut self, job: &Job<'_>, record: &str) -> Result<()> {
        let guarded = job.direction == Direction::Down && !self.options.allow_data_loss;
        let mut tried = 0;
        loop {
            tried += 1;
            let done = if guarded { self.run_guarded(job, record).await } else { self.run_once(job, record).await };
            match done {
                Ok(()) => return Ok(()),
                Err(Stop::Final(error)) => return Err(error),
                Err(Stop::Again(error)) => self.pause_before_retry(job, tried, error).await?,
            }
        }
    }

    /// Sends everything at once: what comes after a failure is refused, and COMMIT then rolls back.
    pub(super) async fn run_once(&self, job: &Job<'_>, record: &str) -> Result<(), Stop> {
        let begin = self.begin();
        let (sql, offset) = job.file.sql();
        let record = self.restore_and(record);
        let clean = Message::Run(self.facts.clean);
        let messages = [clean, Message::Run(&begin), Message::Run(sql), Message::Run(&record), Message::Run("COMMIT")];
        let [cleaned, begun, ran, recorded, committed] = self.send(messages).await;
        self.judge_begin(cleaned, job)?;
        self.judge_begin(begun, job)?;
        self.judge_file(ran, job, offset)?;
        self.judge_record(recorded, job)?;
        self.judge_commit(committed, job)
    }

    pub(super) fn begin(&self) -> String {
        format!("BEGIN; {}", self.options.set_limits("LOCAL", self.options.lock_timeout))
    }

    /// Puts the session back to what it was, whatever role, search path or limits a file left, for the rest of the
    /// transaction, and makes sure of the lock. Not before the file: that may choose the isolation level.
    pub(super) fn restore(&self) -> String {
        let limits = self.options.set_limits("LOCAL", self.options.lock_timeout);
        format!("{}; {limits}; {}", self.facts.restore, still_locked(&self.options.history))
    }

    /// The same, and then writes to the history.
    pub(super) fn restore_and(&self, record: &str) -> String {
        format!("{}; {record}", self.restore())
    }

    pub(super) fn judge_begin(&self, begun: Result<Answer, Failure>, job: &Job<'_>) -> Result<(), Stop> {
        begun.map(drop).map_err(|failure| self.stop(failure, job, |failure| server_error(failure.error, job.failed())))
    }

    pub(super) fn judge_file(&self, ran: Result<Answer, Failure>, job: &Job<'_>, offset: usize) -> Result<(), Stop> {
        ran.map(drop).map_err(|failure| {
            let sent =
                Sent { file: job.file, script: &job.script, first: 0, offset, counts_bytes: self.facts.counts_bytes };
            self.stop(failure, job, |failure| {
                sent.error(failure, &job.failed()).with_note("the migration was rolled back as a whole")
            })
        })
    }

    pub(super) fn judge_record(&self, recorded: Result<Answer, Failure>, job: &Job<'_>) -> Result<(), Stop> {
        let history = self.options.history.sql();
        let answer = recorded.map_err(|failure| {
            if let Some(error) = lock_lost(&failure, job) {
                return Stop::Final(error.with_note("the migration was rolled back as a whole"));
            }
            self.stop(failure, job, |failure| {
                let what = format!("{} ran, but could not be recorded in {history}", job.id());
                server_error(failure.error, what).with_note("the migration was rolled back as a whole")
            })
        })?;
        if answer.affected == 1 {
            return Ok(());
        }
        // Not rolled back: COMMIT was sent with it. It can happen only where somebody writes to the history without
        // the lock, and what they wanted is what is there.
        self.options.tell(&Event::Warning(format!("the row of {} in {history} was gone already", job.id())));
        Ok(())
    }

    pub(super) fn judge_commit(&self, committed: Result<Answer, Failure>, job: &Job<'_>) -> Result<(), Stop> {
        committed.map(drop).map_err(|failure| {
            if failure.is_fatal() {
                return Stop::Final(unknown(failure, job));
            }
            self.stop(failure, job, |failure| {
                server_error(failure.error, format!("{} at COMMIT", job.failed()))
                    .with_note("constraints and triggers that are deferred act at COMMIT")
                    .with_note("the migration was rolled back as a whole")
            })
        })
    }

    /// Sorts a failure: again, interrupted, lost, or what `explain` makes of it.
    pub(super) fn stop(&self, failure: Failure, job: &Job<'_>, explain: impl FnOnce(Failure) -> Error) -> Stop {
        match failure.sqlstate() {
            _ if failure.is_silent() => Stop::Final(unknown(failure, job)),
            Some("57014") if self.options.is_interrupted() => Stop::Final(
                Error::new(ErrorKind::Interrupted, format!("interrupted during {}", job.id()))
                    .with_note("it was rolled back as a whole"),
            ),
            _ if failure.may_pass() => Stop::Again(explain(failure)),
            _ if failure.is_fatal() => Stop::Final(
                explain(failure).with_hint("run it again when the server is back: the history says where to go on"),
            ),
            _ => Stop::Final(explain(failure)),
        }
    }

    /// Waits before the next try, or gives the error back when there is none.
    pub(super) async fn pause_before_retry(&self, job: &Job<'_>, tried: u32, error: Error) -> Result<()> {
        let retry = &self.options.retry;
        // The sessions in the way may be gone before anyone could ask: said without promise.
        let holders = self.holders_on(&job.names()).await;
        if tried >= retry.tries {
            let error = error.with_note(format!("tried {tried} times"));
            return Err(holders.iter().fold(error, |error, holder| error.with_note(format!("lock held by {holder}"))));
        }
        let pause = retry.pause(tried);
        self.options.tell(&Event::Retrying {
            migration: job.id(),
            tried,
            of: retry.tries,
            pause,
            reason: error.message().to_owned(),
            holders,
        });
        tokio::select! {
            () = tokio::time::sleep(pause) => Ok(()),
            () = self.options.interrupted() => {
                Err(Error::new(ErrorKind::Interrupted, format!("interrupted before trying {} again", job.id()))
                    .with_note("what it had done was rolled back"))
            }
        }
    }
}

/// The connection ended without a word on the transaction, whose COMMIT was on its way.
fn unknown(failure: Failure, job: &Job<'_>) -> Error {
    let what = match job.direction {
        Direction::Up => format!("whether {} was applied is not known", job.id()),
        Direction::Down => format!("whether {} was undone is not known", job.id()),
    };
    server_error(failure.error, what)
        .with_note("the file and its row in the history are one transaction: both are there, or neither")
        .with_hint("run it again when the server can be reached: the history says where to go on")
}
