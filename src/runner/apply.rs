//! Applying through refinery's async traits: refinery makes the history table and its rows, pgward does the rest.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use refinery_core::traits::r#async::{AsyncQuery, AsyncTransaction};
use refinery_core::{AsyncMigrate, Migration as RefineryMigration, Target as RefineryTarget};

use super::event::Event;
use super::job::Job;
use super::server::server_error;
use super::session::Session;
use super::wire::Message;
use crate::base::{Error, ErrorKind, Result};
use crate::source::Direction;

/// A migration that a run applied or undid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The version.
    pub version: i64,
    /// The name.
    pub name: String,
    /// Whether it was applied or undone.
    pub direction: Direction,
    /// How long it took, with all tries.
    pub elapsed: Duration,
}

/// Applies jobs in order. What was done is in `done` also when one fails.
pub(super) async fn apply(session: &mut Session<'_>, jobs: Vec<Job<'_>>, done: &mut Vec<Done>) -> Result<()> {
    let pending: Vec<_> = jobs.iter().map(|job| job.migration.as_refinery().clone()).collect();
    let table = session.options.history.sql();
    let total = jobs.len();
    let mut driver = Driver { session, jobs: jobs.into(), total, done, error: None };
    // What is to be done was decided before, under the lock: refinery is not to decide anew.
    let ran = driver.migrate(&pending, false, false, false, RefineryTarget::Latest, &table).await;
    match (ran, driver.error) {
        (_, Some(error)) => Err(error),
        (Ok(_), None) => Ok(()),
        (Err(error), None) => Err(Error::input(format!("refinery refuses the migrations: {error}")).with_source(error)),
    }
}

/// The connection, as refinery sees it.
struct Driver<'s, 'a, 'm> {
    session: &'s mut Session<'a>,
    /// What refinery will hand over, in the same order.
    jobs: VecDeque<Job<'m>>,
    total: usize,
    done: &'s mut Vec<Done>,
    /// What went wrong. refinery would wrap it in an error of its own, without hints and place.
    error: Option<Error>,
}

/// Stands for the error that the driver keeps.
#[derive(Debug)]
struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stopped")
    }
}

impl std::error::Error for Stopped {}

impl AsyncTransaction for Driver<'_, '_, '_> {
    type Error = Stopped;

    /// Runs what refinery wants in one transaction: the history table's DDL, or a file and its row.
    async fn execute<'q, T: Iterator<Item = &'q str> + Send + 'q>(&'q mut self, queries: T) -> Result<usize, Stopped> {
        let queries: Vec<&str> = queries.collect();
        let done = match queries.as_slice() {
            [table] => self.session.create_history(table).await,
            [_, record] => self.apply_next(record).await,
            _ => Err(Error::input("refinery asks for something that pgward does not know")),
        };
        done.map(|()| queries.len()).map_err(|error| {
            self.error = Some(error);
            Stopped
        })
    }
}

impl AsyncQuery<Vec<RefineryMigration>> for Driver<'_, '_, '_> {
    /// What is applied already. Nothing, for refinery: it is given what is pending, and would refuse a late one.
    async fn query<'q>(&'q mut self, _: &'q str) -> Result<Vec<RefineryMigration>, Stopped> {
        Ok(Vec::new())
    }
}

impl AsyncMigrate for Driver<'_, '_, '_> {}

impl Driver<'_, '_, '_> {
    async fn apply_next(&mut self, record: &str) -> Result<()> {
        let Some(job) = self.jobs.pop_front() else { return Ok(()) };
        let adjust = self.session.options.history.adjust(job.migration, self.session.facts.width());
        let record = if adjust.is_empty() { record.to_owned() } else { format!("{record}; {adjust}") };
        let number = self.total - self.jobs.len();
        self.done.push(run(self.session, &job, &record, number, self.total).await?);
        Ok(())
    }
}

/// Runs one job with what writes to the history, in the way that its file asks for.
pub(super) async fn run(
    session: &mut Session<'_>,
    job: &Job<'_>,
    record: &str,
    number: usize,
    total: usize,
) -> Result<Done> {
    if session.options.is_interrupted() {
        return Err(Error::new(ErrorKind::Interrupted, format!("interrupted before {}", job.id()))
            .with_note("it was not begun"));
    }
    let (migration, direction) = (job.id(), job.direction);
    session.options.tell(&Event::Started {
        migration: migration.clone(),
        direction,
        file: job.file.file.clone(),
        number,
        total,
    });
    let started = Instant::now();
    match &job.steps {
        None => session.run_in_transaction(job, record).await?,
        Some(steps) => session.run_in_steps(job, steps, record).await?,
    }
    let elapsed = started.elapsed();
    session.options.tell(&Event::Finished { migration, direction, elapsed });
    let (version, name) = (job.migration.version(), job.migration.name().to_owned());
    Ok(Done { version, name, direction, elapsed })
}

impl Session<'_> {
    /// Makes the history table, unless it is there.
    async fn create_history(&mut self, create: &str) -> Result<()> {
        if self.facts.has_history() {
            return Ok(());
        }
        let [created] = self.send([Message::Run(create)]).await;
        if self.is_cancelled(&created) {
            return Err(Error::new(ErrorKind::Interrupted, "interrupted before the first migration")
                .with_note("nothing was changed"));
        }
        match created {
            Ok(_) => Ok(()),
            // An application with refinery, which takes no lock, was making it in the same moment.
            Err(failure) if matches!(failure.sqlstate(), Some("42P07" | "23505")) => Ok(()),
            Err(failure) => {
                let what = format!("could not make the history table {}", self.options.history.sql());
                Err(server_error(failure.error, what))
            }
        }
    }
}
