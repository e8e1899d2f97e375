//! One run in a worker: begun, its command watched, its output sent, its end told.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::answer::Answer;
use super::child::{RunProcess, exit_code};
use super::link::is_passing;
use super::wait::WAITING;
use super::worker::{Event, Worker, environment, within};
use crate::base::{Error, Result};

/// How often output is sent, and how many lines at most in one call.
const SEND_EVERY: Duration = Duration::from_millis(200);
const LINES_A_CALL: usize = 1000;

/// How long output is read on after the command has ended, where something it began holds the stream open.
const OUTPUT_AFTER: Duration = Duration::from_secs(2);

/// How long to go on telling of a run's end while the server can't be reached: for the lease, it is this worker's.
const TELL_FOR: Duration = Duration::from_secs(600);

/// Why a command was stopped.
enum Stop {
    /// The run was canceled, or is somebody else's, or is gone.
    Refused(String),
    /// The server was not heard of for as long as the lease.
    LeaseLost,
    /// The worker was told to end at once.
    Interrupted,
}

/// A claimed run.
pub(super) struct Job {
    worker: Arc<Worker>,
    id: String,
    token: i64,
    lease_ends: Instant,
    lines: Vec<Value>,
}

impl Job {
    pub(super) fn new(worker: Arc<Worker>, run: &Value) -> Self {
        let lease_ends = Instant::now() + worker.options.lease;
        let id = run["run_id"].as_str().unwrap_or_default().to_owned();
        Self { id, token: run["claim_token"].as_i64().unwrap_or(-1), lease_ends, lines: Vec::new(), worker }
    }

    /// Does the run, and tells of what can't be told to the server.
    pub(super) async fn work(mut self, stop: &mut watch::Receiver<u8>) {
        if let Err(error) = self.attempt(stop).await {
            let why = error.message().to_owned();
            self.worker.tell(&Event::GaveUp { run: &self.id, why: &why });
        }
        let unlock = format!(
            "select pg_catalog.pg_advisory_unlock_shared(pg_catalog.uuid_hash_extended($1::text::uuid, {WAITING}))"
        );
        if let Ok(session) = self.worker.link.session().await {
            // Not held after a lost connection, which is no matter.
            let _ = session.client().query_one(&unlock, &[&self.id]).await;
            let _ = session.take_notices();
        }
    }

    async fn attempt(&mut self, stop: &mut watch::Receiver<u8>) -> Result<()> {
        let worker = Arc::clone(&self.worker);
        let mut ended = worker.link.ended.subscribe();
        // To be told when somebody cancels the run. What can't be locked is being ended right now: the start will say so.
        let lock = format!(
            "select pg_catalog.pg_try_advisory_lock_shared(pg_catalog.uuid_hash_extended($1::text::uuid, {WAITING}))"
        );
        let session = worker.link.session().await?;
        let _ = session.client().query_one(&lock, &[&self.id]).await;

        let run = self.ask("get_claimed_run($1::text::uuid, $2::text, $3::int8)").await?.done()?;
        self.ask("start_workflow_run($1::text::uuid, $2::text, $3::int8)").await?.done()?;
        worker.tell(&Event::Began { run: &run });

        let artifacts =
            worker.options.directory.join(format!("pgward-artifacts-{}-{}", std::process::id(), self.token));
        let env = environment(&run, &worker.options.id, &artifacts);
        let mut process = match RunProcess::start(&worker.options.command, &env, worker.options.grace) {
            Ok(process) => process,
            Err(error) => return self.complete(126, Some(error.message())).await,
        };
        let outcome = self.watch(&mut process, &mut ended, stop).await?;
        if outcome.is_err() {
            process.stop().await;
        }
        self.read_rest(&mut process).await;
        process.kill();
        let told = match outcome {
            Ok(code) => {
                self.send_all().await?;
                self.add_artifacts(&artifacts).await?;
                self.complete(code, None).await
            }
            Err(Stop::Refused(why)) => Err(Error::input(why)),
            Err(Stop::LeaseLost) => Err(Error::input("the server was not heard of for as long as the lease")),
            Err(Stop::Interrupted) => {
                self.send_all().await?;
                self.complete(143, Some("the worker was told to end at once")).await
            }
        };
        // It need not have been written.
        let _ = std::fs::remove_file(&artifacts);
        told
    }

    /// Calls one of the functions that take run, worker and token, as long as the lease lasts.
    async fn ask(&self, function: &str) -> Result<Answer> {
        let lost = |error: &Error| self.worker.tell(&Event::Lost(error));
        let params: [&(dyn tokio_postgres::types::ToSql + Sync); 3] = [&self.id, &self.worker.options.id, &self.token];
        self.worker.link.until(Some(self.lease_ends), &lost, function, &params).await
    }

    async fn watch(
        &mut self,
        process: &mut RunProcess,
        ended: &mut tokio::sync::broadcast::Receiver<String>,
        stop: &mut watch::Receiver<u8>,
    ) -> Result<Result<i32, Stop>> {
        let worker = Arc::clone(&self.worker);
        let mut send = interval(SEND_EVERY);
        let mut beat = interval(worker.options.lease / 3);
        for ticker in [&mut send, &mut beat] {
            ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticker.tick().await;
        }
        let (child, output) = process.parts();
        let mut streams_open = true;
        loop {
            if *stop.borrow() >= 2 {
                return Ok(Err(Stop::Interrupted));
            }
            if Instant::now() >= self.lease_ends {
                return Ok(Err(Stop::LeaseLost));
            }
            let room = self.lines.len() < 10 * LINES_A_CALL;
            let refused = tokio::select! {
                biased;
                told = ended.recv() => match told {
                    Ok(run) if run != self.id => None,
                    // Ended, or too much was said to have heard all of it.
                    _ => self.beat().await?,
                },
                changed = stop.changed() => {
                    if changed.is_err() {
                        return Ok(Err(Stop::Interrupted));
                    }
                    None
                }
                () = sleep_until(self.lease_ends) => None,
                _ = beat.tick() => self.beat().await?,
                _ = send.tick() => self.send().await?,
                code = exit_code(child) => return Ok(Ok(code?)),
                line = output.recv(), if streams_open && room => {
                    match line {
                        Some(line) => self.lines.push(line),
                        None => streams_open = false,
                    }
                    None
                }
            };
            if let Some(why) = refused {
                return Ok(Err(Stop::Refused(why)));
            }
        }
    }

