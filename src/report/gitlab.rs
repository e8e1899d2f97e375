//! GitLab's code quality report: an array of what is shown at the files of a merge request.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::fingerprint::Fingerprints;
use super::{Outcome, Report};
use crate::base::{Error, Excerpt, Location, Severity};

/// Where something is shown that stands in no file: the report knows nothing without one.
const FALLBACK: &str = "pgward.toml";

pub(super) fn render(report: &Report) -> String {
    let mut fingerprints = Fingerprints::default();
    let mut issues: Vec<Value> = Vec::new();
    for section in report.sections.iter().filter(|section| section.outcome == Outcome::NotEvaluated) {
        let text = format!("the check {} was not made: {}", section.name, section.about);
        issues.push(issue(section.name, "blocker", &text, &format!("not-evaluated:{}", section.name), None));
    }
    for finding in report.open() {
        let severity = match finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Info => "info",
        };
        let name = report.code(finding.code).map_or(finding.code, |code| code.name);
        let mut text = format!("{}: {}", finding.code, finding.message);
        if let Some(hint) = &finding.hint {
            let _ = write!(text, " ({hint})");
        }
        issues.push(issue(name, severity, &text, &fingerprints.of(finding), finding.location.as_ref()));
    }
    format!("{:#}\n", Value::Array(issues))
}

pub(super) fn failure(command: Option<&str>, error: &Error) -> String {
    let name = command.map_or_else(|| "pgward".to_owned(), |command| format!("pgward {command}"));
    let place = error.excerpt().map(Excerpt::location);
    let issue = issue(&name, "blocker", error.message(), &format!("failed:{}", error.message()), place.as_ref());
    format!("{:#}\n", Value::Array(vec![issue]))
}

fn issue(name: &str, severity: &str, text: &str, fingerprint: &str, place: Option<&Location>) -> Value {
    let (path, line) = place.map_or((FALLBACK, 1), |place| (place.file.as_str(), place.line.max(1)));
    json!({
        "description": text,
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": { "path": path.strip_prefix("./").unwrap_or(path), "lines": { "begin": line } },
    })
}
