//! Annotations of GitHub's workflows: a line each, which the runner shows at the file and line of a pull request.

use std::fmt::Write as _;

use super::{Outcome, Report};
use crate::base::{Error, Excerpt, Location, Severity};

pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    for section in report.sections.iter().filter(|section| section.outcome == Outcome::NotEvaluated) {
        let message = format!("the check {} was not made: {}", section.name, section.about);
        write_annotation(&mut text, "error", None, &format!("pgward {}", report.command), &message);
    }
    for finding in report.open() {
        let level = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let title = match report.code(finding.code) {
            Some(code) => format!("{} {}", code.code, code.name),
            None => finding.code.to_owned(),
        };
        let mut message = finding.message.clone();
        if let (Some(expected), Some(actual)) = (&finding.expected, &finding.actual) {
            let _ = write!(message, "\nexpected: {expected}\nactual: {actual}");
        }
        if let Some(hint) = &finding.hint {
            let _ = write!(message, "\nhint: {hint}");
        }
        write_annotation(&mut text, level, finding.location.as_ref(), &title, &message);
    }
    if !report.summary.text.is_empty() {
        // For the log; it must not read as a command of its own.
        let _ = writeln!(text, "pgward {}: {}", report.command, report.summary.text.replace(['\n', '\r'], " "));
    }
    text
}

pub(super) fn failure(command: Option<&str>, error: &Error) -> String {
    let mut message = error.message().to_owned();
    for note in error.notes() {
        let _ = write!(message, "\n{note}");
    }
    for hint in error.hints() {
        let _ = write!(message, "\nhint: {hint}");
    }
    let mut text = String::new();
    let title = command.map_or_else(|| "pgward".to_owned(), |command| format!("pgward {command}"));
    let place = error.excerpt().map(Excerpt::location);
    write_annotation(&mut text, "error", place.as_ref(), &title, &message);
    text
}

fn write_annotation(text: &mut String, level: &str, place: Option<&Location>, title: &str, message: &str) {
    let _ = write!(text, "::{level} ");
    if let Some(Location { file, line, column }) = place {
        let _ = write!(text, "file={},line={line},col={column},", property(file.strip_prefix("./").unwrap_or(file)));
    }
    let _ = writeln!(text, "title={}::{}", property(title), data(message));
}

/// What comes after the colons: the runner reads one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a comma or a colon would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
