//! `pgward env`: runs of a commit in an environment, as the shell scripts of old had them: the same arguments, the same
//! lines on standard output and standard error, the same exit status. Their words differ from the schema's in two places:
//! `success` and `cancelled`.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::context::Context;
use crate::base::{Error, Exit, Result};
use crate::ops::{RunWatch, Status, call, find_run, list};
use crate::pg::Session;
use crate::report::Report;

/// Queue, await and cancel runs of a commit in an environment
///
/// Arguments, output and exit status are those of the scripts env_create.sh, env_wait_ready.sh and env_destroy.sh: 0, or 1
/// for a run that failed or can't be had. The role needs what service_role has.
#[derive(Debug, clap::Args)]
pub(super) struct Env {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Queue a run and print its reference
    Create {
        /// The project: its slug, workspace key or id
        #[arg(value_name = "PROJECT_ID")]
        project: String,
        /// build, deploy or test; also backup and upgrade
        workflow_type: String,
        /// Branch or tag
        git_ref: String,
        /// The commit, all 40 digits
        commit_sha: String,
        /// The environment
        #[arg(value_name = "ENV_ID", default_value = "dev")]
        environment: String,
    },
    /// Wait until a run has ended; print where its artifact is, or "success"
    Wait {
        /// The run's reference or id
        #[arg(value_name = "RUN_ID")]
        run: String,
        /// How long to wait
        #[arg(default_value_t = 1200)]
        max_wait_seconds: u64,
        /// How often to say how it is; the end itself is seen at once
        #[arg(default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
        sleep_seconds: u64,
    },
    /// Cancel a run
    Destroy {
        /// The run's reference or id
        #[arg(value_name = "RUN_ID")]
        run: String,
    },
}

impl Env {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let done = match self.action {
            Action::Create { project, workflow_type, git_ref, commit_sha, environment } => {
                create(context, [project, workflow_type, git_ref, commit_sha, environment]).await
            }
            Action::Wait { run, max_wait_seconds, sleep_seconds } => {
                wait(context, &run, Duration::from_secs(max_wait_seconds), Duration::from_secs(sleep_seconds)).await
            }
            Action::Destroy { run } => destroy(context, &run).await,
        };
        // The scripts know one status for whatever went wrong.
        done.or_else(|error| {
            context.output.error("env", &error);
            Ok(Exit::Findings)
        })
    }
}

async fn create(
    context: &Context,
    [project, workflow_type, git_ref, commit, environment]: [String; 5],
) -> Result<Exit> {
    let session = context.connect().await?;
    let create = "create_environment_run($1::text, $2::text, $3::text, $4::text, $5::text, $6::jsonb)";
    let metadata = json!({ "created_by": "env create" });
    let answer =
        call(&session, create, &[&project, &workflow_type, &git_ref, &commit.to_lowercase(), &environment, &metadata])
            .await?;
    let hint = match answer.code() {
        Some("project_not_found") => Some("`pgward project list` shows projects; `pgward project create` makes one"),
        Some("environment_not_found") => Some("`pgward environment create` makes one"),
        _ => None,
    };
    let run = answer.done().map_err(|error| match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    })?;
    let reference = run["run_ref"].as_str().unwrap_or_default().to_owned();
    said(context, &reference, json!({ "run": run }))
}

async fn destroy(context: &Context, name: &str) -> Result<Exit> {
    let session = context.connect().await?;
    let run_id = find_run(&session, name).await?;
    let cancel = "cancel_run($1::text::uuid, 'Run cancelled by env_destroy.sh')";
    let run = call(&session, cancel, &[&run_id]).await?.done()?;
    if run["already_canceled"] == false {
        let event = "insert into ops.run_events (run_id, event_type, message, payload) \
                     values ($1::text::uuid, 'info', 'Run cancelled by env_destroy.sh', pg_catalog.jsonb_build_object( \
                     'action', 'cancel', 'timestamp', pg_catalog.now()))";
        session
            .client()
            .execute(event, &[&run_id])
            .await
            .map_err(|error| session.error(error, "the run was canceled, but the event could not be written"))?;
    }
    said(context, &format!("cancelled:{name}"), json!({ "run": run }))
}

