//! `pgward verify`: the manifest against the catalog.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use serde_json::json;

use super::config::read;
use super::context::{Context, write_file};
use super::output::verdict;
use crate::base::{Error, Exit, Finding, Ident, Result, Severity};
use crate::kinds;
use crate::model::{Catalog, SchemaFilter, Shape};
use crate::pg::Session;
use crate::report::{Case, Line, Outcome as Reported, Report, Table, Tone, count, duration};
use crate::verify::{Manifest, Outcome, Verdict, codes, verify, write_manifest};

/// Compare the database with a manifest of what must be in it
///
/// Reads the catalog in a read-only transaction. Exits 0 when everything is as declared, 1 when something is not, and 2
/// when a check could not be made.
#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// The manifest [default: pgward.toml's, else the bundle's]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Write a manifest of what is there, to the manifest's file or to standard output
    #[arg(long)]
    write: bool,
    /// The lowest severity that makes the command exit 1
    #[arg(long, value_name = "SEVERITY", default_value = "error", value_parser = super::context::severity)]
    fail_on: Severity,
}

impl Verify {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let mut session = context.connect().await?;
        if self.write {
            return write(context, &mut session, self.manifest).await;
        }
        let checked = check(context, &mut session, manifest(context, self.manifest)?).await?;
        let exit = checked.exit(self.fail_on);
        context.output.report(checked.report("verify"))?;
        Ok(exit)
    }
}

/// A verified database, and what to say about it.
pub(super) struct Checked {
    manifest: String,
    outcome: Outcome,
    /// Allowances that nothing needed.
    unused: Vec<Finding>,
    took: std::time::Duration,
}

/// Every kind's shape, in the order of [`kinds::ALL`].
pub(super) fn shapes() -> Vec<&'static Shape> {
    kinds::ALL.iter().map(|kind| kind.shape).collect()
}

/// Reads the manifest, and of it what `--schema` asks for. Returns its name and what it declares.
///
/// # Errors
///
/// A manifest that can't be read, or that declares nothing there: what is compared with nothing is not verified.
pub(super) fn manifest(context: &Context, named: Option<PathBuf>) -> Result<(String, Manifest)> {
    let (name, text) = context.manifest(named)?;
    let mut manifest = Manifest::parse(&name, &text, &shapes())?;
    if !context.global.schemas.is_empty() {
        for schema in &context.global.schemas {
            if !manifest.objects.keys().any(|id| id.schema() == Some(schema)) {
                return Err(Error::input(format!("{name} declares nothing in schema {}", Ident(schema))));
            }
        }
        let filter = context.schemas();
        manifest.objects.retain(|id, _| filter.keeps(id.schema()));
    }
    if manifest.objects.is_empty() {
        return Err(Error::input(format!("{name} declares nothing"))
            .with_hint("write a manifest of what is there now: pgward verify --write --manifest FILE"));
    }
    Ok((name, manifest))
}

/// Reads the catalog and compares it with a manifest.
pub(super) async fn check(
    context: &Context,
    session: &mut Session,
    (name, manifest): (String, Manifest),
) -> Result<Checked> {
    let start = Instant::now();
    // All of it: a manifest may declare single tables of a schema, and extensions, which stand in none.
    let catalog = context.catalog(session, &SchemaFilter::all()).await?;
    let checked = Checked::of(context, session, (name, manifest), &catalog).await?;
    Ok(Checked { took: start.elapsed(), ..checked })
}

async fn write(context: &Context, session: &mut Session, named: Option<PathBuf>) -> Result<Exit> {
    let filter = context.schemas();
    let catalog = context.catalog(session, &filter).await?;
    let file = named.or_else(|| context.config.manifest.clone());
    let old = match file.as_deref().filter(|file| file.exists()) {
        Some(file) => Manifest::parse(&file.display().to_string(), &read(file)?, &shapes())?,
        None => Manifest::default(),
    };
    if catalog.objects.is_empty() {
        return Err(Error::input("there is nothing in the managed schemas that a manifest could declare")
            .with_hint("`pgward up` applies migrations; --schema NAME names another schema"));
    }
    let manifest = Manifest::of(&catalog, &shapes(), &old);
    let text = write_manifest(&manifest, &shapes());
    match file {
        Some(file) => {
            write_file(&file, &text)?;
            context.output.note(format!("wrote {} of {}", file.display(), count(manifest.objects.len(), "object")));
        }
        None => context.output.data(&text)?,
    }
    Ok(Exit::Clean)
}

impl Checked {
    /// The exit status: what was not evaluated is never green.
    pub(super) fn exit(&self, fail_on: Severity) -> Exit {
        if self.outcome.count(Verdict::NotEvaluated) > 0 {
            return Exit::Failed;
        }
        verdict(self.findings(), fail_on)
    }

    /// Compares a catalog that was read through the session with a manifest.
    pub(super) async fn of(
        context: &Context,
        session: &mut Session,
        (name, manifest): (String, Manifest),
        catalog: &Catalog,
    ) -> Result<Self> {
        let start = Instant::now();
        let mut outcome = verify(session.client_mut(), &manifest, catalog, &shapes()).await?;
        for check in &mut outcome.checks {
            check.findings = context.settle(std::mem::take(&mut check.findings), &[]);
        }
        outcome.not_covered = context.settle(std::mem::take(&mut outcome.not_covered), &[]);
        // A part of the manifest says nothing about allowances for the rest.
        let ran = if context.global.schemas.is_empty() { codes::ALL } else { &[] };
        let unused = context.unused(&outcome.findings().cloned().collect::<Vec<_>>(), ran);
        Ok(Checked { manifest: name, outcome, unused, took: start.elapsed() })
    }

