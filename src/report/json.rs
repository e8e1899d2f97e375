//! JSON for scripts: one object with `format_version`, `command`, the command's data and `findings`.

use serde_json::{Map, Value, json};

use super::{JSON_VERSION, Report, Section};
use crate::base::{Error, Excerpt};

pub(super) fn render(report: &Report) -> String {
    let mut root = Map::new();
    root.insert("format_version".to_owned(), JSON_VERSION.into());
    root.insert("command".to_owned(), report.command.into());
    root.extend(report.review.as_ref().map(super::review::data).unwrap_or_default());
    root.extend(report.data.clone());
    if !report.sections.is_empty() {
        root.insert("outcomes".to_owned(), report.sections.iter().map(section).collect());
    }
    root.insert("findings".to_owned(), json!(report.open().collect::<Vec<_>>()));
    // Apart, so that whoever counts findings need not know of waivers.
    let allowed: Vec<_> = report.allowed().map(|(finding, _)| finding).collect();
    if !allowed.is_empty() {
        root.insert("allowed".to_owned(), json!(allowed));
    }
    format!("{:#}\n", Value::Object(root))
}

fn section(section: &Section) -> Value {
    json!({
        "check": section.name,
        "outcome": section.outcome,
        "about": section.about,
        "findings": section.findings.iter().filter(|finding| finding.waiver.is_none()).count(),
        "notes": section.notes,
        "milliseconds": section.took.as_micros() as f64 / 1000.0,
    })
}

pub(super) fn failure(command: Option<&str>, error: &Error) -> String {
    let document = json!({
        "format_version": JSON_VERSION,
        "command": command,
        "error": {
            "message": error.message(),
            "sqlstate": error.sqlstate(),
            "notes": error.notes(),
            "hints": error.hints(),
            "location": error.excerpt().map(Excerpt::location),
        },
        "findings": [],
    });
    format!("{document:#}\n")
}