/// Prints one line, or a document.
fn said(context: &Context, line: &str, data: serde_json::Value) -> Result<Exit> {
    if context.output.is_for_people() {
        context.output.data(&format!("{line}\n"))?;
    } else {
        let data = data.as_object().cloned().unwrap_or_default();
        context.output.report(Report { command: "env", summary: line.into(), data, ..Report::default() })?;
    }
    Ok(Exit::Clean)
}

async fn wait(context: &Context, name: &str, longest: Duration, pause: Duration) -> Result<Exit> {
    let session = context.connect().await?;
    let run_id = find_run(&session, name).await?;
    let out = context.output;
    out.note(format!("Waiting for run {name} to complete (timeout: {}s)...", longest.as_secs()));
    let began = Instant::now();
    let watch = RunWatch::new(&session, &run_id).await?;
    let gone = || Error::input(format!("the run {name} is gone"));
    let mut status = watch.look().await?.ok_or_else(gone)?;
    while !status.has_ended() {
        if began.elapsed() >= longest {
            return Err(Error::input(format!(
                "the run did not end within {} s; it is {}",
                longest.as_secs(),
                status.status
            ))
            .with_hint(format!("`pgward env destroy {name}` cancels it")));
        }
        out.note(format!("Status: {} - waiting...", status.status));
        progress(context, &session, &run_id).await?;
        let next = (Instant::now() + pause).min(began + longest);
        status = watch.until(next).await?.ok_or_else(gone)?;
    }
    ended(context, &session, name, &run_id, &status).await
}

/// The last five lines of the log and events.
async fn progress(context: &Context, session: &Session, run_id: &str) -> Result<()> {
    let query = "select q.level, q.message from ( \
                   select e.created_at as at, 0 as part, e.seq, \
                          case e.event_type when 'error' then 'error' when 'warning' then 'warn' else 'info' end as level, \
                          e.message \
                   from ops.run_events e where e.run_id = $1::text::uuid \
                   union all \
                   (select l.\"timestamp\", 1, l.seq, l.log_level, l.message \
                    from ops.run_logs l where l.run_id = $1::text::uuid order by l.seq desc limit 5) \
                   order by 1 desc, 2 desc, 3 desc limit 5 \
                 ) q order by q.at, q.part, q.seq";
    let lines = list(session, query, &[&run_id]).await?;
    if !lines.is_empty() {
        context.output.note("Recent logs:");
    }
    for line in lines {
        let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
        context.output.note(format!("[{}] {}", text("level"), text("message")));
    }
    Ok(())
}

async fn ended(context: &Context, session: &Session, name: &str, run_id: &str, status: &Status) -> Result<Exit> {
    let document = json!({ "run": status.run });
    match status.status.as_str() {
        "succeeded" => {
            let query = "select a.artifact_url from ops.run_artifacts a where a.run_id = $1::text::uuid \
                         order by a.artifact_type = 'image' desc nulls last, a.created_at, a.id limit 1";
            let artifacts = list(session, query, &[&run_id]).await?;
            let url = artifacts.first().and_then(|artifact| artifact["artifact_url"].as_str()).unwrap_or("success");
            context.output.note(format!("Run completed successfully: {name}"));
            said(context, url, document)
        }
        outcome => {
            let reason = status.run["error_message"].as_str().map(|why| format!(": {why}")).unwrap_or_default();
            if outcome == "failed" {
                context.output.note(format!("Run failed: {name}{reason}"));
                context.output.note("Check ops.run_events for details");
            } else {
                context.output.note(format!("Run was cancelled: {name}{reason}"));
            }
            if !context.output.is_for_people() {
                said(context, outcome, document)?;
            }
            Ok(Exit::Findings)
        }
    }
}
