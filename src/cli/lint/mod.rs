//! `pgward lint`: migration text through the rules, with what came before it known.

mod texts;
mod traced;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::json;

use super::config::{RunByWord, read};
use super::context::{Context, write_file};
use super::output::verdict;
use super::source::{Source, SourceOptions, load};
use crate::base::{Error, Exit, Finding, Level, Result, Severity};
use crate::lint::{Baseline, File, Options, Rule, RunBy, codes, lint};
use crate::report::{Case, Line, Outcome, Report, Tone, count, duration};
use texts::Text;
use traced::{Verdicts, trace_texts};

/// Look for what migrations will do to a running system: locks, rewrites, lost data, broken readers
///
/// Reads the text of migrations in their order, so that it knows which tables are new and which are in use. Needs no
/// database. Exits 0 when there is nothing to object to, 1 when there is, and 2 when a file can't be read.
///
/// A comment above a statement accepts a finding: -- pgward:allow CODE REASON [until 2027-01-31]
#[derive(Debug, clap::Args)]
pub(super) struct Lint {
    /// Files or directories, - for standard input [default: all migrations]
    files: Vec<PathBuf>,
    /// Only files that are new or changed since a revision of git
    #[arg(long, value_name = "REV", conflicts_with = "files")]
    since: Option<String>,
    /// Run the files on a throw-away database too, with rows in its tables, and report what each statement really locks,
    /// rewrites and scans
    #[arg(long)]
    trace: bool,
    /// What the files will be applied to: its tables and types are known then
    #[arg(long, value_name = "SOURCE", value_parser = Source::parse)]
    state: Option<Source>,
    /// The findings that are accepted [default: pgward.toml's]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what is found now to the baseline
    #[arg(long)]
    write_baseline: bool,
    /// Who runs the files, which decides on transactions and timeouts [default: pgward.toml's, else pgward]
    #[arg(long, value_name = "RUNNER", value_enum)]
    run_by: Option<RunByWord>,
    /// Look at the files that undo migrations, too
    #[arg(long)]
    downs: bool,
    /// The lowest severity that makes the command exit 1
    #[arg(long, value_name = "SEVERITY", default_value = "error", value_parser = super::context::severity)]
    fail_on: Severity,
}

/// What was looked at, and what was found.
pub(super) struct Checked {
    files: Vec<String>,
    pub(super) statements: usize,
    dynamic: usize,
    accepted: usize,
    pub(super) findings: Vec<Finding>,
    traced: Option<Verdicts>,
    took: Duration,
}

/// Looks at all migrations, as the configuration says.
///
/// # Errors
///
/// Files or a baseline that can't be read.
pub(super) async fn all(context: &Context) -> Result<Checked> {
    let baseline = context.config.lint.baseline.as_deref();
    let baseline = baseline.map(|file| Baseline::parse(&file.display().to_string(), &read(file)?)).transpose()?;
    let lint = Lint {
        files: Vec::new(),
        since: None,
        trace: false,
        state: None,
        baseline: None,
        write_baseline: false,
        run_by: None,
        downs: false,
        fail_on: Severity::Error,
    };
    lint.check(context, baseline.as_ref()).await
}

