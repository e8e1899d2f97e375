//! `pgward diff`: what differs between two sources, for a reviewer.

use std::path::PathBuf;

use super::context::{Context, write_file};
use super::drawing::drawing;
use super::effects::effects;
use super::plan::{self, PlanOptions, PlanTimeouts};
use super::snapshot::require_coverage;
use super::source::{Loaded, Source, SourceOptions, compared_hidden, compared_owners, load_both, load_differing};
use super::verify::shapes;
use crate::base::{Exit, Result};
use crate::diff::{Comparison, Hint, Renaming, compare};
use crate::kinds;
use crate::prove::Inverse;
use crate::report::{Compared, Report, Review, count, render_html};

/// Show what differs between two schemas
///
/// Either side is a database, or files that are applied to a throw-away database and read back. A SOURCE is db:URL,
/// snapshot:FILE, migrations:DIR[@VERSION], sql:FILE (or a directory of such, or - for standard input),
/// git:REV[:DIR], bundle:ops[@VERSION] or live.
#[derive(Debug, clap::Args)]
pub(super) struct Diff {
    /// The old side
    #[arg(long, value_name = "SOURCE", value_parser = Source::parse)]
    from: Source,
    /// The new side
    #[arg(long, value_name = "SOURCE", value_parser = Source::parse)]
    to: Source,
    /// Exit 1 when there is a difference
    #[arg(long)]
    check: bool,
    /// Count another order of columns as a difference
    #[arg(long)]
    column_order: bool,
    /// What was renamed, such as ops.runs=ops.jobs or column:ops.runs.state=status; may be repeated
    #[arg(long = "rename", value_name = "OLD=NEW")]
    renames: Vec<String>,
    /// Write a page for reviewers too, that needs nothing else
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Exit 2 when either side holds what no kind covers
    #[arg(long)]
    strict_coverage: bool,
    /// Print the SQL that makes the old side the new one, seen to work on a copy with rows in it
    #[arg(long)]
    sql: bool,
    /// Write the SQL of the way back too
    #[arg(long, value_name = "FILE", requires = "sql")]
    inverse: Option<PathBuf>,
    #[command(flatten)]
    plan: PlanOptions,
    #[command(flatten)]
    timeouts: PlanTimeouts,
    #[command(flatten)]
    source: SourceOptions,
}

impl Diff {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        // A plan is proven on the whole, a drawing tells of more than what differs, and a hint may be about anything.
        let is_about_all =
            self.sql || self.html.is_some() || !self.renames.is_empty() || !context.config.renames.is_empty();
        let (mut from, mut to) = match is_about_all {
            true => load_both(context, &self.from, &self.to, &self.source).await?,
            false => load_differing(context, &self.from, &self.to, &self.source).await?,
        };
        let done = self.report(context, &mut from, &mut to).await;
        // Also after an error: nothing is left behind.
        let closed = [from.close().await, to.close().await];
        let exit = done?;
        closed.into_iter().collect::<Result<()>>()?;
        Ok(exit)
    }

    async fn report(&self, context: &Context, from: &mut Loaded, to: &mut Loaded) -> Result<Exit> {
        if self.strict_coverage {
            require_coverage([&from.catalog, &to.catalog])?;
        }
        let comparison = compare_sources(context, &self.renames, from, to)?;
        let mut review = review(from, to, &comparison);
        review.column_order = self.column_order;
        let differs = review.differs();
        if let Some(file) = &self.html {
            review.drawing = drawing(&from.catalog, &to.catalog, &comparison);
            write_file(file, &render_html(&review))?;
            context.output.note(format!("wrote {}", file.display()));
        }
        let mut data = serde_json::Map::new();
        if self.sql {
            let sql = self.plan(context, from, to, &comparison, &mut data).await?;
            if context.output.is_for_people() {
                context.output.data(&sql)?;
                return Ok(if self.check && differs { Exit::Findings } else { Exit::Clean });
            }
        }
        context.output.report(Report { command: "diff", review: Some(review), data, ..Report::default() })?;
        Ok(if self.check && differs { Exit::Findings } else { Exit::Clean })
    }
}

impl Diff {
    /// The proven plan as SQL; for scripts, its statements too. The way back goes to its file.
    async fn plan(
        &self,
        context: &Context,
        from: &Loaded,
        to: &Loaded,
        comparison: &Comparison,
        data: &mut serde_json::Map<String, serde_json::Value>,
    ) -> Result<String> {
        let inverse = if self.inverse.is_some() { Inverse::Whole } else { Inverse::No };
        let proven = plan::proven(context, from, to, comparison, &self.plan, inverse).await?;
        if let (Some(file), Some(back)) = (&self.inverse, &proven.inverse) {
            write_file(file, &self.timeouts.write(back))?;
            let losses = back.losses().count();
            let loses = if losses == 0 {
                String::new()
            } else {
                format!(", which loses data in {}", count(losses, "statement"))
            };
            context.output.note(format!("wrote {}{loses}", file.display()));
        }
        let sql = self.timeouts.write(&proven.plan);
        data.insert("plan".to_owned(), serde_json::json!(proven.plan.groups));
        data.insert("sql".to_owned(), sql.clone().into());
        if proven.plan.is_empty() {
            context.output.note("nothing differs that SQL can change");
        }
        Ok(sql)
    }
}

