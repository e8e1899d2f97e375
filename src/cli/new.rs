//! `pgward new NAME`: an up and a down file, empty or of what is to be changed.

use std::path::Path;

use serde_json::json;

use super::context::Context;
use super::diff::compare_sources;
use super::plan::{PlanOptions, proven};
use super::source::{Source, SourceOptions, load_both};
use crate::base::{Error, Exit, Result};
use crate::plan::{Plan, write_statements};
use crate::prove::{Inverse, Part};
use crate::report::{Line, Report, Table, Tone};
use crate::source::{self, NewFiles};

/// Make a new up and down file in the migrations directory
///
/// The version is the time in UTC, or the next number where the directory counts; never one that is taken. With
/// --from-diff the files hold what brings the schema that the migrations make to the one that is wanted, and back; each
/// transaction that this needs is a migration of its own.
#[derive(Debug, clap::Args)]
pub(super) struct New {
    /// What the migration does, in a few words
    name: String,
    /// The wanted schema: a SOURCE, such as sql:schema.sql
    #[arg(long, value_name = "SOURCE", value_parser = Source::parse)]
    from_diff: Option<Source>,
    /// What was renamed, such as ops.runs=ops.jobs; may be repeated
    #[arg(long = "rename", value_name = "OLD=NEW", requires = "from_diff")]
    renames: Vec<String>,
    #[command(flatten)]
    plan: PlanOptions,
    #[command(flatten)]
    source: SourceOptions,
}

impl New {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let dir = context.migrations_dir().ok_or_else(|| {
            Error::input("there is no migrations directory to put the files in")
                .with_hint("name one with --migrations DIR, or as `dir` under [migrations] in pgward.toml")
        })?;
        let now = time::OffsetDateTime::now_utc();
        let files = match &self.from_diff {
            None => vec![source::new_files(dir, &self.name, now)?],
            Some(wanted) => {
                let parts = self.parts(context, dir, wanted).await?;
                if parts.is_empty() {
                    context.output.note("the migrations make this schema already; no file was made");
                    return Ok(Exit::Clean);
                }
                source::new_files_of(dir, &texts(&self.name, &parts), now)?
            }
        };
        report(context, &files)
    }

    /// What has to be done, in parts that can be a migration each.
    async fn parts(&self, context: &Context, dir: &Path, wanted: &Source) -> Result<Vec<Part>> {
        std::fs::create_dir_all(dir)
            .map_err(|error| Error::environment(format!("{} can't be made", dir.display())).with_source(error))?;
        let now = Source::Migrations(dir.to_owned(), None);
        let (mut from, mut to) = load_both(context, &now, wanted, &self.source).await?;
        let done = async {
            let comparison = compare_sources(context, &self.renames, &mut from, &mut to)?;
            proven(context, &from, &to, &comparison, &self.plan, Inverse::Parts).await
        }
        .await;
        let closed = [from.close().await, to.close().await];
        let proven = done?;
        closed.into_iter().collect::<Result<()>>()?;
        Ok(proven.parts)
    }
}

/// The texts of the files of each part.
fn texts(name: &str, parts: &[Part]) -> Vec<(String, String, String)> {
    let several = parts.len() > 1;
    let text = |plan: &Plan| {
        let outside = plan.groups.iter().any(|group| !group.transaction) || plan.groups.len() > 1;
        let directive = if outside { "-- pgward:no-transaction\n" } else { "" };
        format!("{directive}{}", write_statements(plan))
    };
    parts
        .iter()
        .enumerate()
        .map(|(n, part)| {
            let name = if several { format!("{name} {}", n + 1) } else { name.to_owned() };
            (name, text(&part.up), text(&part.down))
        })
        .collect()
}

fn report(context: &Context, files: &[NewFiles]) -> Result<Exit> {
    let names: Vec<_> =
        files.iter().flat_map(|files| [&files.up, &files.down]).map(|file| file.display().to_string()).collect();
    context.output.report(Report {
        command: "new",
        tables: vec![Table {
            title: String::new(),
            rows: names.iter().map(|name| vec![Line::new(Tone::Good, "made"), name.as_str().into()]).collect(),
        }],
        data: [("files".to_owned(), json!(names))].into_iter().collect(),
        ..Report::default()
    })?;
    Ok(Exit::Clean)
}
