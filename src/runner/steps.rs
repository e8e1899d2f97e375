//! Files that run without a transaction: statement by statement, and from where it failed when it is run again.
//!
//! What is done is remembered in a table beside the history, which goes away when the file is done. A statement that
//! was cut off by a lost connection may or may not have taken effect: it is run again, except for an index that was
//! being built and is there.

use sha2::{Digest as _, Sha256};

use super::event::Event;
use super::history::Partial;
use super::job::Job;
use super::lock::{lock_lost, still_locked};
use super::server::{Sent, server_error};
use super::session::Session;
use super::transaction::Stop;
use super::wire::{Failure, Message, send};
use crate::base::{Error, ErrorKind, Literal, Path, Result};
use crate::source::Direction;
use crate::sql::{Step, index_built_concurrently, sets_session};

/// What is in the way of building an index.
enum Obstacle {
    /// An index of that name that is invalid, as SQL writes it: what a build leaves that failed.
    Invalid(String),
    /// An index of that name that works.
    Valid,
}

/// How many requests to cancel may still be on their way when a statement has ended: they are repeated while it runs.
const LATE_CANCELS: u32 = 20;

impl Session<'_> {
    /// Runs a job's steps one by one, then `record`, which writes to the history.
    pub(super) async fn run_in_steps(&mut self, job: &Job<'_>, steps: &[Step], record: &str) -> Result<()> {
        let before = self.partial(job);
        let resumed = before.is_some();
        let done = before.map_or(0, |partial| partial.done);
        if let Some(before) = before {
            self.check_unchanged(job, steps, before)?;
            self.options.tell(&Event::Resumed { migration: job.id(), done, total: steps.len() });
        } else {
            self.create_partial(job).await?;
        }
        let result = self.run_steps(job, steps, done, resumed).await;
        let result = match result {
            Ok(partial) => self.record_steps(job, &partial, record).await,
            Err(error) => Err(error),
        };
        if result.is_err() && !self.client.is_closed() {
            // Out of a block that failed, and back to the caller's settings.
            let [_, _] = send(self.client, [Message::Run("ROLLBACK"), Message::Run(&self.facts.restore)]).await;
        }
        result
    }

    async fn run_steps(&mut self, job: &Job<'_>, steps: &[Step], done: usize, resumed: bool) -> Result<Partial> {
        let limits = self.options.set_limits("SESSION", self.options.lock_timeout_without_transaction);
        let [cleaned, set] = send(self.client, [Message::Run(self.facts.clean), Message::Run(&limits)]).await;
        cleaned.and(set).map_err(|failure| server_error(failure.error, job.failed()))?;
        // What a first run set for the statements after it is no longer set.
        for step in &steps[..done] {
            for statement in job.script.statements[step.statements.clone()].iter().filter(|it| sets_session(it)) {
                let [set] = send(self.client, [Message::Run(statement.text)]).await;
                set.map_err(|failure| self.step_failed(failure, job, step))?;
            }
        }
        let mut partial = self.remember(job, steps, done).await?;
        for (n, step) in steps.iter().enumerate().skip(done) {
            if self.options.is_interrupted() {
                let error = Error::new(ErrorKind::Interrupted, format!("interrupted during {}", job.id()));
                return Err(progress(error, job, steps, n));
            }
            let text = &job.file.text[step.span.clone()];
            self.options.tell(&Event::Statement {
                migration: job.id(),
                number: n + 1,
                total: steps.len(),
                text: text.lines().next().unwrap_or_default().to_owned(),
            });
            let may_be_done = resumed && n == done;
            if let Err(error) = self.run_step(job, step, may_be_done).await {
                let error = progress(error, job, steps, n);
                return Err(self.with_invalid_indexes(error).await);
            }
            partial = self.remember(job, steps, n + 1).await?;
        }
        Ok(partial)
    }

    /// Runs one step, again and again while a lock is not had.
    async fn run_step(&mut self, job: &Job<'_>, step: &Step, may_be_done: bool) -> Result<()> {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.obstacle(job, step).await? {
                Some(Obstacle::Invalid(index)) => {
                    self.options.tell(&Event::DroppingInvalidIndex { index: index.clone() });
                    let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {index}");
                    let [dropped] = self.send([Message::Run(&drop)]).await;
                    if self.is_cancelled(&dropped) {
                        return Err(Error::new(ErrorKind::Interrupted, format!("interrupted during {}", job.id())));
                    }
                    let what = format!("could not drop the invalid index {index}");
                    dropped.map_err(|failure| server_error(failure.error, what))?;
                }
                Some(Obstacle::Valid) if may_be_done => {
                    // The server finished it after the connection was lost.
                    return Ok(());
                }
                Some(Obstacle::Valid) | None => {}
            }
            let [ran] = self.send([Message::Run(&job.file.text[step.span.clone()])]).await;
            let Err(failure) = ran else { return Ok(()) };
            let stop = self.stop_step(failure, job, step);
            // A block that failed stays open until it is told.
            if !self.client.is_closed() && step.statements.len() > 1 {
                let [_] = send(self.client, [Message::Run("ROLLBACK")]).await;
            }
            match stop {
                Stop::Final(error) => return Err(error),
                Stop::Again(error) => self.pause_before_retry(job, tried, error).await?,
            }
        }
    }

    fn stop_step(&self, failure: Failure, job: &Job<'_>, step: &Step) -> Stop {
        match failure.sqlstate() {
            Some("57014") if self.options.is_interrupted() => {
                Stop::Final(Error::new(ErrorKind::Interrupted, format!("interrupted during {}", job.id())))
            }
            _ if failure.may_pass() => Stop::Again(self.step_failed(failure, job, step)),
            _ => Stop::Final(self.step_failed(failure, job, step)),
        }
    }

    fn step_failed(&self, failure: Failure, job: &Job<'_>, step: &Step) -> Error {
        if failure.is_silent() {
            return server_error(failure.error, format!("the connection was lost during {}", what(job))).with_note(
                "what is not known may have taken effect: it runs again, unless it built an index that is there",
            );
        }
        let sent = Sent {
            file: job.file,
            script: &job.script,
            first: step.statements.start,
            offset: step.span.start,
            counts_bytes: self.facts.counts_bytes,
        };
        sent.error(failure, &job.failed())
    }

    /// Whether an index of the name that a step builds is there already.
    async fn obstacle(&self, job: &Job<'_>, step: &Step) -> Result<Option<Obstacle>> {
        let Some(index) = index_built_concurrently(&job.script.statements[step.statements.start]) else {
            return Ok(None);
        };
        let Some(name) = index.name else { return Ok(None) };
        // One that another session is building right now is invalid too, and not ours to drop.
        let query = format!(
            "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), i.indisvalid \
             FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE i.indrelid = pg_catalog.to_regclass({}) AND c.relname = {} \
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)",
            Literal(&Path(&index.table).to_string()),
            Literal(&name),
        );
        let [answer] = send(self.client, [Message::Ask(&query)]).await;
        let answer = answer.map_err(|failure| server_error(failure.error, "could not look for the index"))?;
        Ok(answer.rows.first().and_then(|row| match row.get(1)? {
            "f" => Some(Obstacle::Invalid(row.get(0)?.to_owned())),
            _ => Some(Obstacle::Valid),
        }))
    }

    /// Adds to an error which indexes are invalid now.
    async fn with_invalid_indexes(&self, error: Error) -> Error {
        if self.client.is_closed() {
            return error;
        }
        let query = "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) \
             FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE NOT i.indisvalid AND c.relkind = 'i' AND n.nspname <> 'pg_toast' \
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid) \
             ORDER BY 1 LIMIT 10";
        let messages = [Message::Run("ROLLBACK"), Message::Ask(query)];
        let [_, Ok(answer)] = send(self.client, messages).await else { return error };
        answer.rows.iter().filter_map(|row| row.get(0)).fold(error, |error, index| {
            error.with_note(format!(
                "index {index} is invalid: it costs at every write and serves no query; the next run drops and builds it \
                 again if this file does build it"
            ))
        })
    }

    /// The statements that ran before must be those that the file begins with.
    fn check_unchanged(&self, job: &Job<'_>, steps: &[Step], before: &Partial) -> Result<()> {
        if before.done <= steps.len() && digest(job, &steps[..before.done]) == before.digest {
            return Ok(());
        }
        let what = match before.done {
            1 => "its first statement, which ran".to_owned(),
            n => format!("its first {n} statements, which ran"),
        };
        Err(Error::new(ErrorKind::History, format!("{} was changed in {what} before it failed", job.file.file))
            .with_hint("bring those statements back as they were; what comes after them may change")
            .with_hint(self.how_to_forget(before)))
    }

    /// A file that was begun without a transaction can't go on in one: it would run again what ran.
    pub(super) fn refuse_half_done(&self, jobs: &[Job<'_>]) -> Result<()> {
        for job in jobs.iter().filter(|job| job.steps.is_none()) {
            let Some(before) = self.partial(job).filter(|before| before.done > 0) else { continue };
            let (file, done, total) = (&job.file.file, before.done, before.total);
            let message = format!("{file} was begun without a transaction, and {done} of {total} statements ran");
            return Err(Error::new(ErrorKind::History, message)
                .with_note("now it asks for a transaction; nothing was run")
                .with_hint("bring its `-- pgward:no-transaction` back")
                .with_hint(self.how_to_forget(before)));
        }
        Ok(())
    }

    /// How far a job came before.
    fn partial(&self, job: &Job<'_>) -> Option<&Partial> {
        let (version, down) = (job.migration.version(), job.direction == Direction::Down);
        self.partials.iter().find(|partial| (partial.version, partial.down) == (version, down))
    }

    fn how_to_forget(&self, partial: &Partial) -> String {
        format!(
            "or undo by hand what ran, and forget it: delete from {} where version = {}",
            self.options.history.partial_sql(),
            partial.version
        )
    }

    async fn create_partial(&mut self, job: &Job<'_>) -> Result<()> {
        let create = Partial::create(&self.options.history);
        let [created] = send(self.client, [Message::Run(&create)]).await;
        let what = format!("{} was not begun: could not make {}", what(job), self.options.history.partial_sql());
        created.map(drop).map_err(|failure| server_error(failure.error, what))
    }

    /// Writes down how many steps are done, as the caller of the run, whoever the file made of it.
    async fn remember(&mut self, job: &Job<'_>, steps: &[Step], done: usize) -> Result<Partial> {
        let partial = Partial {
            version: job.migration.version(),
            down: job.direction == Direction::Down,
            done,
            total: steps.len(),
            digest: digest(job, &steps[..done]),
        };
        let history = &self.options.history;
        let (caller, lock) = (&self.facts.become_caller_locally, still_locked(history));
        let upsert = format!("BEGIN; {caller}; {lock}; {}; COMMIT", partial.upsert(history));
        let [mut written] = send(self.client, [Message::Run(&upsert)]).await;
        for _ in 0..LATE_CANCELS {
            if !self.is_cancelled(&written) {
                break;
            }
            // By a request that came late, meant for the statement that ran: without a note it would run again.
            let [_, again] = send(self.client, [Message::Run("ROLLBACK"), Message::Run(&upsert)]).await;
            written = again;
        }
        written.map_err(|failure| {
            if let Some(error) = lock_lost(&failure, job) {
                return error;
            }
            let what = format!("{done} of {} statements of {} ran, but that could not be noted", steps.len(), job.id());
            server_error(failure.error, what)
        })?;
        Ok(partial)
    }

    /// Writes the history and forgets the steps, in one transaction.
    async fn record_steps(&mut self, job: &Job<'_>, partial: &Partial, record: &str) -> Result<()> {
        let history = &self.options.history;
        let others = self.partials.iter().any(|other| (other.version, other.down) != (partial.version, partial.down));
        let forget = if others { partial.delete(history) } else { format!("DROP TABLE {}", history.partial_sql()) };
        let record = format!("{}; {}; {forget}; {record}", self.facts.restore, still_locked(history));
        let messages = [Message::Run("BEGIN"), Message::Run(&record), Message::Run("COMMIT")];
        let [begun, recorded, committed] = send(self.client, messages).await;
        let failed = |failure: Failure| {
            if let Some(error) = lock_lost(&failure, job) {
                return error;
            }
            let what = format!("all of {} ran, but could not be recorded in {}", what(job), history.sql());
            server_error(failure.error, what).with_hint("run it again: only the record is made then")
        };
        begun.map_err(failed)?;
        recorded.map_err(failed)?;
        committed.map_err(failed)?;
        self.partials.retain(|other| (other.version, other.down) != (partial.version, partial.down));
        Ok(())
    }
}

