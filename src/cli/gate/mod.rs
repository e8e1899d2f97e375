//! `pgward gate`: all checks that `pgward.toml` asks for, one verdict.
//!
//! A check is one file in `checks` and one line in [`checks::ALL`]. All of them run at the same time, on one throw-away
//! database and what was read of it; what needs the same thing waits for whoever makes it first.

mod checks;
mod ground;
mod memory;
mod review;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::context::{Context, write_file};
use crate::base::{Error, Exit, Result, Severity};
use crate::gate::{Found, section, verdict, without_notes};
use crate::report::{FORMATS, Format, Line, Outcome, Report, Section, Table, Tone, count, duration, render_error};
use checks::{Check, Trouble};
use ground::Ground;
use memory::Memory;

/// Run every check that pgward.toml asks for, and give one verdict
///
/// Exits 0 when every check was made and objects to nothing, 1 when one found something, and 2 when one could not be made:
/// what was not evaluated is never green. Throw-away databases come from --shadow-url, else the development server, where
/// what passed is remembered until something changes.
#[derive(Debug, clap::Args)]
pub(super) struct Gate {
    /// Run only this check; may be repeated [default: pgward.toml's, else each that has something to look at]
    #[arg(long = "only", value_name = "CHECK", value_parser = known())]
    only: Vec<String>,
    /// Leave this check out; may be repeated
    #[arg(long = "skip", value_name = "CHECK", value_parser = known())]
    skip: Vec<String>,
    /// Add what differs from the schema at a revision of git, and how risky that is
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// The lowest severity that makes the command exit 1 [default: pgward.toml's, else error]
    #[arg(long, value_name = "SEVERITY", value_parser = super::context::severity)]
    fail_on: Option<Severity>,
    /// Write the report in a format to a file, too; may be repeated
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = Copy::parse)]
    reports: Vec<Copy>,
    /// Make every check, also those that passed before on the same files
    #[arg(long)]
    afresh: bool,
    /// Remember what passed in this directory [default: beside the development server, nowhere with --shadow-url]
    #[arg(long, value_name = "DIR", conflicts_with = "afresh")]
    memory: Option<PathBuf>,
}

/// A report that goes to a file.
#[derive(Debug, Clone)]
struct Copy {
    format: &'static Format,
    file: PathBuf,
}

impl Copy {
    fn parse(text: &str) -> std::result::Result<Self, String> {
        let (name, file) = text.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("it is FORMAT=FILE")?;
        let known = || FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
        let format = FORMATS.iter().find(|format| format.name == name);
        let format = format.ok_or_else(|| format!("there is no format {name:?}; there is: {}", known()))?;
        Ok(Self { format, file: file.into() })
    }

    fn write_failure(&self, error: &Error) -> Result<()> {
        match self.format.failure {
            Some(failure) => write_file(&self.file, &failure(Some("gate"), error)),
            None => Ok(()),
        }
    }
}

/// The checks as the help shows them.
fn known() -> clap::builder::PossibleValuesParser {
    checks::ALL.iter().map(|check| clap::builder::PossibleValue::new(check.name).help(check.about)).into()
}

/// The names of all checks, in order.
pub(super) fn names() -> Vec<&'static str> {
    checks::ALL.iter().map(|check| check.name).collect()
}

/// Each check's name and what it looks at.
pub(super) fn described() -> impl Iterator<Item = (&'static str, &'static str)> {
    checks::ALL.iter().map(|check| (check.name, check.about))
}

/// What every check is given.
struct Gating<'a> {
    context: &'a Context,
    ground: Ground<'a>,
    /// Whether the configuration or the command line names the checks: then one with nothing to look at can't be made.
    named: bool,
    wanted: Vec<&'static str>,
    memory: Memory,
}