    /// What was looked at, and what of it could not be evaluated.
    pub(super) fn in_short(&self) -> (String, Option<String>) {
        let outcome = &self.outcome;
        let all = count(outcome.checks.len() - outcome.count(Verdict::Absent), "object");
        let unknown = outcome.count(Verdict::NotEvaluated);
        (all.clone(), (unknown > 0).then(|| format!("{unknown} of {all} could not be checked")))
    }

    /// Everything that was found.
    pub(super) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.outcome.findings().chain(&self.unused)
    }

    /// How many objects are not as declared and need not be: the configuration says so.
    fn allowed(&self) -> usize {
        let failed = self.outcome.checks.iter().filter(|check| check.verdict == Verdict::Fail);
        failed.filter(|check| check.findings.iter().all(|finding| finding.waiver.is_some())).count()
    }

    pub(super) fn report(&self, command: &'static str) -> Report {
        let outcome = &self.outcome;
        let mut kinds: BTreeMap<usize, (&str, [usize; 4])> = BTreeMap::new();
        for check in &outcome.checks {
            let (place, plural) = shapes()
                .iter()
                .enumerate()
                .find(|(_, shape)| shape.name == check.id.kind)
                .map_or((usize::MAX, "others"), |(place, shape)| (place, shape.plural));
            kinds.entry(place).or_insert((plural, [0; 4])).1[check.verdict as usize] += 1;
        }
        let rows = kinds.values().map(|(plural, [passed, failed, unknown, absent])| {
            let mut row = vec![Line::from(*plural)];
            for (number, tone, what) in [
                (*passed, Tone::Good, "ok"),
                (*failed, Tone::Bad, "wrong"),
                (*unknown, Tone::Warn, "not evaluated"),
                (*absent, Tone::Dim, "absent, optional"),
            ] {
                row.push(if number > 0 { Line::new(tone, format!("{number} {what}")) } else { Line::default() });
            }
            row
        });
        let (wrong, allowed) = (outcome.count(Verdict::Fail), self.allowed());
        let unknown = outcome.count(Verdict::NotEvaluated);
        let all = count(outcome.checks.len() - outcome.count(Verdict::Absent), "object");
        let took = duration(self.took);
        let summary = match (wrong, unknown) {
            (0, 0) if !outcome.not_covered.is_empty() => Line::new(
                Tone::Warn,
                format!("{all} as declared; {} not covered ({took})", count(outcome.not_covered.len(), "object")),
            ),
            (0, 0) => Line::new(Tone::Good, format!("{all} as declared ({took})")),
            (wrong, 0) if wrong == allowed => {
                Line::new(Tone::Warn, format!("{wrong} of {all} not as declared, as is allowed ({took})"))
            }
            (0, unknown) => Line::new(Tone::Bad, format!("{unknown} of {all} could not be checked ({took})")),
            (wrong, 0) => Line::new(Tone::Bad, format!("{wrong} of {all} not as declared ({took})")),
            (wrong, unknown) => {
                Line::new(Tone::Bad, format!("{wrong} of {all} not as declared, {unknown} not evaluated ({took})"))
            }
        };
        let checks = outcome
            .checks
            .iter()
            .map(|check| json!({ "object": check.id.to_ref(check.id.path.len() > 1), "verdict": check.verdict }));
        let data = json!({
            "manifest": self.manifest,
            "summary": {
                "pass": outcome.count(Verdict::Pass),
                "fail": wrong,
                "not_evaluated": unknown,
                "absent": outcome.count(Verdict::Absent),
                "not_covered": outcome.not_covered.len(),
            },
            "checks": checks.collect::<Vec<_>>(),
        });
        let cases = outcome.checks.iter().filter(|check| check.verdict != Verdict::Absent).map(|check| Case {
            name: check.id.to_string(),
            outcome: match check.verdict {
                Verdict::Pass | Verdict::Absent => Reported::Passed,
                Verdict::Fail => Reported::Findings,
                Verdict::NotEvaluated => Reported::NotEvaluated,
            },
            findings: check.findings.clone(),
        });
        Report {
            command,
            cases: cases.collect(),
            tables: vec![Table { title: format!("Verified against {}", self.manifest), rows: rows.collect() }],
            findings: self.findings().cloned().collect(),
            summary,
            data: data.as_object().cloned().unwrap_or_default(),
            ..Report::default()
        }
    }
}

impl Context {
    /// The schemas that are managed: `--schema`, else the configuration, else the bundle's, else all.
    pub(super) fn schemas(&self) -> SchemaFilter {
        if !self.global.schemas.is_empty() {
            return SchemaFilter::only(self.global.schemas.clone());
        }
        match &self.config.schemas {
            Some(schemas) => SchemaFilter::only(schemas.clone()),
            None if self.uses_bundle() => SchemaFilter::only(["ops"]),
            None => SchemaFilter::all(),
        }
    }
}
