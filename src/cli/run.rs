//! `pgward run`: what runs there are, what became of each, and ending or repeating one.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::context::Context;
use super::records::{print, print_one};
use crate::base::{Error, Exit, Result};
use crate::ops::{RunWatch, call, find_run, list};
use crate::pg::Session;

/// How often `logs --follow` looks for new lines.
const FOLLOW: Duration = Duration::from_millis(250);

/// Lines of a log that are read at one time.
const PAGE: i64 = 1000;

/// Show, cancel and retry runs
#[derive(Debug, clap::Args)]
pub(super) struct Run {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// The newest runs
    List {
        /// Only of this project: its slug, workspace key or id
        #[arg(long)]
        project: Option<String>,
        /// Only with this status
        #[arg(long, value_parser = ["queued", "claimed", "running", "succeeded", "failed", "canceled"])]
        status: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
    },
    /// All that is known of a run, and for a queued one why it does not start
    Show {
        /// The run's reference or id
        run: String,
    },
    /// A run's log
    Logs {
        /// The run's reference or id
        run: String,
        /// Go on until the run has ended
        #[arg(long, short)]
        follow: bool,
    },
    /// What happened to a run
    Events {
        /// The run's reference or id
        run: String,
    },
    /// Where a run's outputs are
    Artifacts {
        /// The run's reference or id
        run: String,
    },
    /// End a run that has not ended
    Cancel {
        /// The run's reference or id
        run: String,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Queue the next attempt of a run that has ended
    Retry {
        /// The run's reference or id
        run: String,
        /// Not before so many seconds from now
        #[arg(long, value_name = "SECONDS", default_value_t = 0)]
        delay: i32,
    },
}

impl Run {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let session = context.connect().await?;
        match self.action {
            Action::List { project, status, limit } => {
                let query = "select r.id, coalesce(r.run_ref, p.slug || '#' || r.run_number) as run, p.slug as project, \
                             w.name as workflow, e.slug as environment, r.status, r.attempt, r.priority, r.claimed_by, \
                             r.git_ref, r.git_commit, r.created_at, r.started_at, r.finished_at, r.exit_code \
                             from ops.runs r join ops.projects p on p.id = r.project_id \
                             join ops.workflows w on w.id = r.workflow_id \
                             left join ops.environments e on e.id = r.environment_id \
                             where ($1::text is null or $1 in (p.slug, p.workspace_key, p.id::text)) \
                             and ($2::text is null or r.status = $2) \
                             order by r.created_at desc, r.run_number desc limit $3";
                let runs = list(&session, query, &[&project, &status, &limit]).await?;
                let columns = ["run", "project", "workflow", "status", "created_at", "claimed_by"];
                print(context, "run", "runs", "run", runs, &columns)?;
            }
            Action::Show { run } => show(context, &session, &run).await?,
            Action::Logs { run, follow } => logs(context, &session, &run, follow).await?,
            Action::Events { run } => {
                let run_id = find_run(&session, &run).await?;
                let query = "select e.seq, e.event_type, e.message, e.payload, e.created_at from ops.run_events e \
                             where e.run_id = $1::text::uuid order by e.seq";
                let events = list(&session, query, &[&run_id]).await?;
                print(context, "run", "events", "event", events, &["created_at", "event_type", "message"])?;
            }
            Action::Artifacts { run } => {
                let run_id = find_run(&session, &run).await?;
                let query = "select a.artifact_key, a.artifact_type, a.artifact_url, a.digest, a.checksum, a.size_bytes, \
                             a.content_type, a.expires_at, a.metadata, a.created_at from ops.run_artifacts a \
                             where a.run_id = $1::text::uuid order by a.created_at, a.artifact_key";
                let artifacts = list(&session, query, &[&run_id]).await?;
                let columns = ["artifact_key", "artifact_type", "artifact_url", "size_bytes"];
                print(context, "run", "artifacts", "artifact", artifacts, &columns)?;
            }
            Action::Cancel { run, reason } => {
                let run_id = find_run(&session, &run).await?;
                let done = call(&session, "cancel_run($1::text::uuid, $2::text)", &[&run_id, &reason]).await?.done()?;
                print_one(context, "run", "run", done, format!("{run} is canceled").into())?;
            }
            Action::Retry { run, delay } => {
                let run_id = find_run(&session, &run).await?;
                let done = call(&session, "retry_run($1::text::uuid, $2::int4)", &[&run_id, &delay]).await?.done()?;
                print_one(context, "run", "run", done, format!("{run} has another attempt").into())?;
            }
        }
        Ok(Exit::Clean)
    }
}

