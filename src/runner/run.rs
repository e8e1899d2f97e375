//! The runner: what applications and commands call.

use tokio_postgres::Client;

use super::apply::{Done, apply, run};
use super::choose::{Target, Undo, choose_down, choose_up};
use super::event::Event;
use super::job::{Job, prepare};
use super::options::Options;
use super::session::Session;
use super::status::{State, Status};
use crate::base::{Error, Result};
use crate::source::{Direction, Migration, Migrations, SqlFile};

/// Applies and undoes a set of migrations. Made once, used for as many runs and connections as you like.
#[derive(Debug, Clone)]
pub struct Runner {
    migrations: Migrations,
    pub(super) options: Options,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The migrations that were applied or undone, in the order in which that was done.
    pub done: Vec<Done>,
}

/// What a run would do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The migrations in the order in which they would run.
    pub steps: Vec<Planned>,
    /// How things stand before.
    pub status: Status,
}

/// A migration that a run would apply or undo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The version.
    pub version: i64,
    /// The name.
    pub name: String,
    /// Whether it would be applied or undone.
    pub direction: Direction,
    /// The file that would run.
    pub file: SqlFile,
    /// Whether it would run in one transaction.
    pub in_transaction: bool,
}

/// What is done under the lock.
enum Work {
    Up(Target),
    Down(Undo),
    Redo(Undo),
}

impl Runner {
    /// A runner with the usual limits: 5 seconds for a lock, ten tries, 10 minutes for another run to end.
    #[must_use]
    pub fn new(migrations: Migrations) -> Self {
        Self { migrations, options: Options::default() }
    }

    /// The migrations of this runner.
    #[must_use]
    pub fn migrations(&self) -> &Migrations {
        &self.migrations
    }

    /// Where the history is.
    #[must_use]
    pub fn history(&self) -> &super::history::HistoryTable {
        &self.options.history
    }

    /// Compares the history with the migrations. Writes nothing and takes no lock.
    ///
    /// # Errors
    ///
    /// What the server says, and [`ErrorKind::History`](crate::base::ErrorKind::History) for a row that can't be read.
    pub async fn status(&self, client: &mut Client) -> Result<Status> {
        Ok(Session::open_read_only(client, &self.options).await?.status(&self.migrations))
    }

    /// Applies everything that is pending; [`up_to`](Self::up_to) says what can go wrong.
    ///
    /// # Errors
    ///
    /// As [`up_to`](Self::up_to).
    pub async fn up(&self, client: &mut Client) -> Result<Report> {
        self.up_to(client, Target::Latest).await
    }

    /// Applies what is pending up to a target.
    ///
    /// Where nothing is pending it only reads, and waits for nobody.
    ///
    /// # Errors
    ///
    /// Nothing was changed with [`ErrorKind::History`](crate::base::ErrorKind::History) (history and migrations
    /// disagree), [`ErrorKind::Input`](crate::base::ErrorKind::Input) (a file can't be run, no such version) and
    /// [`ErrorKind::Environment`](crate::base::ErrorKind::Environment) (a read-only server, no place for the history). A
    /// migration that fails is rolled back, those before it stay, and the error's notes say so.
    pub async fn up_to(&self, client: &mut Client, target: Target) -> Result<Report> {
        let session = Session::open(client, &self.options).await?;
        if self.jobs_up(&session, target)?.is_empty() {
            return Ok(Report::default());
        }
        self.under_lock(session, Work::Up(target)).await
    }

    async fn up_locked(&self, session: &mut Session<'_>, target: Target, done: &mut Vec<Done>) -> Result<()> {
        // Anew: another run may have come first.
        let jobs = self.jobs_up(session, target)?;
        if jobs.is_empty() {
            return Ok(());
        }
        apply(session, jobs, done).await
    }

    /// What [`up_to`](Self::up_to) would do. Reads in a transaction that the server holds to reading.
    ///
    /// # Errors
    ///
    /// As [`up_to`](Self::up_to), as far as it can be seen beforehand.
    pub async fn plan_up(&self, client: &mut Client, target: Target) -> Result<Plan> {
        let session = Session::open_read_only(client, &self.options).await?;
        let jobs = self.jobs_up(&session, target)?;
        Ok(Plan { steps: jobs.iter().map(planned).collect(), status: session.status(&self.migrations) })
    }

    /// Undoes applied migrations, the newest first, each in one transaction with its row in the history.
    ///
    /// A down runs twice: once to see what it would lose, then, if that is nothing, to stay, under locks that nobody
    /// can write past in between. See [`allow_data_loss`](Self::allow_data_loss).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::DataLoss`](crate::base::ErrorKind::DataLoss) where rows or values would be lost, which then are all
    /// still there; [`ErrorKind::Input`](crate::base::ErrorKind::Input) where one of the migrations has no down, before
    /// any is undone; otherwise as [`up_to`](Self::up_to).
    pub async fn down(&self, client: &mut Client, undo: Undo) -> Result<Report> {
        let session = Session::open(client, &self.options).await?;
        if self.jobs_down(&session, undo)?.is_empty() {
            return Ok(Report::default());
        }
        self.under_lock(session, Work::Down(undo)).await
    }

