//! SARIF 2.1.0, for code scanning.
//!
//! Each code is a rule with its help; what is allowed is a result with a suppression; an error of the program is a
//! notification of an execution that failed, so the document is valid then too.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::fingerprint::Fingerprints;
use super::markdown::fence;
use super::{Outcome, Report};
use crate::base::{Code, Error, Excerpt, Finding, Location, Severity};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Where a finding is shown that stands in no file: code scanning takes no result without one.
const FALLBACK: &str = "pgward.toml";

pub(super) fn render(report: &Report) -> String {
    let mut rules: Vec<&'static str> = Vec::new();
    for finding in report.all() {
        if !rules.contains(&finding.code) {
            rules.push(finding.code);
        }
    }
    let mut fingerprints = Fingerprints::default();
    let results: Vec<_> = report
        .all()
        .map(|finding| {
            let rule = rules.iter().position(|code| *code == finding.code);
            result(finding, rule, &fingerprints.of(finding))
        })
        .collect();
    let rules: Vec<_> = rules.iter().map(|code| rule(code, report.code(code))).collect();
    let unknown = report.sections.iter().filter(|section| section.outcome == Outcome::NotEvaluated);
    let notifications: Vec<_> = unknown
        .map(|section| {
            let text = format!("the check {} was not made: {}", section.name, section.about);
            json!({ "level": "error", "message": { "text": text } })
        })
        .collect();
    document(report.command, &rules, &results, &notifications)
}

pub(super) fn failure(command: Option<&str>, error: &Error) -> String {
    let mut text = error.message().to_owned();
    for note in error.notes() {
        let _ = write!(text, "\n{note}");
    }
    for hint in error.hints() {
        let _ = write!(text, "\nhint: {hint}");
    }
    let mut notification = Map::new();
    notification.insert("level".to_owned(), "error".into());
    notification.insert("message".to_owned(), json!({ "text": text }));
    if let Some(place) = error.excerpt().map(Excerpt::location) {
        notification.insert("locations".to_owned(), json!([{ "physicalLocation": physical(&place) }]));
    }
    document(command.unwrap_or_default(), &[], &[], &[notification.into()])
}

fn document(command: &str, rules: &[Value], results: &[Value], notifications: &[Value]) -> String {
    let name = if command.is_empty() { "pgward/".to_owned() } else { format!("pgward {command}/") };
    let mut invocation = Map::new();
    invocation.insert("executionSuccessful".to_owned(), notifications.is_empty().into());
    if !notifications.is_empty() {
        invocation.insert("toolExecutionNotifications".to_owned(), notifications.into());
    }
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "pgward",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // One command's alerts are not closed by another's upload.
            "automationDetails": { "id": name },
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation],
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn rule(id: &str, code: Option<&'static Code>) -> Value {
    let Some(code) = code else { return json!({ "id": id }) };
    let first = code.description.split_once(". ").map_or(code.description.trim_end_matches('.'), |(first, _)| first);
    let text = format!("{}\n\nFinds:\n{}\n\nDoes not find:\n{}", code.description, code.bad, code.good);
    let (bad, good) = (fence("", code.bad), fence("", code.good));
    let markdown = format!("{}\n\nFinds:\n\n{bad}\nDoes not find:\n\n{good}", code.description);
    json!({
        "id": id,
        "name": code.name,
        "shortDescription": { "text": format!("{first}.") },
        "fullDescription": { "text": code.description },
        "help": { "text": text, "markdown": markdown },
        "defaultConfiguration": { "level": level(code.severity) },
    })
}

fn result(finding: &Finding, rule: Option<usize>, fingerprint: &str) -> Value {
    let mut text = finding.message.clone();
    if let (Some(expected), Some(actual)) = (&finding.expected, &finding.actual) {
        let _ = write!(text, "\nexpected: {expected}\nactual: {actual}");
    }
    if let Some(hint) = &finding.hint {
        let _ = write!(text, "\nhint: {hint}");
    }
    let nowhere = Location { file: FALLBACK.to_owned(), line: 1, column: 1 };
    let mut location = Map::new();
    location.insert("physicalLocation".to_owned(), physical(finding.location.as_ref().unwrap_or(&nowhere)));
    if let Some(object) = &finding.object {
        let logical = json!({
            "name": object.name,
            "fullyQualifiedName": object.qualified(),
            "kind": object.kind,
        });
        location.insert("logicalLocations".to_owned(), json!([logical]));
    }
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), finding.code.into());
    result.extend(rule.map(|rule| ("ruleIndex".to_owned(), rule.into())));
    result.insert("level".to_owned(), level(finding.severity).into());
    result.insert("message".to_owned(), json!({ "text": text }));
    result.insert("locations".to_owned(), json!([location]));
    result.insert("partialFingerprints".to_owned(), json!({ "pgwardObject/v1": fingerprint }));
    if let Some(waiver) = &finding.waiver {
        let kind = if waiver.in_source { "inSource" } else { "external" };
        let suppression = json!({ "kind": kind, "status": "accepted", "justification": waiver.reason });
        result.insert("suppressions".to_owned(), json!([suppression]));
    }
    result.into()
}

fn physical(place: &Location) -> Value {
    let mut artifact = Map::new();
    artifact.insert("uri".to_owned(), uri(&place.file).into());
    if !place.file.starts_with('/') {
        artifact.insert("uriBaseId".to_owned(), "%SRCROOT%".into());
    }
    json!({
        "artifactLocation": artifact,
        "region": { "startLine": place.line.max(1), "startColumn": place.column.max(1) },
    })
}

/// A path as a reference of RFC 3986; what no path can hold is written in percent.
fn uri(path: &str) -> String {
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.strip_prefix("./").unwrap_or(path).bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}
