//! The worker: claims runs, does each with a command, and says what came of it.
//!
//! One connection for all slots. Calls that are made again after a lost answer are answered the same by the schema: a claim
//! by its request's name, a start and a completion by the claim's token. While the server can't be reached, the command of
//! a run goes on until the lease ends; then it is stopped, because the run may be given to somebody else.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::job::Job;
use super::link::Link;
use crate::base::{Error, Result};
use crate::pg::Options;

/// New runs are told of at most ten times a second: what came just after the last time is found by asking again.
const TELLING: Duration = Duration::from_millis(110);

/// How often a worker says that it is there and ends what others lost: at least twice in the time of a lease.
const UPKEEP: Duration = Duration::from_secs(15);

/// What a worker is to do.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// Its name.
    pub id: String,
    /// What runs may ask of it.
    pub labels: Vec<String>,
    /// How many runs at one time.
    pub slots: u32,
    /// How long it need not be heard of.
    pub lease: Duration,
    /// How often it asks for runs when it hears of none.
    pub poll: Duration,
    /// Between asking a command to stop and making an end of it.
    pub grace: Duration,
    /// Ends when there is nothing to do.
    pub once: bool,
    /// What is run, by a shell.
    pub command: String,
    /// Where files go by which commands tell of artifacts.
    pub directory: PathBuf,
}

/// What happens in a worker.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A run was claimed and begins.
    Began {
        /// The run's data.
        run: &'a Value,
    },
    /// A run was completed.
    Ended {
        /// The run's id.
        run: &'a str,
        /// Of its command.
        exit_code: i32,
    },
    /// A run was given up.
    GaveUp {
        /// The run's id.
        run: &'a str,
        /// Why.
        why: &'a str,
    },
    /// The server could not be asked; it will be asked again.
    Lost(&'a Error),
    /// Runs of workers that are gone were ended.
    Reaped(u64),
}

