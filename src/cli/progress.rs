//! What a person sees while migrations run: a line for each one that is done, and on standard error what is waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::watch;

use super::context::Context;
use super::output::Output;
use crate::base::{Error, Exit, Result};
use crate::pg::{Notice, Session};
use crate::report::{Line, Tone, duration, render_line};
use crate::runner::{Event, HistoryTable, Runner};
use crate::source::{Direction, Migrations};

/// Shorter than this nobody needs to see that something is going on.
const PATIENCE: Duration = Duration::from_secs(1);

/// The class of warnings among the server's codes.
const WARNING: &str = "01";

/// Options of every command that applies or undoes migrations.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct RunOptions {
    /// How long a statement may wait for a lock before the migration is rolled back and tried again
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = parse_duration)]
    lock_timeout: Duration,
    /// How long a statement may run; 0 is for ever
    #[arg(long, value_name = "TIME", default_value = "0", value_parser = parse_duration)]
    statement_timeout: Duration,
    /// How often a migration is tried that could not have a lock
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    lock_tries: u32,
    /// How long to wait for another run of migrations to end
    #[arg(long, value_name = "TIME", default_value = "10min", value_parser = parse_duration)]
    wait: Duration,
    /// Apply pending migrations that are older than applied ones
    #[arg(long)]
    allow_out_of_order: bool,
    /// Go on although applied files were changed
    #[arg(long)]
    allow_changed: bool,
    /// Go on although files of applied migrations are gone
    #[arg(long)]
    allow_missing: bool,
}

/// Reads a time: `500ms`, `5s`, `10min`, `0`; a number alone is milliseconds, as PostgreSQL has it.
pub(super) fn parse_duration(text: &str) -> std::result::Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().map_err(|_| "a time is a number with ms, s, min or h".to_owned())?;
    let unit = match text[digits..].trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        other => return Err(format!("{other:?} is no unit of time; use ms, s, min or h")),
    };
    number.checked_mul(unit).map(Duration::from_millis).ok_or_else(|| "that is too long".to_owned())
}

impl Context {
    /// The history table: the configuration's, else refinery's own.
    pub(super) fn history_table(&self) -> Result<HistoryTable> {
        let Some(name) = &self.config.migrations.history_table else { return Ok(HistoryTable::default()) };
        match crate::base::parse_path(name)?.as_slice() {
            [table] => Ok(HistoryTable { schema: HistoryTable::default().schema, table: table.clone() }),
            [schema, table] => Ok(HistoryTable { schema: schema.clone(), table: table.clone() }),
            _ => Err(Error::input(format!("history_table = {name:?} is not the name of a table"))),
        }
    }

    /// A runner that only reads: nothing is printed while it works.
    pub(super) fn reader(&self) -> Result<Runner> {
        Ok(Runner::new(self.migrations()?).history_table(self.history_table()?))
    }

    /// A runner as the options ask for it, that prints what it does and stops at the first interrupt.
    pub(super) fn runner(&self, migrations: Migrations, options: &RunOptions, session: &Session) -> Result<Runner> {
        let retry = crate::runner::Retry { tries: options.lock_tries, ..Default::default() };
        let progress = Progress::new(self.output);
        self.print_notices(session);
        let canceller = session.canceller();
        Ok(Runner::new(migrations)
            .history_table(self.history_table()?)
            .lock_timeout(options.lock_timeout)
            .statement_timeout(options.statement_timeout)
            .lock_wait(options.wait)
            .retry(retry)
            .allow_out_of_order(options.allow_out_of_order)
            .allow_changed(options.allow_changed)
            .allow_missing(options.allow_missing)
            .on_event(move |event| progress.show(event))
            .interrupt(on_interrupt(self.output))
            // With the session's own encryption, which the driver's token alone would not know.
            .cancel_with(move |_| {
                let canceller = canceller.clone();
                async move { canceller.cancel().await }
            }))
    }