/// `V7__create_runs`, or `undoing V7__create_runs`.
fn what(job: &Job<'_>) -> String {
    match job.direction {
        Direction::Up => job.id(),
        Direction::Down => format!("undoing {}", job.id()),
    }
}

/// Which statements ran and which did not. `failed` counts from 0.
fn progress(error: Error, job: &Job<'_>, steps: &[Step], failed: usize) -> Error {
    let total = steps.len();
    let range = |from: usize, to: usize| match to - from {
        1 => format!("statement {} of {total}", from + 1),
        _ => format!("statements {} to {to} of {total}", from + 1),
    };
    let mut error = error;
    if failed > 0 {
        error = error.with_note(format!("done, and there to stay: {}", range(0, failed)));
    }
    let mut rest = failed;
    if error.kind() == ErrorKind::Connection && error.sqlstate().is_none() {
        rest += 1;
        error = error.with_note(format!("not known: {}", range(failed, rest)));
    }
    if rest < total {
        error = error.with_note(format!("not done: {}", range(rest, total)));
    }
    let how = match error.kind() {
        ErrorKind::Connection => "run it again when the server is back",
        ErrorKind::Interrupted => "run it again",
        _ => "mend it and run it again",
    };
    error.with_hint(format!("{how}: it goes on with statement {} of {}", failed + 1, job.file.file))
}

/// A digest of the statements' texts.
fn digest(job: &Job<'_>, steps: &[Step]) -> String {
    let mut digest = Sha256::new();
    for step in steps {
        digest.update(&job.file.text[step.span.clone()]);
        digest.update([0]);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
