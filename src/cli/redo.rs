//! `pgward redo`: down and up again, with a proof that nothing is lost on the way.

use std::time::Instant;

use super::context::Context;
use super::output::verdict;
use super::progress::RunOptions;
use super::up::done_json;
use crate::base::{Exit, Finding, Result, Severity};
use crate::pg::{self, Scratch};
use crate::prove::{self, Proof};
use crate::report::{Line, Report, Tone, count, duration, render_line};
use crate::runner::Runner;

/// Undo the newest migrations and apply them again
///
/// With --prove the catalog is read before and after, and every difference is a finding: exit 1. Rows are guarded as
/// for `down`.
#[derive(Debug, clap::Args)]
pub(super) struct Redo {
    /// Redo this many
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "scratch")]
    steps: usize,
    /// Show that the downs restore the catalog exactly, and the ups make the same again
    #[arg(long)]
    prove: bool,
    /// Prove all migrations, one by one, on a throw-away database; needs CREATEDB on its server
    #[arg(long, requires = "prove")]
    scratch: bool,
    /// Go on although rows or values will be lost
    #[arg(long)]
    allow_data_loss: bool,
    #[command(flatten)]
    options: RunOptions,
}

impl Redo {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let migrations = context.migrations()?;
        let start = Instant::now();
        if self.scratch {
            let scratch = Scratch::create(&context.shadow().await?).await?;
            let proofs = prove_on(context, &scratch).await;
            // Also after an error: nothing is left behind.
            let closed = scratch.close().await;
            let proofs = proofs?;
            closed?;
            return report(context, proofs, start);
        }
        let mut session = context.connect().await?;
        let runner = context.runner(migrations, &self.options, &session)?.allow_data_loss(self.allow_data_loss);
        if self.prove {
            let filter = context.schemas();
            let told = |proof: &Proof| tell(context, proof);
            let proofs = prove::prove_redo(session.client_mut(), &runner, self.steps, &filter, told).await?;
            return report(context, proofs, start);
        }
        let done = runner.redo(session.client_mut(), self.steps).await?.done;
        let summary = match done.len() / 2 {
            0 => "nothing to redo".to_owned(),
            n => format!("{} redone in {}", count(n, "migration"), duration(start.elapsed())),
        };
        context.output.report(Report {
            command: "redo",
            summary: Line::new(Tone::Good, summary),
            data: [("done".to_owned(), done_json(&done))].into_iter().collect(),
            ..Report::default()
        })?;
        Ok(Exit::Clean)
    }
}

/// Proves every migration in a throw-away database, looking at all schemas: a migration may touch any.
async fn prove_on(context: &Context, scratch: &Scratch) -> Result<Vec<Proof>> {
    let mut session = pg::connect(scratch.options()).await?;
    let runner = Runner::new(context.migrations()?.on_throwaway_server()).history_table(context.history_table()?);
    let filter = crate::model::SchemaFilter::all();
    let proofs = prove::prove_from_start(session.client_mut(), runner, &filter, |proof| tell(context, proof)).await;
    session.close().await;
    proofs
}

fn tell(context: &Context, proof: &Proof) {
    let (tone, word) = match proof.findings.iter().map(|finding| finding.severity).max() {
        None => (Tone::Good, "proven    "),
        Some(Severity::Error) => (Tone::Bad, "not proven"),
        Some(_) => (Tone::Warn, "no proof  "),
    };
    // Whoever reads the output may have gone; the proof goes on.
    let _ = context.output.line(format!("  {} {}", render_line(&Line::new(tone, word)), proof.step));
}

fn report(context: &Context, proofs: Vec<Proof>, start: Instant) -> Result<Exit> {
    let steps: Vec<_> = proofs
        .iter()
        .map(|proof| serde_json::json!({ "step": proof.step, "proven": proof.findings.is_empty() }))
        .collect();
    let total = proofs.len();
    let findings: Vec<Finding> = proofs.into_iter().flat_map(|proof| proof.findings).collect();
    let findings = context.settle(findings, &[]);
    let exit = verdict(&findings, Severity::Error);
    let summary = match (total, findings.len()) {
        (0, _) => Line::new(Tone::Plain, "nothing to prove"),
        (_, 0) => Line::new(Tone::Good, format!("every down restores the catalog ({})", duration(start.elapsed()))),
        (_, n) => Line::new(Tone::Bad, count(n, "finding")),
    };
    if !findings.is_empty() {
        context.output.line("")?;
    }
    let data = [("proofs".to_owned(), steps.into())].into_iter().collect();
    context.output.report(Report { command: "redo", findings, summary, data, ..Report::default() })?;
    Ok(exit)
}