/// Where events go.
type Sink = Box<dyn Fn(&Event<'_>) + Send + Sync>;

/// A worker.
pub struct Worker {
    pub(super) options: WorkerOptions,
    pub(super) link: Link,
    pub(super) sink: Sink,
    claims: AtomicU64,
    done: AtomicU64,
    name: String,
}

impl Worker {
    /// Makes a worker; it does nothing yet. `name` is of this process and of no other, ever.
    #[must_use]
    pub fn new(
        server: Options,
        options: WorkerOptions,
        name: String,
        sink: impl Fn(&Event<'_>) + Send + Sync + 'static,
    ) -> Self {
        let (claims, done) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { options, link: Link::new(server), sink: Box::new(sink), claims, done, name }
    }

    /// Works until told to stop: `stop` is 1 to end after the runs at hand, 2 to end them. Says how many runs it did.
    ///
    /// # Errors
    ///
    /// When the server can't be reached to begin with, or refuses what can't get better by asking again.
    pub async fn run(self, stop: watch::Receiver<u8>) -> Result<u64> {
        let worker = Arc::new(self);
        // What is wrong with the address, the password or the schema is said at once.
        worker.upkeep().await?;
        let upkeep = tokio::spawn(Arc::clone(&worker).keep_up());
        let slots: Vec<_> =
            (0..worker.options.slots).map(|_| tokio::spawn(Arc::clone(&worker).slot(stop.clone()))).collect();
        let mut result = Ok(());
        for slot in slots {
            let ended = slot
                .await
                .unwrap_or_else(|error| Err(Error::environment("a slot of the worker broke").with_source(error)));
            result = result.and(ended);
        }
        upkeep.abort();
        result.map(|()| worker.done.load(Ordering::Relaxed))
    }

    async fn keep_up(self: Arc<Self>) {
        loop {
            sleep(jittered(UPKEEP.min(self.options.lease / 2))).await;
            if let Err(error) = self.upkeep().await {
                self.tell(&Event::Lost(&error));
            }
        }
    }

    async fn upkeep(&self) -> Result<()> {
        let slots = i32::try_from(self.options.slots).unwrap_or(i32::MAX);
        let report = "report_worker($1::text, $2::text[], $3::int4)";
        self.link.once(report, &[&self.options.id, &self.options.labels, &slots]).await?.done()?;
        let reaped = self.link.once("reap_expired_runs()", &[]).await?.done()?;
        if let Some(reaped) = reaped["reaped"].as_u64().filter(|reaped| *reaped > 0) {
            self.tell(&Event::Reaped(reaped));
        }
        Ok(())
    }

    async fn slot(self: Arc<Self>, mut stop: watch::Receiver<u8>) -> Result<()> {
        // Whether there may be more than was heard of.
        let mut fresh = true;
        while *stop.borrow_and_update() == 0 {
            if let Some(run) = self.claim().await? {
                // Where there is one there may be more: another slot looks.
                self.link.work.notify_one();
                Job::new(Arc::clone(&self), &run).work(&mut stop).await;
                self.done.fetch_add(1, Ordering::Relaxed);
                fresh = true;
                continue;
            }
            if self.options.once {
                return Ok(());
            }
            let pause = if fresh { TELLING } else { jittered(self.options.poll) };
            fresh = tokio::select! {
                () = self.link.work.notified() => true,
                () = sleep(pause) => false,
                changed = stop.changed() => {
                    if changed.is_err() {
                        return Ok(());
                    }
                    false
                }
            };
        }
        Ok(())
    }

    /// The next run. The request has a name, so that after a lost answer the same run is answered.
    async fn claim(&self) -> Result<Option<Value>> {
        let request = format!("{} {}", self.name, self.claims.fetch_add(1, Ordering::Relaxed));
        let lease = self.lease_seconds();
        let claim = "claim_next_run($1::text, $2::text[], $3::int4, $4::text)";
        let lost = |error: &Error| self.tell(&Event::Lost(error));
        let answer =
            self.link.until(None, &lost, claim, &[&self.options.id, &self.options.labels, &lease, &request]).await?;
        Ok(Some(answer.done()?).filter(|run| run["run_id"].is_string()))
    }

    pub(super) fn lease_seconds(&self) -> i32 {
        i32::try_from(self.options.lease.as_secs()).unwrap_or(i32::MAX)
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        (self.sink)(event);
    }
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("options", &self.options).finish_non_exhaustive()
    }
}

/// The time, give or take a fifth, so that workers that began together do not ask together.
fn jittered(time: Duration) -> Duration {
    use std::hash::{BuildHasher as _, RandomState};
    let chance = RandomState::new().hash_one(0) % 400;
    time.mul_f64(0.8 + f64::from(u32::try_from(chance).unwrap_or(0)) / 1000.0)
}

/// What a command finds in its environment.
pub(super) fn environment(run: &Value, worker: &str, artifacts: &std::path::Path) -> Vec<(String, OsString)> {
    const FIELDS: [(&str, &str); 13] = [
        ("RUN_ID", "run_id"),
        ("RUN_REF", "run_ref"),
        ("RUN_NUMBER", "run_number"),
        ("ATTEMPT", "attempt"),
        ("MAX_ATTEMPTS", "max_attempts"),
        ("PROJECT", "project"),
        ("WORKSPACE_KEY", "workspace_key"),
        ("ODOO_VERSION", "odoo_version"),
        ("WORKFLOW", "workflow"),
        ("WORKFLOW_TYPE", "workflow_type"),
        ("ENVIRONMENT", "environment"),
        ("GIT_REF", "git_ref"),
        ("GIT_COMMIT", "git_commit"),
    ];
    let mut env: Vec<(String, OsString)> = FIELDS
        .into_iter()
        .map(|(name, field)| {
            let value = match &run[field] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            // No variable of a process holds a zero byte.
            (format!("PGWARD_{name}"), value.replace('\0', "").into())
        })
        .collect();
    env.push(("PGWARD_METADATA".to_owned(), run["metadata"].to_string().into()));
    env.push(("PGWARD_WORKFLOW_CONFIG".to_owned(), run["workflow_config"].to_string().into()));
    env.push(("PGWARD_WORKER_ID".to_owned(), worker.into()));
    env.push(("PGWARD_ARTIFACTS".to_owned(), artifacts.into()));
    env
}

/// A time by which a call has to be through.
pub(super) fn within(time: Duration) -> Option<Instant> {
    Some(Instant::now() + time)
}