impl Gate {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let done = self.report(context).await;
        if let Err(error) = &done {
            // Whoever waits for the files learns why there is no verdict.
            for copy in &self.reports {
                copy.write_failure(error)?;
            }
        }
        done
    }

    async fn report(&self, context: &Context) -> Result<Exit> {
        let start = Instant::now();
        let fail_on = self.fail_on.or(context.config.gate.fail_on).unwrap_or(Severity::Error);
        let (wanted, named) = self.wanted(context);
        let ground = Ground::new(context);
        let memory = self.memory(context, &ground, fail_on).await?;
        let gating = Gating { context, ground, named, wanted, memory };
        let made = self.make(&gating, fail_on).await;
        // Also after an error: nothing is left behind.
        let closed = gating.ground.close().await;
        let (sections, troubles, review) = made?;
        closed?;
        let exit = verdict(&sections);
        let mut told: Vec<String> = Vec::new();
        for error in troubles.iter().map(render_error) {
            // Several checks may have come to the same end.
            if !told.contains(&error) {
                context.output.note(format!("{}{error}", if told.is_empty() { "" } else { "\n" }).trim_end());
                told.push(error);
            }
        }
        let summary = summary(&sections, start.elapsed());
        // A check that nobody asked for is no news.
        let shown = sections.iter().filter(|section| section.outcome != Outcome::Off || !section.about.is_empty());
        let outcomes: Vec<_> = shown.map(row).collect();
        let report = Report {
            command: "gate",
            tables: vec![Table { title: String::new(), rows: outcomes }],
            review,
            sections,
            summary,
            fail_on: Some(fail_on),
            codes: super::explain::codes().collect(),
            ..Report::default()
        };
        for copy in &self.reports {
            write_file(&copy.file, &(copy.format.render)(&report))?;
        }
        context.output.report(report)?;
        Ok(exit)
    }

    /// The checks that are asked for, and whether somebody named them.
    fn wanted(&self, context: &Context) -> (Vec<&'static str>, bool) {
        let configured = context.config.gate.checks.as_ref();
        let wanted = names().into_iter().filter(|name| match (self.only.is_empty(), configured) {
            (false, _) => self.only.iter().any(|only| only == name),
            (true, Some(checks)) => checks.contains(name),
            (true, None) => true,
        });
        let wanted = wanted.filter(|name| !self.skip.iter().any(|skip| skip == name));
        (wanted.collect(), !self.only.is_empty() || configured.is_some())
    }

    async fn memory(&self, context: &Context, ground: &Ground<'_>, fail_on: Severity) -> Result<Memory> {
        if self.afresh || !context.config.gate.remember {
            return Ok(Memory::none());
        }
        Memory::open(context, ground, self.memory.as_deref(), fail_on == Severity::Info).await
    }

    /// Makes the checks and the comparison with a revision, all at the same time.
    async fn make(
        &self,
        gating: &Gating<'_>,
        fail_on: Severity,
    ) -> Result<(Vec<Section>, Vec<Error>, Option<crate::report::Review>)> {
        let sections = join_all(checks::ALL.iter().map(|check| make(gating, check, fail_on)));
        let review = async {
            match &self.base {
                Some(revision) => review::of(gating, revision).await.map(Some),
                None => Ok(None),
            }
        };
        let (made, review) = tokio::join!(sections, review);
        let review = review?;
        let (sections, troubles): (Vec<_>, Vec<_>) = made.into_iter().unzip();
        Ok((sections, troubles.into_iter().flatten().collect(), review))
    }
}

/// Makes one check. An error is not the end of the others: the check is not evaluated then.
async fn make(gating: &Gating<'_>, check: &'static Check, fail_on: Severity) -> (Section, Option<Error>) {
    let start = Instant::now();
    let off = |about: String| Section {
        name: check.name,
        outcome: Outcome::Off,
        about,
        findings: Vec::new(),
        notes: 0,
        took: Duration::ZERO,
    };
    if !gating.wanted.contains(&check.name) {
        return (off(String::new()), None);
    }
    match (check.lacks)(gating) {
        Some(why) if !gating.named => return (off(why), None),
        Some(why) => {
            let found = Found { unknown: Some(why), ..Found::default() };
            return (section(check.name, found, fail_on, start.elapsed()), None);
        }
        None => {}
    }
    let (found, trouble) = match (check.run)(gating).await {
        Ok(found) => (found, None),
        Err(Trouble::Blocked(why)) => (Found { unknown: Some(why), ..Found::default() }, None),
        Err(Trouble::Error(error)) => {
            let found = Found { unknown: Some(error.to_string()), ..Found::default() };
            (found, Some(error))
        }
    };
    (without_notes(section(check.name, found, fail_on, start.elapsed()), fail_on), trouble)
}

fn row(section: &Section) -> Vec<Line> {
    let (tone, word) = match section.outcome {
        Outcome::Passed => (Tone::Good, "passed"),
        Outcome::Findings => (Tone::Bad, "findings"),
        Outcome::NotEvaluated => (Tone::Bad, "not made"),
        Outcome::Off => (Tone::Dim, "off"),
    };
    let open = section.findings.iter().filter(|finding| finding.waiver.is_none()).count();
    let numbers = [(open, "finding"), (section.notes, "note")];
    let said: Vec<_> = numbers.iter().filter(|(number, _)| *number > 0).map(|(n, noun)| count(*n, noun)).collect();
    let about = match (said.join(", "), section.outcome) {
        (said, _) if said.is_empty() => section.about.clone(),
        (said, Outcome::NotEvaluated) => format!("{}; {said}", section.about),
        (said, _) => format!("{said} in {}", section.about),
    };
    let took = if section.took.is_zero() { Line::default() } else { Line::new(Tone::Dim, duration(section.took)) };
    vec![Line::new(tone, word), section.name.into(), took, about.into()]
}

fn summary(sections: &[Section], took: Duration) -> Line {
    let of = |outcome| sections.iter().filter(|section| section.outcome == outcome).count();
    let (passed, found, unknown) = (of(Outcome::Passed), of(Outcome::Findings), of(Outcome::NotEvaluated));
    let all = passed + found + unknown;
    let took = duration(took);
    match (found, unknown) {
        (0, 0) if all == 0 => Line::new(Tone::Bad, "no check was made"),
        (0, 0) => Line::new(Tone::Good, format!("{} passed ({took})", count(passed, "check"))),
        (found, 0) => Line::new(Tone::Bad, format!("{found} of {} found something ({took})", count(all, "check"))),
        (0, unknown) => Line::new(Tone::Bad, format!("{unknown} of {} not made ({took})", count(all, "check"))),
        (found, unknown) => Line::new(
            Tone::Bad,
            format!("{found} of {} found something, {unknown} not made ({took})", count(all, "check")),
        ),
    }
}
