//! `pgward new NAME`: an up and a down file.

use serde_json::json;

use super::context::Context;
use crate::base::{Error, Exit, Result};
use crate::report::{Line, Report, Table, Tone};
use crate::source;

/// Make a new up and down file in the migrations directory
///
/// The version is the time in UTC, or the next number where the directory counts; never one that is taken.
#[derive(Debug, clap::Args)]
pub(super) struct New {
    /// What the migration does, in a few words
    name: String,
}

impl New {
    pub(super) fn run(self, context: &Context) -> Result<Exit> {
        let dir = context.migrations_dir().ok_or_else(|| {
            Error::input("there is no migrations directory to put the files in")
                .with_hint("name one with --migrations DIR, or as `dir` under [migrations] in pgward.toml")
        })?;
        let files = source::new_files(dir, &self.name, time::OffsetDateTime::now_utc())?;
        let names: Vec<_> = [&files.up, &files.down].map(|file| file.display().to_string()).into();
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
}
