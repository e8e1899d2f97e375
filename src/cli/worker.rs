//! `pgward worker`: does runs with a command.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::context::Context;
use crate::base::{Error, Exit, Result};
use crate::ops::{Event, Worker as Work, WorkerOptions};
use crate::report::{Report, count};

/// Claim runs and do each with a command
///
/// The command is run by /bin/sh with the run's data in PGWARD_RUN_ID, PGWARD_RUN_REF, PGWARD_PROJECT, PGWARD_WORKFLOW,
/// PGWARD_WORKFLOW_TYPE, PGWARD_ENVIRONMENT, PGWARD_GIT_REF, PGWARD_GIT_COMMIT, PGWARD_ATTEMPT, PGWARD_METADATA and more. Its
/// output becomes the run's log, its exit code the run's outcome. What it writes to the file PGWARD_ARTIFACTS, a JSON object
/// a line with key, url, type, digest, becomes the run's artifacts. The first signal ends the worker after the runs at
/// hand, the second ends them, and so does the death of the worker. The role needs EXECUTE on the worker functions and
/// nothing else.
#[derive(Debug, clap::Args)]
pub(super) struct Worker {
    /// The command that does a run
    #[arg(long = "exec", value_name = "CMD")]
    command: String,
    /// The worker's name [default: host name and process id]
    #[arg(long)]
    id: Option<String>,
    /// What runs may ask of the worker; may be repeated
    #[arg(long = "label", value_name = "LABEL")]
    labels: Vec<String>,
    /// How many runs at one time
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    slots: u32,
    /// Seconds after which a worker that is not heard of has lost its runs
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(3..=86_400))]
    lease: u64,
    /// Seconds between asking for runs when none is told of
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    poll: u64,
    /// Seconds between asking a command to stop and making an end of it
    #[arg(long, default_value_t = 10)]
    grace: u64,
    /// Do what is queued now, then end
    #[arg(long)]
    once: bool,
}

impl Worker {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let server = context.database().await?;
        let host = nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok());
        let host = host.unwrap_or_else(|| "worker".to_owned());
        let id = self.id.unwrap_or_else(|| format!("{host}-{}", std::process::id()));
        let began = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let name = format!("{:x}-{:x}", began.as_nanos(), std::process::id());
        let options = WorkerOptions {
            id: id.clone(),
            labels: self.labels,
            slots: self.slots,
            lease: Duration::from_secs(self.lease),
            poll: Duration::from_secs(self.poll),
            grace: Duration::from_secs(self.grace),
            once: self.once,
            command: self.command,
            directory: std::env::temp_dir(),
        };
        let output = context.output;
        let tell = move |event: &Event<'_>| match event {
            Event::Began { run } => {
                let name = run["run_ref"].as_str().or_else(|| run["run_id"].as_str()).unwrap_or_default();
                let text = |field: &str| run[field].as_str().unwrap_or_default();
                output.note(format!("began {name}: {} of {}", text("workflow"), text("project")));
            }
            Event::Ended { run, exit_code } => output.note(format!("ended {run}: exit code {exit_code}")),
            Event::GaveUp { run, why } => output.note(format!("gave up {run}: {why}")),
            Event::Lost(error) => output.note(format!("will ask again: {}", error.message())),
            Event::Reaped(n) => output.note(format!("ended what workers left that are gone: {n}")),
        };
        let stop = signals()?;
        output.note(format!("worker {id} waits for runs"));
        let done = Work::new(server, options, name, tell).run(stop).await?;
        let summary = format!("did {}", count(usize::try_from(done).unwrap_or(usize::MAX), "run"));
        let data = serde_json::json!({ "worker": { "id": id, "runs": done } });
        let data = data.as_object().cloned().unwrap_or_default();
        output.report(Report { command: "worker", summary: summary.into(), data, ..Report::default() })?;
        Ok(Exit::Clean)
    }
}

/// How often the process was told to end: SIGINT and SIGTERM count alike.
fn signals() -> Result<watch::Receiver<u8>> {
    let listen = |kind| {
        signal(kind).map_err(|error| Error::environment("the program can't listen for signals").with_source(error))
    };
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let (told, stop) = watch::channel(0_u8);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            told.send_modify(|times| *times = times.saturating_add(1));
        }
    });
    Ok(stop)
}
