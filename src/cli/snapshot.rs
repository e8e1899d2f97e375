//! `pgward snapshot`: the canonical catalog, for git.

use std::collections::BTreeSet;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::config::read;
use super::context::{Context, write_file, write_file_with};
use super::output::verdict;
use super::source::{Loaded, Source, SourceOptions, compared_owners, load};
use crate::base::{Code, Error, Exit, Finding, Ident, Location, Result, Severity};
use crate::diff::{diff, findings};
use crate::model::{Catalog, SNAPSHOT_VERSION, SchemaFilter, digest, read_snapshot, write_snapshot, write_snapshot_to};
use crate::plan::{roles, write_schema};
use crate::report::{FORMATS, Line, Report, Tone, count};

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

/// Print the catalog, one object a line, or as the SQL that makes it
///
/// Equal catalogs give equal bytes: there are no OIDs, times or settings in a snapshot. With --format sql it is a script
/// that makes the same in an empty database, and says what it needs for that.
#[derive(Debug, clap::Args)]
pub(super) struct Snapshot {
    /// How the catalog is printed; terminal and json are the same, but for what --check finds
    #[arg(long, value_name = "FORMAT", default_value = "terminal", help_heading = "Global options",
          value_parser = clap::builder::PossibleValuesParser::new(formats()))]
    format: String,
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

/// What only this command prints, beside the formats of every report.
const SQL: &str = "sql";

fn formats() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name).chain([SQL])
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

/// Writes a snapshot line by line: one of a large database need not be in memory as a whole.
fn write_out(file: &Path, catalog: &Catalog) -> Result<()> {
    if file.exists() && !file.is_file() {
        // A pipe has no beginning to come back to.
        return write_file(file, &write_snapshot(catalog));
    }
    write_file_with(file, |out| {
        let mut out = BufWriter::new(out);
        write_snapshot_to(catalog, &mut out)?;
        out.flush()
    })
}

impl Snapshot {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let sql = self.format == SQL;
        let expected = match &self.check {
            Some(file) if sql => Some((file, Committed::Sql(read(file)?))),
            Some(file) => {
                let snapshot = read_snapshot(&read(file)?);
                let snapshot = snapshot.map_err(|error| error.with_note(format!("the file is {}", file.display())))?;
                Some((file, Committed::Catalog(snapshot)))
            }
            None => None,
        };
        let mut loaded = load(context, &self.from, &self.source).await?;
        let catalog = std::mem::take(&mut loaded.catalog);
        let filter = looked_at(&self.from, &catalog, &loaded.filter);
        let (assembled, builder) = (loaded.assembled, loaded.builder.take());
        loaded.close().await?;
        for object in &catalog.uncovered {
            context.output.note(format!("not covered: {} {}", object.kind, object.name));
        }
        if self.strict_coverage {
            require_coverage([&catalog])?;
        }
        let text = if sql { write_schema(&catalog, &filter)? } else { String::new() };
        let Some((file, expected)) = expected else {
            match &self.out {
                Some(out) => {
                    if sql { write_file(out, &text) } else { write_out(out, &catalog) }?;
                    context.output.note(format!(
                        "wrote {} of {}",
                        out.display(),
                        count(catalog.objects.len(), "object")
                    ));
                    // The process ends; to free a hundred thousand objects one by one would take a while.
                    let _ = std::mem::ManuallyDrop::new(catalog);
                }
                None if sql => context.output.data(&text)?,
                None => context.output.data(&write_snapshot(&catalog))?,
            }
            return Ok(Exit::Clean);
        };
        // What no kind covers is not part of a snapshot, so it can't differ from one.
        let actual = Catalog { uncovered: Vec::new(), ..catalog };
        let digest_of_actual = digest(&actual);
        let (found, expected) = match expected {
            Committed::Catalog(expected) => {
                let digest = digest(&expected);
                let mut committed = Loaded::committed(expected, &filter);
                let mut shown = Loaded { builder, ..Loaded::of(actual, assembled, &filter) };
                compared_owners(&mut committed, &mut shown);
                (snapshot_findings(&committed.catalog, &shown.catalog), Some(digest))
            }
            Committed::Sql(old) if old == text => (Vec::new(), None),
            Committed::Sql(old) => {
                (self.differing_sql(context, file, &old, &text, (&actual, assembled, &filter)).await?, None)
            }
        };
        let found = context.settle(found, &[]);
        let exit = verdict(&found, Severity::Error);
        let summary = match found.len() {
            0 => Line::new(Tone::Good, format!("{} is up to date", file.display())),
            n => Line::new(Tone::Bad, format!("{} from {}", count(n, "difference"), file.display())),
        };
        let mut data = serde_json::Map::new();
        data.insert("snapshot_version".to_owned(), SNAPSHOT_VERSION.into());
        data.insert("digest".to_owned(), digest_of_actual.into());
        data.extend(expected.map(|digest| ("expected_digest".to_owned(), digest.into())));
        context.output.report(Report { command: "snapshot", findings: found, summary, data, ..Report::default() })?;
        Ok(exit)
    }

    /// What a file of SQL says otherwise: it is applied to a throw-away database and read, and where that makes no
    /// difference, the first line that does is shown.
    async fn differing_sql(
        &self,
        context: &Context,
        file: &Path,
        old: &str,
        new: &str,
        (actual, assembled, filter): (&Catalog, bool, &SchemaFilter),
    ) -> Result<Vec<Finding>> {
        let mut options = self.source.clone();
        options.roles.extend(roles(actual).iter().map(|role| Ident(role).to_string()));
        let made = load(context, &Source::Sql(file.to_owned()), &options).await;
        let (says, hint) = match made {
            Ok(mut made) => {
                let mut shown = Loaded::of(actual.clone(), assembled, filter);
                made.catalog = filter.apply(std::mem::take(&mut made.catalog));
                compared_owners(&mut made, &mut shown);
                let found = findings(&SNAPSHOT_DIFFERS, &diff(&made.catalog, &shown.catalog));
                made.close().await?;
                if !found.is_empty() {
                    return Ok(found);
                }
                ("makes the same schema in other words", None)
            }
            Err(error) => ("differs", Some(format!("it can't be told by object: {}", error.message()))),
        };
        Ok(vec![Finding { hint, ..textual_difference(file, old, new, says) }])
    }
}

