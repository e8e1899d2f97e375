//! `pgward lint`: migration text through the rules, with what came before it known.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use super::config::{RunByWord, read};
use super::context::{Context, write_file};
use super::output::verdict;
use super::source::{At, Source, SourceOptions, find_in_revision, load};
use crate::base::{Error, Exit, Finding, Level, Result, Severity};
use crate::lint::{Baseline, File, Options, Rule, RunBy, codes, lint};
use crate::report::{Case, Line, Outcome, Report, Tone, count, duration};
use crate::source::{Direction, Migrations};

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
    statements: usize,
    dynamic: usize,
    accepted: usize,
    findings: Vec<Finding>,
    took: Duration,
}

/// A text to look at.
struct Text {
    name: String,
    text: String,
    wanted: bool,
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
                let options = SourceOptions { roles: context.config.roles.clone() };
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
            texts.iter().map(|Text { name, text, wanted }| File { name, text, wanted: *wanted }).collect();
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
        let linted = lint(&files, &Options { run_by, today: &today, enabled: &enabled, before: before.as_ref() })?;
        // A part of the files says nothing about allowances for the rest.
        let whole = self.files.is_empty() && self.since.is_none();
        let ran: Vec<_> = if whole { codes().collect() } else { Vec::new() };
        let findings = context.settle(linted.findings, &ran);
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
            took: start.elapsed(),
        })
    }

    /// The texts in the order in which they are applied, those that are only known included.
    async fn texts(&self, context: &Context, downs: bool) -> Result<Vec<Text>> {
        if self.files.is_empty() {
            let changed = match (&self.since, context.migrations_dir()) {
                (Some(revision), Some(dir)) => Some(Changed::since(revision, dir).await?),
                (Some(_), None) => {
                    return Err(Error::input("the bundle's files are not in this repository")
                        .with_hint("name the directory of migrations with --migrations DIR"));
                }
                (None, _) => None,
            };
            let wanted = |name: &str, text: &str| changed.as_ref().is_none_or(|changed| changed.holds(name, text));
            return Ok(migrations(&context.migrations()?, downs, &wanted));
        }
        let mut named = Vec::new();
        for file in &self.files {
            if file == Path::new("-") {
                let mut text = String::new();
                let read = std::io::stdin().read_to_string(&mut text);
                read.map_err(|error| Error::environment("standard input can't be read").with_source(error))?;
                named.push(Text { name: "-".to_owned(), text, wanted: true });
            } else if file.is_dir() {
                named.extend(directory(file, downs)?);
            } else {
                named.push(Text { name: file.display().to_string(), text: read(file)?, wanted: true });
            }
        }
        // Files of the configured migrations stand in their order, after those that came before them.
        let Some(all) = context.migrations_dir().and_then(|dir| Migrations::from_dir(dir).ok()) else {
            return Ok(named);
        };
        let real = |name: &str| std::fs::canonicalize(name).ok();
        let is_wanted = |name: &str| named.iter().any(|text| text.name == name || real(&text.name) == real(name));
        let known = migrations(&all, true, &|name, _| is_wanted(name));
        let is_known = |name: &str| known.iter().any(|text| text.name == name || real(&text.name) == real(name));
        let others: Vec<_> = named.iter().filter(|text| !is_known(&text.name)).map(|text| text.name.clone()).collect();
        let mut texts: Vec<_> =
            known.into_iter().filter(|text| text.wanted || !text.name.ends_with(".down.sql")).collect();
        texts.extend(named.into_iter().filter(|text| others.contains(&text.name)));
        Ok(texts)
    }
}

/// The files of migrations, in order.
fn migrations(all: &Migrations, downs: bool, wanted: &dyn Fn(&str, &str) -> bool) -> Vec<Text> {
    let directions: &[_] = if downs { &[Direction::Up, Direction::Down] } else { &[Direction::Up] };
    let mut texts = Vec::new();
    for migration in all {
        for file in directions.iter().filter_map(|direction| migration.file(*direction)) {
            let (text, _) = file.sql();
            let wanted = wanted(&file.file, text);
            texts.push(Text { name: file.file.clone(), text: text.to_owned(), wanted });
        }
    }
    texts
}

/// The files of a directory that is no directory of migrations need not be one: then by name.
fn directory(dir: &Path, downs: bool) -> Result<Vec<Text>> {
    if let Ok(all) = Migrations::from_dir(dir) {
        return Ok(migrations(&all, downs, &|_, _| true));
    }
    let listed = std::fs::read_dir(dir)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| Error::input(format!("{} can't be read: {error}", dir.display())))?;
    let mut paths: Vec<_> = listed.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql")));
    paths.sort();
    let text = |path: PathBuf| Ok(Text { name: path.display().to_string(), text: read(&path)?, wanted: true });
    paths.into_iter().map(text).collect()
}

/// The files of a directory as a revision has them.
struct Changed {
    dir: PathBuf,
    old: Vec<(PathBuf, Vec<u8>)>,
}

impl Changed {
    async fn since(revision: &str, dir: &Path) -> Result<Self> {
        let old = match find_in_revision(revision, dir).await? {
            Some(At::Directory(files)) => files,
            Some(At::File(_)) | None => Vec::new(),
        };
        Ok(Self { dir: dir.to_owned(), old })
    }

    /// Whether a file is new or another than in the revision.
    fn holds(&self, name: &str, text: &str) -> bool {
        let inner = Path::new(name).strip_prefix(&self.dir).unwrap_or(Path::new(name));
        let old = self.old.iter().find(|(path, _)| path == inner);
        old.is_none_or(|(_, bytes)| bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes) != text.as_bytes())
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
        let data = json!({ "linted": {
            "files": self.files.len(),
            "statements": self.statements,
            "dynamic": self.dynamic,
            "baseline": self.accepted,
        }});
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
            cases: cases.collect(),
            summary: Line::new(tone, format!("{found}: {looked}")),
            data: data.as_object().cloned().unwrap_or_default(),
            fail_on: Some(fail_on),
            findings: self.findings,
            ..Report::default()
        }
    }
}
