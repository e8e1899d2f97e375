//! `pgward up`: apply what is pending.

use std::time::Instant;

use serde_json::{Map, Value, json};

use super::context::Context;
use super::progress::RunOptions;
use super::verify;
use crate::base::{Exit, Result, Severity};
use crate::report::{Line, Report, Tone, count, duration, render_line};
use crate::runner::{self, Plan, Target};
use crate::source::Direction;

/// Apply pending migrations
///
/// Each migration and its row in the history are one transaction. One run at a time: others wait. Needs what the
/// migrations need, and CREATE on the history table's schema the first time.
#[derive(Debug, clap::Args)]
pub(super) struct Up {
    /// Stop after this version
    #[arg(long, value_name = "VERSION", conflicts_with = "steps")]
    to: Option<i64>,
    /// Apply this many
    #[arg(long, value_name = "N")]
    steps: Option<usize>,
    /// Print the SQL and change nothing: the server holds the transaction to reading
    #[arg(long, conflicts_with = "verify")]
    dry_run: bool,
    /// Verify the database against the manifest afterwards
    #[arg(long)]
    verify: bool,
    #[command(flatten)]
    options: RunOptions,
}

impl Up {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let target = match (self.to, self.steps) {
            (Some(version), _) => Target::Version(version),
            (None, Some(steps)) => Target::Steps(steps),
            (None, None) => Target::Latest,
        };
        let migrations = context.migrations()?;
        // Read now, so that a slip in it is not found after the migrations have run.
        let manifest = if self.verify { Some(verify::manifest(context, None)?) } else { None };
        let mut session = context.connect().await?;
        let runner = context.runner(migrations, &self.options, &session)?;
        if self.dry_run {
            return show_plan(context, "up", &runner.plan_up(session.client_mut(), target).await?);
        }
        let start = Instant::now();
        let done = runner.up_to(session.client_mut(), target).await?.done;
        let summary = match done.last() {
            Some(last) => {
                format!(
                    "{} applied in {}, now at {}",
                    count(done.len(), "migration"),
                    duration(start.elapsed()),
                    last.version
                )
            }
            None => "nothing to apply".to_owned(),
        };
        let mut data = Map::from_iter([("done".to_owned(), done_json(&done))]);
        let Some(manifest) = manifest else {
            let summary = Line::new(Tone::Good, summary);
            context.output.report(Report { command: "up", summary, data, ..Report::default() })?;
            return Ok(Exit::Clean);
        };
        context.output.line(format!("{}\n", render_line(&Line::new(Tone::Good, summary))))?;
        let checked = verify::check(context, &mut session, manifest).await?;
        let exit = checked.exit(Severity::Error);
        let mut report = checked.report("up");
        data.append(&mut report.data);
        context.output.report(Report { data, ..report })?;
        Ok(exit)
    }
}

/// What was done, for programs.
pub(super) fn done_json(done: &[runner::Done]) -> Value {
    let migration = |done: &runner::Done| {
        json!({
            "version": done.version,
            "name": done.name,
            "direction": direction(done.direction),
            "milliseconds": done.elapsed.as_secs_f64() * 1e3,
        })
    };
    done.iter().map(migration).collect()
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "up",
        Direction::Down => "down",
    }
}

/// Prints what a run would do: the SQL itself, so that it can be read or handed to somebody who may run it.
pub(super) fn show_plan(context: &Context, command: &'static str, plan: &Plan) -> Result<Exit> {
    if context.output.is_for_people() {
        let mut text = String::new();
        for step in &plan.steps {
            let how = if step.in_transaction {
                "in one transaction"
            } else {
                "statement by statement, without a transaction"
            };
            let sql = step.file.sql().0.trim_end();
            text.push_str(&format!("-- {}, {how}\n{sql}\n\n", step.file.file));
        }
        context.output.data(&text)?;
        let verb = if command == "up" { "apply" } else { "undo" };
        context.output.note(match plan.steps.len() {
            0 => format!("nothing to {verb}"),
            n => format!("would {verb} {}; nothing was changed", count(n, "migration")),
        });
        return Ok(Exit::Clean);
    }
    let steps = plan.steps.iter().map(|step| {
        json!({
            "version": step.version,
            "name": step.name,
            "direction": direction(step.direction),
            "file": step.file.file,
            "in_transaction": step.in_transaction,
            "sql": step.file.sql().0,
        })
    });
    let data = [("plan".to_owned(), steps.collect())].into_iter().collect();
    context.output.report(Report { command, data, ..Report::default() })?;
    Ok(Exit::Clean)
}