    async fn down_locked(&self, session: &mut Session<'_>, undo: Undo, done: &mut Vec<Done>) -> Result<()> {
        let jobs = self.jobs_down(session, undo)?;
        self.warn_of_changes(session, &jobs);
        let total = jobs.len();
        for (n, job) in jobs.iter().enumerate() {
            let record = self.options.history.delete(job.migration.version());
            done.push(run(session, job, &record, n + 1, total).await?);
        }
        Ok(())
    }

    /// The down belongs to the text that was applied, which may not be the text that is there now.
    fn warn_of_changes(&self, session: &Session<'_>, jobs: &[Job<'_>]) {
        for entry in session.status(&self.migrations).with(State::Changed) {
            if jobs.iter().any(|job| job.migration.version() == entry.version) {
                let text = format!("{} was changed after it was applied: its down may not fit", entry.id());
                self.options.tell(&Event::Warning(text));
            }
        }
    }

    /// What [`down`](Self::down) would do, as far as it can be seen without trying. Reads only.
    ///
    /// # Errors
    ///
    /// As [`down`](Self::down), except that the loss of data is seen beforehand only where a file runs without a
    /// transaction.
    pub async fn plan_down(&self, client: &mut Client, undo: Undo) -> Result<Plan> {
        let session = Session::open_read_only(client, &self.options).await?;
        let jobs = self.jobs_down(&session, undo)?;
        Ok(Plan { steps: jobs.iter().map(planned).collect(), status: session.status(&self.migrations) })
    }

    /// Undoes the newest migrations and applies them again, under one lock.
    ///
    /// # Errors
    ///
    /// As [`down`](Self::down) and [`up_to`](Self::up_to). When an up fails, its migration stays undone.
    pub async fn redo(&self, client: &mut Client, steps: usize) -> Result<Report> {
        let session = Session::open(client, &self.options).await?;
        let undo = Undo::Steps(steps);
        if self.jobs_down(&session, undo)?.is_empty() {
            return Ok(Report::default());
        }
        self.under_lock(session, Work::Redo(undo)).await
    }

    /// Takes the lock, works, and frees it whatever came of the work.
    async fn under_lock(&self, mut session: Session<'_>, work: Work) -> Result<Report> {
        session.require_writable()?;
        let mut done = Vec::new();
        let result = match (session.lock().await, work) {
            (Err(error), _) => Err(error),
            (Ok(()), Work::Up(target)) => self.up_locked(&mut session, target, &mut done).await,
            (Ok(()), Work::Down(undo)) => self.down_locked(&mut session, undo, &mut done).await,
            (Ok(()), Work::Redo(undo)) => self.redo_locked(&mut session, undo, &mut done).await,
        };
        session.unlock().await;
        finish(result, done)
    }

    async fn redo_locked(&self, session: &mut Session<'_>, undo: Undo, done: &mut Vec<Done>) -> Result<()> {
        let mut again = choose_down(&session.status(&self.migrations), &self.migrations, undo)?;
        again.reverse();
        // Before anything is undone that could not be applied again.
        let jobs = prepare(&again, Direction::Up)?;
        self.down_locked(session, undo, done).await?;
        apply(session, jobs, done).await
    }

    fn jobs_up(&self, session: &Session<'_>, target: Target) -> Result<Vec<Job<'_>>> {
        let status = session.status(&self.migrations);
        let jobs = prepare(&choose_up(&status, &self.migrations, target, self.options.tolerance)?, Direction::Up)?;
        session.refuse_half_done(&jobs)?;
        Ok(jobs)
    }

    fn jobs_down(&self, session: &Session<'_>, undo: Undo) -> Result<Vec<Job<'_>>> {
        let chosen: Vec<&Migration> = choose_down(&session.status(&self.migrations), &self.migrations, undo)?;
        let jobs = prepare(&chosen, Direction::Down)?;
        session.refuse_half_done(&jobs)?;
        if !self.options.allow_data_loss {
            for job in jobs.iter().filter(|job| job.steps.is_some()) {
                job.refuse_loss()?;
            }
        }
        Ok(jobs)
    }
}

fn planned(job: &Job<'_>) -> Planned {
    Planned {
        version: job.migration.version(),
        name: job.migration.name().to_owned(),
        direction: job.direction,
        file: job.file.clone(),
        in_transaction: job.steps.is_none(),
    }
}

/// Adds to an error what was done before it.
fn finish(result: Result<()>, done: Vec<Done>) -> Result<Report> {
    match (result, done.as_slice()) {
        (Ok(()), _) => Ok(Report { done }),
        (Err(error), []) => Err(error),
        (Err(error), [one]) => Err(error.with_note(format!("before it, {} was {}", id(one), verb(one)))),
        (Err(error), [.., last]) => {
            let note = format!("before it, {} migrations were done, last {} ({})", done.len(), id(last), verb(last));
            Err(Error::with_note(error, note))
        }
    }
}

fn id(done: &Done) -> String {
    format!("V{}__{}", done.version, done.name)
}

fn verb(done: &Done) -> &'static str {
    match done.direction {
        Direction::Up => "applied",
        Direction::Down => "undone",
    }
}
