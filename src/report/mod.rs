//! Output formats: one file each, one line each in [`FORMATS`].
//!
//! Commands make a [`Report`]; a format turns it into text. No format reads a database or decides an exit code.

mod error;
mod json;
mod markdown;
mod review;
mod terminal;

use serde_json::{Map, Value};

use crate::base::{Finding, Waiver};

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
}

/// Every format; the first one is the default.
pub const FORMATS: &[Format] = &[
    Format { name: "terminal", render: terminal::render },
    Format { name: "json", render: json::render },
    Format { name: "markdown", render: markdown::render },
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
}

impl Report {
    /// What was found and counts.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.waiver.is_none())
    }

    /// What was found and is accepted, with why.
    pub fn allowed(&self) -> impl Iterator<Item = (&Finding, &Waiver)> {
        self.findings.iter().filter_map(|finding| Some((finding, finding.waiver.as_ref()?)))
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
