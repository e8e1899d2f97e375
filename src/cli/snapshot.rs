//! `pgward snapshot`: the canonical catalog, for git.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::config::read;
use super::context::{Context, write_file};
use super::output::verdict;
use super::source::{Source, SourceOptions, load};
use crate::base::{Code, Error, Exit, Finding, Result, Severity};
use crate::diff::{diff, findings};
use crate::model::{Catalog, SNAPSHOT_VERSION, digest, read_snapshot, write_snapshot};
use crate::report::{Line, Report, Tone, count};

/// Every code of this command.
pub(super) const CODES: &[&Code] = &[&SNAPSHOT_DIFFERS];

/// A committed snapshot is not what the database has.
static SNAPSHOT_DIFFERS: Code = Code {
    code: "SN001",
    name: "snapshot-differs",
    severity: Severity::Error,
    description: "The snapshot file is not what the database has. Either the file was not written anew after the schema \
                  changed, or the database was changed past the migrations. `pgward snapshot --out FILE` writes it anew; \
                  the difference in git is then what a reviewer reads.",
    bad: "alter table ops.runs add column note text; -- and the file as it was",
    good: "pgward snapshot --out schema/ops.snapshot.json",
};

/// Print the catalog, one object a line
///
/// Equal catalogs give equal bytes: there are no OIDs, times or settings in a snapshot.
#[derive(Debug, clap::Args)]
pub(super) struct Snapshot {
    /// Write to a file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Compare with a file instead: exit 1 when they differ
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    check: Option<PathBuf>,
    /// Of what: db:URL, snapshot:FILE, migrations:DIR[@VERSION], sql:FILE, git:REV[:DIR], bundle:ops[@VERSION] or live
    #[arg(long, value_name = "SOURCE", default_value = "live", value_parser = Source::parse)]
    from: Source,
    #[command(flatten)]
    source: SourceOptions,
    /// Exit 2 when the catalog holds what no kind covers
    #[arg(long)]
    strict_coverage: bool,
}

/// Refuses to go on where a catalog holds what no kind covers.
///
/// # Errors
///
/// Then, with what it is by name.
pub(super) fn require_coverage<'a>(catalogs: impl IntoIterator<Item = &'a Catalog>) -> Result<()> {
    let uncovered: BTreeSet<_> = catalogs.into_iter().flat_map(|catalog| &catalog.uncovered).collect();
    if uncovered.is_empty() {
        return Ok(());
    }
    let error = Error::input(format!("{} not covered by any kind", count(uncovered.len(), "object")));
    let error =
        uncovered.iter().fold(error, |error, object| error.with_note(format!("{} {}", object.kind, object.name)));
    Err(error.with_hint("without --strict-coverage they are reported and not compared in detail"))
}

impl Snapshot {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let expected = match &self.check {
            Some(file) => {
                let snapshot = read_snapshot(&read(file)?);
                Some((file, snapshot.map_err(|error| error.with_note(format!("the file is {}", file.display())))?))
            }
            None => None,
        };
        let mut loaded = load(context, &self.from, &self.source).await?;
        let catalog = std::mem::take(&mut loaded.catalog);
        loaded.close().await?;
        for object in &catalog.uncovered {
            context.output.note(format!("not covered: {} {}", object.kind, object.name));
        }
        if self.strict_coverage {
            require_coverage([&catalog])?;
        }
        let Some((file, expected)) = expected else {
            let text = write_snapshot(&catalog);
            match &self.out {
                Some(out) => {
                    write_file(out, &text)?;
                    context.output.note(format!(
                        "wrote {} of {}",
                        out.display(),
                        count(catalog.objects.len(), "object")
                    ));
                }
                None => context.output.data(&text)?,
            }
            return Ok(Exit::Clean);
        };
        // What no kind covers is not part of a snapshot, so it can't differ from one.
        let actual = Catalog { uncovered: Vec::new(), ..catalog };
        let found: Vec<Finding> = findings(&SNAPSHOT_DIFFERS, &diff(&expected, &actual));
        let exit = verdict(&found, Severity::Error);
        let summary = match found.len() {
            0 => Line::new(Tone::Good, format!("{} is up to date", file.display())),
            n => Line::new(Tone::Bad, format!("{} from {}", count(n, "difference"), file.display())),
        };
        let data = serde_json::json!({
            "snapshot_version": SNAPSHOT_VERSION,
            "digest": digest(&actual),
            "expected_digest": digest(&expected),
        });
        context.output.report(Report {
            command: "snapshot",
            findings: found,
            summary,
            data: data.as_object().cloned().unwrap_or_default(),
            ..Report::default()
        })?;
        Ok(exit)
    }
}