impl Lint {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let fail_on = self.fail_on;
        let baseline = self.baseline.clone().or_else(|| context.config.lint.baseline.clone());
        if self.write_baseline {
            let file = baseline.ok_or_else(|| {
                Error::input("there is no file for the baseline")
                    .with_hint("name it with --baseline FILE, or as `baseline` under [lint] in pgward.toml")
            })?;
            let found = self.check(context, None).await?.findings;
            let open: Vec<_> = found.into_iter().filter(|finding| finding.waiver.is_none()).collect();
            write_file(&file, &Baseline::of(&open).write())?;
            context.output.note(format!("wrote {} of {}", file.display(), count(open.len(), "finding")));
            return Ok(Exit::Clean);
        }
        let baseline = baseline.map(|file| Baseline::parse(&file.display().to_string(), &read(&file)?)).transpose()?;
        let checked = self.check(context, baseline.as_ref()).await?;
        let exit = verdict(&checked.findings, fail_on);
        context.output.report(checked.report(fail_on))?;
        Ok(exit)
    }

    async fn check(&self, context: &Context, baseline: Option<&Baseline>) -> Result<Checked> {
        let start = Instant::now();
        let before = match &self.state {
            Some(source) => {
                let options = SourceOptions::with_roles(context.config.roles.clone());
                let loaded = load(context, source, &options).await?;
                let catalog = loaded.catalog.clone();
                loaded.close().await?;
                Some(catalog)
            }
            None => None,
        };
        let downs = self.downs || context.config.lint.downs;
        let texts = self.texts(context, downs).await?;
        let files: Vec<_> =
            texts.iter().map(|Text { name, text, wanted, .. }| File { name, text, wanted: *wanted }).collect();
        let run_by = match self.run_by.or(context.config.lint.run_by).unwrap_or(RunByWord::Pgward) {
            RunByWord::Pgward => RunBy::Pgward,
            RunByWord::Transaction => RunBy::Transaction,
            RunByWord::Statements => RunBy::Statements,
        };
        let enabled = |rule: &Rule, file: &str| match context.config.rules.level(rule.code.code, Some(file)) {
            Some(level) => level != Level::Off,
            None => !rule.off,
        };
        let today = time::OffsetDateTime::now_utc().date().to_string();
        let conventions = &context.config.conventions;
        let options = Options { run_by, today: &today, enabled: &enabled, before: before.as_ref(), conventions };
        let linted = lint(&files, &options)?;
        let mut found = linted.findings;
        let traced = match self.trace {
            true => Some(trace_texts(context, &texts, &mut found).await?),
            false => None,
        };
        // A part of the files says nothing about allowances for the rest.
        let whole = self.files.is_empty() && self.since.is_none();
        let ran: Vec<_> = if whole { codes().collect() } else { Vec::new() };
        let findings = context.settle(found, &ran);
        let (findings, accepted) = match baseline {
            Some(baseline) => baseline.split(findings),
            None => (findings, Vec::new()),
        };
        Ok(Checked {
            files: texts.into_iter().filter(|text| text.wanted).map(|text| text.name).collect(),
            statements: linted.statements,
            dynamic: linted.dynamic,
            accepted: accepted.len(),
            findings,
            traced,
            took: start.elapsed(),
        })
    }
}

impl Checked {
    fn report(self, fail_on: Severity) -> Report {
        let of = |severity| {
            self.findings.iter().filter(|finding| finding.waiver.is_none() && finding.severity == severity).count()
        };
        let (errors, warnings, notes) = (of(Severity::Error), of(Severity::Warning), of(Severity::Info));
        let waived = self.findings.iter().filter(|finding| finding.waiver.is_some()).count();
        let found = [(errors, "error"), (warnings, "warning"), (notes, "note")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, noun)| count(number, noun))
            .chain((waived > 0).then(|| format!("{waived} waived")))
            .chain((self.accepted > 0).then(|| format!("{} in the baseline", self.accepted)))
            .collect::<Vec<_>>()
            .join(", ");
        let looked = format!(
            "{} in {} ({})",
            count(self.statements, "statement"),
            count(self.files.len(), "file"),
            duration(self.took)
        );
        let tone = match (errors, warnings) {
            (0, 0) => Tone::Good,
            (0, _) => Tone::Warn,
            _ => Tone::Bad,
        };
        let found = if found.is_empty() { "nothing found".to_owned() } else { found };
        let mut data = json!({ "linted": {
            "files": self.files.len(),
            "statements": self.statements,
            "dynamic": self.dynamic,
            "baseline": self.accepted,
        }});
        let tables = self.traced.as_ref().map(Verdicts::tables).unwrap_or_default();
        if let Some(traced) = &self.traced {
            data["trace"] = traced.data();
        }
        let cases = self.files.iter().map(|name| {
            let findings: Vec<_> = self
                .findings
                .iter()
                .filter(|finding| finding.location.as_ref().is_some_and(|place| place.file == *name))
                .cloned()
                .collect();
            let fails = verdict(&findings, fail_on) == Exit::Findings;
            Case { name: name.clone(), outcome: if fails { Outcome::Findings } else { Outcome::Passed }, findings }
        });
        Report {
            command: "lint",
            tables,
            cases: cases.collect(),
            summary: Line::new(tone, format!("{found}: {looked}")),
            data: data.as_object().cloned().unwrap_or_default(),
            fail_on: Some(fail_on),
            findings: self.findings,
            ..Report::default()
        }
    }
}
