//! `pgward down`: undo what was applied.

use std::time::Instant;

use super::context::Context;
use super::progress::RunOptions;
use super::up::{done_json, show_plan};
use crate::base::{Exit, Result};
use crate::report::{Line, Report, Tone, count, duration};
use crate::runner::Undo;

/// Undo applied migrations, the newest first; one by default
///
/// A down that would lose rows is refused, with the tables and the number of rows, unless --allow-data-loss is given.
/// Needs what the down migrations need.
#[derive(Debug, clap::Args)]
pub(super) struct Down {
    /// Undo this many
    #[arg(long, value_name = "N", default_value_t = 1)]
    steps: usize,
    /// Undo everything after this version
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["steps", "all"])]
    to: Option<i64>,
    /// Undo everything
    #[arg(long, conflicts_with = "steps")]
    all: bool,
    /// Print the SQL and change nothing: the server holds the transaction to reading
    #[arg(long)]
    dry_run: bool,
    /// Go on although rows or values will be lost
    #[arg(long)]
    allow_data_loss: bool,
    #[command(flatten)]
    options: RunOptions,
}

impl Down {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let undo = match self.to {
            Some(version) => Undo::To(version),
            None if self.all => Undo::All,
            None => Undo::Steps(self.steps),
        };
        let migrations = context.migrations()?;
        let mut session = context.connect().await?;
        let runner = context.runner(migrations, &self.options, &session)?.allow_data_loss(self.allow_data_loss);
        if self.dry_run {
            return show_plan(context, "down", &runner.plan_down(session.client_mut(), undo).await?);
        }
        let start = Instant::now();
        let done = runner.down(session.client_mut(), undo).await?.done;
        let summary = match done.len() {
            0 => "nothing to undo".to_owned(),
            n => format!("{} undone in {}", count(n, "migration"), duration(start.elapsed())),
        };
        context.output.report(Report {
            command: "down",
            summary: Line::new(Tone::Good, summary),
            data: [("done".to_owned(), done_json(&done))].into_iter().collect(),
            ..Report::default()
        })?;
        Ok(Exit::Clean)
    }
}
