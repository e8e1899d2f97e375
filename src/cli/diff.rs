//! `pgward diff`: what differs between two sources, for a reviewer.

use std::path::PathBuf;

use super::context::{Context, write_file};
use super::drawing::drawing;
use super::effects::effects;
use super::snapshot::require_coverage;
use super::source::{Loaded, Source, SourceOptions, compared_owners, load_both};
use super::verify::shapes;
use crate::base::{Exit, Result};
use crate::diff::{Hint, Renaming, compare};
use crate::kinds;
use crate::plan::plan;
use crate::report::{Compared, Report, Review, render_html};

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
    #[command(flatten)]
    source: SourceOptions,
}

impl Diff {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let hints = hints(context, &self.renames)?;
        let (mut from, mut to) = load_both(context, &self.from, &self.to, &self.source).await?;
        let done = self.report(context, &hints, &mut from, &mut to);
        // Also after an error: nothing is left behind.
        let closed = [from.close().await, to.close().await];
        let exit = done?;
        closed.into_iter().collect::<Result<()>>()?;
        Ok(exit)
    }

    fn report(&self, context: &Context, hints: &[Hint], from: &mut Loaded, to: &mut Loaded) -> Result<Exit> {
        compared_owners(from, to);
        if self.strict_coverage {
            require_coverage([&from.catalog, &to.catalog])?;
        }
        let shapes = shapes();
        let renaming = Renaming { hints, shapes: &shapes, nameless: kinds::NAMELESS };
        let comparison = compare(&from.catalog, &to.catalog, &renaming)?;
        // Where no order works, the differences are shown all the same: making them is another matter.
        let plan = plan(&from.catalog, &to.catalog, &comparison.renames).unwrap_or_default();
        let compared = Compared {
            before: &from.catalog,
            after: &to.catalog,
            comparison: &comparison,
            effects: &effects(&plan, &comparison, &from.catalog, &to.catalog),
            shapes: &shapes,
        };
        let mut review = Review::new(&from.label, &to.label, compared);
        review.column_order = self.column_order;
        review.drawing = drawing(&from.catalog, &to.catalog, &comparison);
        let differs = review.differs();
        if let Some(file) = &self.html {
            write_file(file, &render_html(&review))?;
            context.output.note(format!("wrote {}", file.display()));
        }
        context.output.report(Report { command: "diff", review: Some(review), ..Report::default() })?;
        Ok(if self.check && differs { Exit::Findings } else { Exit::Clean })
    }
}

/// The hints of the command line and of the configuration.
fn hints(context: &Context, given: &[String]) -> Result<Vec<Hint>> {
    let lasting = context.config.renames.iter().map(|(old, new)| Hint::of(old, new));
    given.iter().map(|text| Hint::parse(text)).chain(lasting).collect()
}