    /// Prints what the server has to say, on standard error: warnings always, notices with `--verbose`.
    fn print_notices(&self, session: &Session) {
        let output = self.output;
        session.on_notice(move |notice: Notice| {
            if output.is_verbose() || notice.sqlstate.starts_with(WARNING) {
                output.note(format!("{}: {}", notice.severity.to_lowercase(), notice.message));
            }
        });
    }
}

/// Turns the first interrupt or termination signal into a request to stop; a second one ends the process.
fn on_interrupt(output: Output) -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        if wait_for_signal().await {
            output.note("stopping: the current migration is rolled back");
            let _ = sender.send(true);
            wait_for_signal().await;
            leave();
        }
    });
    receiver
}

/// Ends the process at once: the person asked twice. The server rolls back what it was doing.
#[expect(clippy::exit, clippy::disallowed_methods, reason = "nothing else is left to do")]
fn leave() -> ! {
    std::process::exit(Exit::Failed.code().into())
}

/// Waits for a signal; false where signals can't be had.
async fn wait_for_signal() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            true
        }
        _ => false,
    }
}

/// Shows the events of a run.
struct Progress {
    output: Output,
    bar: ProgressBar,
    /// Counts what begins and ends, so that the bar appears only for what is still the same after a while.
    step: Arc<AtomicU64>,
}

impl Progress {
    fn new(output: Output) -> Self {
        let bar = ProgressBar::hidden();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        Self { output, bar, step: Arc::default() }
    }

    fn show(&self, event: &Event) {
        match event {
            Event::Started { migration, number, total, .. } => self.begin(format!("{migration} ({number} of {total})")),
            Event::Statement { number, total, text, .. } => {
                self.bar.set_message(format!("statement {number} of {total}: {text}"));
            }
            Event::Finished { migration, direction, elapsed } => {
                self.end();
                let sign = match direction {
                    Direction::Up => "up  ",
                    Direction::Down => "down",
                };
                let sign = render_line(&Line::new(Tone::Good, sign));
                // Whoever reads the output may have gone; the run goes on.
                let _ = self.output.line(format!("  {sign} {:>8}  {migration}", duration(*elapsed)));
            }
            Event::Waiting { holder, waited } => {
                let holder = holder.as_ref().map(|holder| format!(": {holder}")).unwrap_or_default();
                self.note(format!("waiting for another run of migrations since {}{holder}", duration(*waited)));
            }
            Event::Retrying { migration, tried, of, pause, reason, holders } => {
                self.note(format!("{migration}: {reason}; try {} of {of} in {}", tried + 1, duration(*pause)));
                for holder in holders {
                    self.note(format!("  held by {holder}"));
                }
            }
            Event::Resumed { migration, done, total } => {
                self.note(format!("{migration}: {done} of {total} statements ran before, going on after them"));
            }
            Event::DroppingInvalidIndex { index } => {
                self.note(format!("dropping {index}, which a failed build left invalid"));
            }
            Event::Warning(text) => self.note(format!("warning: {text}")),
        }
    }

    fn note(&self, text: String) {
        self.bar.suspend(|| self.output.note(text));
    }

    fn begin(&self, message: String) {
        if !self.output.draws_progress() {
            return;
        }
        self.bar.reset();
        self.bar.set_message(message);
        let this = self.step.fetch_add(1, Ordering::Relaxed) + 1;
        let (bar, step) = (self.bar.clone(), Arc::clone(&self.step));
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            if step.load(Ordering::Relaxed) == this {
                bar.set_draw_target(ProgressDrawTarget::stderr());
                bar.enable_steady_tick(Duration::from_millis(120));
            }
        });
    }

    fn end(&self) {
        self.step.fetch_add(1, Ordering::Relaxed);
        self.bar.finish_and_clear();
        self.bar.set_draw_target(ProgressDrawTarget::hidden());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
