//! `pgward queue`: how the queue is, and its upkeep.

use super::context::Context;
use super::records::{print, print_one};
use crate::base::{Exit, Result};
use crate::ops::{call, list};

/// Look after the queue
#[derive(Debug, clap::Args)]
pub(super) struct Queue {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// What waits and since when, what is in flight, what was lost, what keeps dead rows
    Health {
        /// Exit 1 where leases have expired, or a run has been ready for longer than so many seconds
        #[arg(long, value_name = "SECONDS")]
        check: Option<i64>,
    },
    /// End runs whose workers are gone, and queue their next attempts
    Reap,
    /// Delete runs that ended so many days ago, with all that belongs to them
    Purge {
        /// How many days of finished runs to keep
        #[arg(long, value_parser = clap::value_parser!(i32).range(1..))]
        keep_days: i32,
    },
    /// Runs after which no attempt is left
    DeadLetters,
}

impl Queue {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let session = context.connect().await?;
        match self.action {
            Action::Health { check } => {
                let health = call(&session, "queue_health()", &[]).await?.done()?;
                let number = |field: &str| health[field].as_i64().unwrap_or(0);
                let (expired, oldest) = (number("expired_leases"), number("oldest_ready_seconds"));
                let summary = format!(
                    "{} ready, the oldest for {oldest} s; {} in flight, {expired} without a living worker",
                    number("ready"),
                    number("in_flight")
                );
                let bad = check.is_some_and(|limit| expired > 0 || oldest > limit);
                print_one(context, "queue", "health", health, summary.into())?;
                if bad {
                    return Ok(Exit::Findings);
                }
            }
            Action::Reap => {
                let done = call(&session, "reap_expired_runs(10000)", &[]).await?.done()?;
                let summary = format!("{} ended, {} of them queued again", done["reaped"], done["retried"]);
                print_one(context, "queue", "reaped", done, summary.into())?;
            }
            Action::Purge { keep_days } => {
                let mut deleted = 0;
                loop {
                    let purge = "purge_runs(pg_catalog.now() - pg_catalog.make_interval(days => $1::int4))";
                    let done = call(&session, purge, &[&keep_days]).await?.done()?;
                    match done["deleted"].as_i64().unwrap_or(0) {
                        0 => break,
                        some => deleted += some,
                    }
                }
                let done = serde_json::json!({ "deleted": deleted });
                print_one(context, "queue", "purged", done, format!("deleted {deleted} runs").into())?;
            }
            Action::DeadLetters => {
                let query = "select d.run_id, coalesce(r.run_ref, p.slug || '#' || r.run_number) as run, p.slug as project, \
                             d.first_run_id, d.attempts, d.reason, d.worker_id, d.exit_code, d.error_message, d.died_at, \
                             d.redriven_as, d.redriven_at \
                             from ops.dead_letters d join ops.runs r on r.id = d.run_id \
                             join ops.projects p on p.id = d.project_id order by d.died_at, d.run_id limit 10000";
                let letters = list(&session, query, &[]).await?;
                let columns = ["run", "attempts", "reason", "error_message", "redriven_as"];
                print(context, "queue", "dead_letters", "dead letter", letters, &columns)?;
            }
        }
        Ok(Exit::Clean)
    }
}