/// The finding of a snapshot as SQL that is not the text that it should be.
pub(super) fn difference_of_text(file: &Path, old: &str, new: &str) -> Finding {
    // That the digest differs says nothing.
    let told = |text: &str| -> String {
        let digest = |line: &str| line.starts_with("-- Snapshot: ");
        text.split('\n').map(|line| if digest(line) { "\n" } else { line }.trim_end().to_owned() + "\n").collect()
    };
    textual_difference(file, &told(old), &told(new), "is not what the migrations make")
}

/// What differs from a committed snapshot, by object.
pub(super) fn snapshot_findings(expected: &Catalog, actual: &Catalog) -> Vec<Finding> {
    findings(&SNAPSHOT_DIFFERS, &diff(expected, actual))
}

/// The first line that differs.
fn textual_difference(file: &Path, old: &str, new: &str, says: &str) -> Finding {
    let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    let line = |text: &str| Some(text.lines().nth(same).unwrap_or_default().to_owned());
    let mut finding = Finding::new(&SNAPSHOT_DIFFERS, format!("{} {says}", file.display()));
    finding.location = Some(Location {
        file: file.display().to_string(),
        line: u32::try_from(same + 1).unwrap_or(u32::MAX),
        column: 1,
    });
    (finding.expected, finding.actual) = (line(old), line(new));
    finding
}

/// What a committed file holds.
enum Committed {
    Catalog(Catalog),
    Sql(String),
}

/// The schemas that were looked at. A snapshot does not say; one of a whole database has something that is in no schema.
fn looked_at(source: &Source, catalog: &Catalog, filter: &SchemaFilter) -> SchemaFilter {
    let whole = || catalog.objects.keys().any(|id| catalog.schema_of(id).is_none());
    if !matches!(source, Source::Snapshot(_)) || filter.schemas().is_some() || whole() {
        return filter.clone();
    }
    SchemaFilter::only(catalog.objects.keys().filter_map(|id| catalog.schema_of(id)).collect::<BTreeSet<_>>())
}
