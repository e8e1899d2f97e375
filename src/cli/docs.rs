//! `pgward docs`: documents from the catalog.

use std::path::PathBuf;

use super::config::read;
use super::context::{Context, write_file};
use super::output::verdict;
use super::source::{Source, SourceOptions, load};
use crate::base::{Code, Error, Exit, Finding, Location, Result, Severity};
use crate::docs::{FORMATS, Format, by_name};
use crate::model::Catalog;
use crate::report::{Line, Report, Tone};

/// Every code of this command.
pub(super) const CODES: &[&Code] = &[&DOCUMENT_DIFFERS];

/// A committed document is not what the catalog gives.
static DOCUMENT_DIFFERS: Code = Code {
    code: "DC001",
    name: "document-differs",
    severity: Severity::Error,
    description: "The document is not the one that the catalog gives. Either it was not written anew after the schema changed, \
                  or it was edited by hand. The same command without `--check` writes it anew; the difference in git is then \
                  part of the review.",
    bad: "alter table ops.runs add column note text; -- and schema/ops.md as it was",
    good: "pgward docs markdown --out schema/ops.md",
};

/// Write a document of the schema: a diagram, types, a data dictionary
///
/// Equal catalogs give equal bytes, so a document can be committed and held to the schema with `--check`.
#[derive(Debug, clap::Args)]
pub(super) struct Docs {
    /// What to write
    #[arg(value_name = "FORMAT", value_parser = formats())]
    document: String,
    /// Write to a file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Compare with the file of --out instead of writing it: exit 1 when it differs
    #[arg(long, requires = "out")]
    check: bool,
    /// Of what: db:URL, snapshot:FILE, migrations:DIR[@VERSION], sql:FILE, git:REV[:DIR], bundle:ops[@VERSION] or live
    #[arg(long, value_name = "SOURCE", default_value = "live", value_parser = Source::parse)]
    from: Source,
    #[command(flatten)]
    source: SourceOptions,
}

fn formats() -> clap::builder::PossibleValuesParser {
    FORMATS.iter().map(|format| clap::builder::PossibleValue::new(format.name).help(format.about)).into()
}

impl Docs {
    pub(super) async fn run(self, context: &Context) -> Result<Exit> {
        let format = by_name(&self.document)
            .ok_or_else(|| Error::input(format!("there is no format of documents called {}", self.document)))?;
        // A file that can't be read is found before the database is asked.
        let expected = match &self.out {
            Some(file) if self.check => Some((file, read(file)?)),
            _ => None,
        };
        let catalog = self.catalog(context).await?;
        for object in &catalog.uncovered {
            context.output.note(format!("not covered: {} {}", object.kind, object.name));
        }
        let text = (format.render)(&catalog);
        match (expected, &self.out) {
            (Some((file, old)), _) => self.compare(context, format, (&old, &text), file),
            (None, Some(out)) => {
                write_file(out, &text)?;
                context.output.note(format!("wrote {}", out.display()));
                Ok(Exit::Clean)
            }
            (None, None) => {
                context.output.data(&text)?;
                Ok(Exit::Clean)
            }
        }
    }

    /// Where the catalog comes from.
    async fn catalog(&self, context: &Context) -> Result<Catalog> {
        let mut loaded = load(context, &self.from, &self.source).await?;
        let catalog = std::mem::take(&mut loaded.catalog);
        loaded.close().await?;
        Ok(catalog)
    }

    fn compare(
        &self,
        context: &Context,
        format: &Format,
        (old, new): (&str, &str),
        file: &std::path::Path,
    ) -> Result<Exit> {
        let found = context.settle(difference(file, old, new).into_iter().collect(), &[]);
        let exit = verdict(&found, Severity::Error);
        let summary = match found.len() {
            0 => Line::new(Tone::Good, format!("{} is up to date", file.display())),
            _ => Line::new(Tone::Bad, format!("write it anew: pgward docs {} --out {}", format.name, file.display())),
        };
        let data = serde_json::json!({ "document": format.name });
        context.output.report(Report {
            command: "docs",
            findings: found,
            summary,
            data: data.as_object().cloned().unwrap_or_default(),
            ..Report::default()
        })?;
        Ok(exit)
    }
}

/// The first line that differs, with how many do: one finding a file, because a document is written anew as a whole.
pub(super) fn difference(file: &std::path::Path, old: &str, new: &str) -> Option<Finding> {
    if old == new {
        return None;
    }
    let (old, new): (Vec<_>, Vec<_>) = (old.split('\n').collect(), new.split('\n').collect());
    let at = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let name = file.display().to_string();
    let shown = |line: Option<&&str>| line.map_or("(the end)".to_owned(), |line| (*line).to_owned());
    Some(Finding {
        location: Some(Location { file: name.clone(), line: u32::try_from(at + 1).unwrap_or(u32::MAX), column: 1 }),
        expected: Some(shown(new.get(at))),
        actual: Some(shown(old.get(at))),
        ..Finding::new(&DOCUMENT_DIFFERS, format!("{name} is not what the schema gives"))
    })
}
