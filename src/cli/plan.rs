//! Plans for `diff` and `new`: made, held to what was allowed, and seen to work before they are shown.

use super::context::Context;
use super::progress::parse_duration;
use super::source::Loaded;
use crate::base::{Error, Result};
use crate::diff::{Change, Comparison};
use crate::plan::{Plan, Planned, Timeouts, plan, write_plan};
use crate::prove::{Inverse, Proven, Task, prove_plan, rebuild, rebuild_from};
use crate::report::count;

/// Options of whoever makes a plan.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct PlanOptions {
    /// Go on although rows or values will be lost
    #[arg(long)]
    pub(super) allow_data_loss: bool,
}

/// The time limits that stand in a plan. Migrations have those of the command that applies them.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct PlanTimeouts {
    /// How long each statement of a plan waits for a lock
    #[arg(long, value_name = "TIME", default_value = "3s", value_parser = parse_setting)]
    plan_lock_timeout: String,
    /// How long each statement of a plan's transactions may take; 0 is for ever
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_setting)]
    plan_statement_timeout: String,
}

/// A time as SQL has it, that the server takes: it keeps milliseconds in 32 bits.
fn parse_setting(text: &str) -> std::result::Result<String, String> {
    match parse_duration(text)?.as_millis() {
        0..=0x7fff_ffff => Ok(text.trim().to_owned()),
        _ => Err("the server takes 24 days at most".to_owned()),
    }
}

impl PlanTimeouts {
    /// Writes a plan as SQL.
    pub(super) fn write(&self, plan: &Plan) -> String {
        let timeouts =
            Timeouts { lock: self.plan_lock_timeout.clone(), statement: self.plan_statement_timeout.clone() };
        write_plan(plan, &timeouts)
    }
}

/// Makes a plan from one source to the other, and sees it work on a copy of the first one.
///
/// # Errors
///
/// What [`prove_plan`] returns; an input error that lists what would be lost, where that was not allowed.
pub(super) async fn proven(
    context: &Context,
    from: &Loaded,
    to: &Loaded,
    comparison: &Comparison,
    options: &PlanOptions,
    inverse: Inverse,
) -> Result<Proven> {
    let history = context.history_table()?;
    let task = Task {
        before: &from.catalog,
        after: &to.catalog,
        renames: &comparison.renames,
        filter: &from.filter,
        history: &history,
        inverse,
    };
    let uncovered = comparison.changes.iter().filter_map(|change| match change {
        Change::Uncovered { object, .. } => Some(format!("{} {}", object.kind, object.name)),
        _ => None,
    });
    let uncovered: Vec<String> = uncovered.collect();
    if !uncovered.is_empty() {
        return Err(
            Error::input("the two sides differ in what pgward can't make or remove").with_note(uncovered.join(", "))
        );
    }
    // What is refused in any case is refused before work is done.
    require_no_loss(&plan(task.before, task.after, task.renames)?, options)?;
    let rebuilt = match &from.scratch {
        Some(_) => None,
        None => Some(match rebuild(&context.shadow().await?, &from.catalog, &from.filter).await {
            Ok(rebuilt) => rebuilt,
            // It may need what is in schemas that were not looked at, and the other side has.
            Err(error) => match &to.scratch {
                Some(other) => rebuild_from(other, &from.catalog, &from.filter).await.map_err(|_| error)?,
                None => return Err(error),
            },
        }),
    };
    let Some(template) = rebuilt.as_ref().or(from.scratch.as_ref()) else {
        return Err(Error::environment("there is no throw-away server"));
    };
    let proven = prove_plan(template, task).await;
    if let Some(rebuilt) = rebuilt {
        rebuilt.close().await?;
    }
    let proven = proven?;
    require_no_loss(&proven.plan, options)?;
    for note in &proven.notes {
        context.output.note(format!("note: {note}"));
    }
    Ok(proven)
}

fn require_no_loss(plan: &Plan, options: &PlanOptions) -> Result<()> {
    let losses: Vec<&Planned> = plan.losses().collect();
    if losses.is_empty() || options.allow_data_loss {
        return Ok(());
    }
    let mut error = Error::input(format!("the plan would lose data in {}", count(losses.len(), "statement")));
    for loss in losses.iter().take(10) {
        error = error.with_note(loss.step.sql.clone());
    }
    Err(error
        .with_hint("say that this is meant with --allow-data-loss")
        .with_hint("say what was renamed with --rename OLD=NEW"))
}