    /// Extends the lease; why it was refused, if it was. A server that can't be reached is asked again at the next beat.
    async fn beat(&mut self) -> Result<Option<String>> {
        let began = Instant::now();
        let lease = self.worker.lease_seconds();
        let heartbeat = "heartbeat_run($1::text::uuid, $2::text, $3::int8, $4::int4)";
        let answer = self.worker.link.once(heartbeat, &[&self.id, &self.worker.options.id, &self.token, &lease]).await;
        match self.judge(answer)? {
            Ok(true) => {
                self.lease_ends = began + self.worker.options.lease;
                Ok(None)
            }
            Ok(false) => Ok(None),
            Err(why) => Ok(Some(why)),
        }
    }

    /// Sends the output so far.
    async fn send(&mut self) -> Result<Option<String>> {
        while !self.lines.is_empty() {
            let many = self.lines.len().min(LINES_A_CALL);
            let lines = Value::Array(self.lines[..many].to_vec());
            let append = "append_run_logs($1::text::uuid, $2::jsonb, $3::int8)";
            let answer = self.worker.link.once(append, &[&self.id, &lines, &self.token]).await;
            match self.judge(answer)? {
                Ok(true) => drop(self.lines.drain(..many)),
                Ok(false) => return Ok(None),
                Err(why) => return Ok(Some(why)),
            }
        }
        Ok(None)
    }

    /// Whether it was done, may be tried again, or was refused.
    fn judge(&self, answer: Result<Answer>) -> Result<Result<bool, String>> {
        match answer {
            Ok(Answer::Done(_)) => Ok(Ok(true)),
            Ok(Answer::Refused { error, .. }) => Ok(Err(error)),
            Err(error) if is_passing(&error) => {
                self.worker.tell(&Event::Lost(&error));
                Ok(Ok(false))
            }
            Err(error) => Err(error),
        }
    }

    async fn read_rest(&mut self, process: &mut RunProcess) {
        let reading = async {
            while let Some(line) = process.lines.recv().await {
                self.lines.push(line);
            }
        };
        let _ = timeout(OUTPUT_AFTER, reading).await;
    }

    /// Sends what is left, as long as the lease lasts.
    async fn send_all(&mut self) -> Result<()> {
        while !self.lines.is_empty() {
            if let Some(why) = self.send().await? {
                return Err(Error::input(why));
            }
            if Instant::now() >= self.lease_ends {
                return Err(Error::input("the server was not heard of for as long as the lease"));
            }
            if !self.lines.is_empty() {
                tokio::time::sleep(SEND_EVERY).await;
            }
        }
        Ok(())
    }

    /// Adds the artifacts that the command wrote down: a JSON object a line.
    async fn add_artifacts(&mut self, file: &PathBuf) -> Result<()> {
        let Ok(text) = std::fs::read_to_string(file) else { return Ok(()) };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let answer = match serde_json::from_str::<Value>(line) {
                Ok(artifact) => self.add_artifact(&artifact).await?,
                Err(error) => Answer::Refused { code: "invalid_artifact".to_owned(), error: error.to_string() },
            };
            if let Answer::Refused { code, error } = answer {
                let message = format!("artifact not added ({code}): {error}: {line}");
                self.lines.push(json!({ "level": "error", "message": message }));
            }
        }
        self.send_all().await
    }

    async fn add_artifact(&self, artifact: &Value) -> Result<Answer> {
        let text = |field: &str| artifact[field].as_str();
        let size = artifact["size_bytes"].as_i64();
        let metadata = artifact.get("metadata").cloned().unwrap_or_else(|| json!({}));
        let url = text("url").or_else(|| text("storage_path"));
        let key = text("key").or(url);
        let add = "add_run_artifact(p_run_id => $1::text::uuid, p_artifact_key => $2::text, p_artifact_url => $3::text, \
                   p_artifact_type => $4::text, p_digest => $5::text, p_size_bytes => $6::int8, \
                   p_content_type => $7::text, p_metadata => $8::jsonb, p_claim_token => $9::int8)";
        let lost = |error: &Error| self.worker.tell(&Event::Lost(error));
        let params: [&(dyn tokio_postgres::types::ToSql + Sync); 9] = [
            &self.id,
            &key,
            &url,
            &text("type"),
            &text("digest"),
            &size,
            &text("content_type"),
            &metadata,
            &self.token,
        ];
        self.worker.link.until(Some(self.lease_ends), &lost, add, &params).await
    }

    async fn complete(&self, code: i32, message: Option<&str>) -> Result<()> {
        let complete = "complete_workflow_run($1::text::uuid, $2::int4, $3::text, $4::text, $5::int8)";
        let lost = |error: &Error| self.worker.tell(&Event::Lost(error));
        let params: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
            [&self.id, &code, &message, &self.worker.options.id, &self.token];
        self.worker.link.until(within(TELL_FOR), &lost, complete, &params).await?.done()?;
        self.worker.tell(&Event::Ended { run: &self.id, exit_code: code });
        Ok(())
    }
}
