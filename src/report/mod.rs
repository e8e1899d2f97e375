//! Output formats: one file each, one line each in [`FORMATS`].
//!
//! Commands make a [`Report`]; a format turns it into text. No format reads a database or decides an exit code.

mod error;
mod excerpt;
mod fingerprint;
mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod review;
mod sarif;
mod terminal;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::base::{Code, Error, Finding, Severity, Waiver};

pub use error::render_error;
pub use review::{Attribute, Compared, Group, Item, Review, Sort, render_html};
pub use terminal::styled as render_line;

/// The version of the JSON that commands print, raised when a reader of the old one would misread the new one.
pub const JSON_VERSION: u32 = 1;

/// A format's name and what it makes of a report.
#[derive(Debug)]
pub struct Format {
    /// What `--format` calls it.
    pub name: &'static str,
    /// Turns a report into text that ends with a line feed, or into nothing.
    pub render: fn(&Report) -> String,
    /// Turns the error of a command (unless the command line could not be read) into a document, so that whoever reads
    /// the format learns of it too; none where standard error is enough.
    pub failure: Option<fn(Option<&str>, &Error) -> String>,
}

/// Every format; the first one is the default.
pub const FORMATS: &[Format] = &[
    Format { name: "terminal", render: terminal::render, failure: None },
    Format { name: "json", render: json::render, failure: Some(json::failure) },
    Format { name: "markdown", render: markdown::render, failure: Some(markdown::failure) },
    Format { name: "sarif", render: sarif::render, failure: Some(sarif::failure) },
    Format { name: "junit", render: junit::render, failure: Some(junit::failure) },
    Format { name: "github", render: github::render, failure: Some(github::failure) },
    Format { name: "gitlab", render: gitlab::render, failure: Some(gitlab::failure) },
];

/// What a command has to say.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The command's name.
    pub command: &'static str,
    /// What a person reads first.
    pub tables: Vec<Table>,
    /// What differs between two catalogs, for the command that compares them; then it says what it comes to, too.
    pub review: Option<Review>,
    /// What was found, and what of it is accepted.
    pub findings: Vec<Finding>,
    /// The last line: what it all comes to.
    pub summary: Line,
    /// The command's own part of the JSON output.
    pub data: Map<String, Value>,
    /// The checks of a command that makes several: each with its findings, which are not in `findings` again.
    pub sections: Vec<Section>,
    /// What was looked at one by one and what came of it, for formats that show what passed too.
    pub cases: Vec<Case>,
    /// The lowest severity that fails; errors alone where it is not said.
    pub fail_on: Option<Severity>,
    /// What the findings' codes mean.
    pub codes: Vec<&'static Code>,
    /// Texts of the files that findings are about, by name.
    pub sources: BTreeMap<String, String>,
}

/// One check of several.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// What was looked at, or else why nothing was.
    pub about: String,
    /// What it found.
    pub findings: Vec<Finding>,
    /// How many more are only worth knowing, and are not among them.
    pub notes: usize,
    /// How long it took.
    pub took: Duration,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There is nothing to object to at the threshold.
    Passed,
    /// There is.
    Findings,
    /// It could not be made; never counted as passed.
    NotEvaluated,
    /// It was not asked for.
    Off,
}

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct Case {
    /// What.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Everything that was found.
    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        self.sections.iter().flat_map(|section| &section.findings).chain(&self.findings)
    }

    /// What was found and counts.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.all().filter(|finding| finding.waiver.is_none())
    }

    /// What was found and is accepted, with why.
    pub fn allowed(&self) -> impl Iterator<Item = (&Finding, &Waiver)> {
        self.all().filter_map(|finding| Some((finding, finding.waiver.as_ref()?)))
    }

    /// Whether a finding makes the command fail.
    fn fails(&self, finding: &Finding) -> bool {
        finding.waiver.is_none() && finding.severity >= self.fail_on.unwrap_or(Severity::Error)
    }

    /// What a code means.
    fn code(&self, code: &str) -> Option<&'static Code> {
        self.codes.iter().find(|known| known.code == code).copied()
    }
}

/// Rows with aligned columns.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// What the rows are about; may be empty.
    pub title: String,
    /// The cells, row by row; all rows are of one length.
    pub rows: Vec<Vec<Line>>,
}

/// A piece of text and what it means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// The text, without line feeds.
    pub text: String,
    /// What it means.
    pub tone: Tone,
}

/// What a piece of text means; formats show it as colour, and the text alone must say it too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// To be looked at.
    Warn,
    /// Wrong.
    Bad,
    /// Less important.
    Dim,
    /// More important.
    Strong,
}

impl Line {
    /// Makes a piece of text with a tone.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { text: text.into(), tone }
    }
}

impl<T: Into<String>> From<T> for Line {
    fn from(text: T) -> Self {
        Self::new(Tone::Plain, text)
    }
}

/// Returns `1 table`, `2 tables`: a number with its noun.
#[must_use]
pub fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ if noun.ends_with(['x', 's']) => format!("{number} {noun}es"),
        _ if noun.ends_with('y') => format!("{number} {}ies", &noun[..noun.len() - 1]),
        _ => format!("{number} {noun}s"),
    }
}

/// Returns a duration as a person says it: `840 µs`, `12 ms`, `3.2 s`, `4 min 10 s`.
#[must_use]
pub fn duration(duration: std::time::Duration) -> String {
    let micros = duration.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{} ms", micros / 1_000),
        1_000_000..60_000_000 => format!("{:.1} s", duration.as_secs_f64()),
        _ => format!("{} min {} s", duration.as_secs() / 60, duration.as_secs() % 60),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{count, duration};

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1, "policy"), "1 policy");
        assert_eq!(count(2, "policy"), "2 policies");
        assert_eq!(count(0, "index"), "0 indexes");
        assert_eq!(count(3, "table"), "3 tables");
        assert_eq!(duration(Duration::from_micros(12_345)), "12 ms");
        assert_eq!(duration(Duration::from_millis(3_250)), "3.2 s");
        assert_eq!(duration(Duration::from_secs(250)), "4 min 10 s");
    }
}