async fn show(context: &Context, session: &Session, name: &str) -> Result<()> {
    let run_id = find_run(session, name).await?;
    let query = "select r.*, p.slug as project, w.name as workflow, w.workflow_type, e.slug as environment, \
                 q.lease_expires_at, n.id as retried_as \
                 from ops.runs r join ops.projects p on p.id = r.project_id \
                 join ops.workflows w on w.id = r.workflow_id \
                 left join ops.environments e on e.id = r.environment_id \
                 left join ops.run_queue q on q.run_id = r.id \
                 left join ops.runs n on n.retry_of = r.id \
                 where r.id = $1::text::uuid";
    let rows = list(session, query, &[&run_id]).await?;
    let mut run = rows.into_iter().next().ok_or_else(|| Error::input(format!("the run {name} is gone")))?;
    let status = run["status"].as_str().unwrap_or_default().to_owned();
    let mut summary = format!("{name} is {status}");
    if status == "queued" {
        let why = call(session, "explain_run($1::text::uuid)", &[&run_id]).await?.done()?;
        summary = format!("{summary}: {}", why["message"].as_str().unwrap_or_default());
        run["waits_for"] = json!({ "reason": why["reason"], "message": why["message"] });
    }
    print_one(context, "run", "run", run, summary.into())
}

async fn logs(context: &Context, session: &Session, name: &str, follow: bool) -> Result<()> {
    let run_id = find_run(session, name).await?;
    let watch = RunWatch::new(session, &run_id).await?;
    let query = "select l.seq, l.\"timestamp\", l.log_level, l.message, l.metadata from ops.run_logs l \
                 where l.run_id = $1::text::uuid and l.seq > $2 order by l.seq limit $3";
    let (mut last, mut all) = (0_i64, Vec::new());
    loop {
        // Asked before the lines are read: what came before the end is among them then.
        let ended = !follow || watch.look().await?.is_none_or(|status| status.has_ended());
        loop {
            let lines = list(session, query, &[&run_id, &last, &PAGE]).await?;
            let full = i64::try_from(lines.len()).is_ok_and(|count| count == PAGE);
            last = lines.last().and_then(|line| line["seq"].as_i64()).unwrap_or(last);
            if context.output.is_for_people() {
                for line in &lines {
                    let text = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
                    let time = text("timestamp").chars().take(19).collect::<String>().replace('T', " ");
                    context.output.data(&format!("{time} [{}] {}\n", text("log_level"), text("message")))?;
                }
            } else {
                all.extend(lines);
            }
            if !full {
                break;
            }
        }
        if ended {
            break;
        }
        watch.until(Instant::now() + FOLLOW).await?;
    }
    if !context.output.is_for_people() {
        print(context, "run", "logs", "line", all, &["timestamp", "log_level", "message"])?;
    }
    Ok(())
}

/// The id of a project that is called so.
pub(super) async fn find_project(session: &Session, name: &str) -> Result<String> {
    let query = "select p.id from ops.projects p where $1::text in (p.slug, p.workspace_key, p.id::text) \
                 order by p.id::text = $1 desc, p.slug = $1 desc limit 1";
    let rows = list(session, query, &[&name]).await?;
    rows.first().and_then(|row| row["id"].as_str()).map(str::to_owned).ok_or_else(|| {
        Error::input(format!("there is no project {name}")).with_hint("`pgward project list` shows projects")
    })
}

/// The one row that an insert returned.
pub(super) async fn inserted(
    session: &Session,
    insert: &str,
    params: &[&(dyn tokio_postgres::types::ToSql + Sync)],
    what: &str,
) -> Result<Value> {
    let row = session.client().query_one(insert, params).await.map_err(|error| session.error(error, what))?;
    Ok(row.get(0))
}