/// What a reviewer is shown of two catalogs that were compared.
fn review(from: &Loaded, to: &Loaded, comparison: &Comparison) -> Review {
    let shapes = shapes();
    // Where no order works, the differences are shown all the same: making them is another matter.
    let planned = crate::plan::plan(&from.catalog, &to.catalog, &comparison.renames).unwrap_or_default();
    let compared = Compared {
        before: &from.catalog,
        after: &to.catalog,
        comparison,
        effects: &effects(&planned, comparison, &from.catalog, &to.catalog),
        shapes: &shapes,
    };
    Review::new(&from.label, &to.label, compared)
}

/// Compares two sources for a reviewer.
///
/// # Errors
///
/// A hint of the configuration that can't be followed.
pub(super) fn review_of(context: &Context, from: &mut Loaded, to: &mut Loaded) -> Result<Review> {
    let comparison = compare_sources(context, &[], from, to)?;
    Ok(review(from, to, &comparison))
}

/// Compares two sources, with renames as the command line and the configuration tell them.
///
/// # Errors
///
/// A hint that can't be followed.
pub(super) fn compare_sources(
    context: &Context,
    renames: &[String],
    from: &mut Loaded,
    to: &mut Loaded,
) -> Result<Comparison> {
    compared_owners(from, to);
    compared_hidden(from, to);
    let hints = hints(context, renames)?;
    let shapes = shapes();
    compare(&from.catalog, &to.catalog, &Renaming { hints: &hints, shapes: &shapes, nameless: kinds::NAMELESS })
}

/// The hints of the command line and of the configuration.
fn hints(context: &Context, given: &[String]) -> Result<Vec<Hint>> {
    let lasting = context.config.renames.iter().map(|(old, new)| Hint::of(old, new));
    given.iter().map(|text| Hint::parse(text)).chain(lasting).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::model::{Catalog, ObjectId, SchemaFilter, Snapshot, read_differing, write_snapshot};
    use crate::plan::TIES;
    use crate::report::FORMATS;

    /// What every format prints of a comparison.
    fn printed(before: Catalog, after: Catalog) -> Vec<String> {
        let loaded = |catalog| Loaded::committed(catalog, &SchemaFilter::all()).called("snapshot");
        let (from, to) = (loaded(before), loaded(after));
        let shapes = shapes();
        let renaming = Renaming { hints: &[], shapes: &shapes, nameless: kinds::NAMELESS };
        let comparison = compare(&from.catalog, &to.catalog, &renaming).unwrap();
        let review = review(&from, &to, &comparison);
        let report = Report { command: "diff", review: Some(review), ..Report::default() };
        FORMATS.iter().map(|format| (format.render)(&report)).collect()
    }

    /// What a release changes: an object of the bundle goes with all that is in it, is another one, or has another name.
    fn change(catalog: &mut Catalog, which: usize, how: u8) {
        let id = catalog.objects.keys().nth(which % catalog.objects.len()).unwrap().clone();
        let is_in = |other: &ObjectId| other.path.starts_with(&id.path);
        match how {
            0 => catalog.objects.retain(|other, object| !is_in(other) && !object.needs.iter().any(&is_in)),
            1 => _ = catalog.objects.get_mut(&id).unwrap().attrs.insert("comment".to_owned(), json!("another")),
            2 => {
                let attrs = &mut catalog.objects.get_mut(&id).unwrap().attrs;
                let first = attrs.keys().nth(which % attrs.len().max(1)).cloned();
                let _ = first.and_then(|first| attrs.remove(&first));
            }
            _ => {
                let mut object = catalog.objects.remove(&id).unwrap();
                object.needs.clear();
                let mut renamed = id.clone();
                renamed.path.last_mut().unwrap().push_str("_2");
                catalog.objects.insert(renamed, object);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn of_two_snapshots_is_printed_what_is_printed_of_everything(
            changes in proptest::collection::vec((any::<usize>(), 0u8..4), 0..4)
        ) {
            let text = include_str!("../../schema/ops.snapshot.json").to_owned();
            let old = Snapshot::open(text).unwrap();
            let mut after = old.read().unwrap();
            for (which, how) in changes {
                change(&mut after, which, how);
            }
            let new = Snapshot::open(write_snapshot(&after)).unwrap();
            let (read, of) = read_differing(&old, &new, &TIES).unwrap();
            prop_assert_eq!(printed(read, of), printed(old.read().unwrap(), after));
        }
    }
}
