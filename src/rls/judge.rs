//! What was observed beside what is declared.

use super::codes::{LESS, MISSING, MORE, OTHERWISE, UNRELIABLE};
use super::verdict::Verdict;
use super::{Cell, Command, Manifest, Way};
use crate::base::{Code, Finding, Ident, ObjectRef, parse_path};

/// Compares every cell with the manifest: what is more, less or otherwise, what is declared and not there, and what the
/// tries say nothing about.
#[must_use]
pub fn compare(manifest: &Manifest, cells: &[Cell]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (kind, name) in manifest.declared() {
        if !cells.iter().any(|cell| cell.object() == name) {
            let mut finding = Finding::new(&MISSING, format!("{kind} {name} is declared and not there"));
            finding.object = parse_path(name).ok().and_then(|path| match path.as_slice() {
                [schema, name] => Some(object(kind, schema, name)),
                _ => None,
            });
            finding.hint = Some("take it out of the manifest: pgward rls --write".to_owned());
            findings.push(finding);
        }
    }
    findings.extend(cells.iter().filter_map(|cell| of_cell(manifest, cell)));
    findings
}

fn object(kind: &str, schema: &str, name: &str) -> ObjectRef {
    ObjectRef { kind: kind.to_owned(), schema: Some(schema.to_owned()), name: name.to_owned(), parent: None }
}

fn of_cell(manifest: &Manifest, cell: &Cell) -> Option<Finding> {
    let expected = manifest.expected(cell);
    let actor = format!("{} as {}", Ident(&cell.role), cell.identity);
    let what = match (cell.way, cell.command) {
        (Way::Function, _) => format!("call {}", cell.object()),
        (way, command) => {
            let way = match way {
                Way::Partition => " (a partition)",
                Way::View => " (a view)",
                _ => "",
            };
            format!("{} on {}{way}", command.words(), cell.object())
        }
    };
    let observed = match &cell.observed {
        Ok(observed) if *observed == expected => return None,
        Ok(observed) => observed,
        Err(reason) => {
            let message = format!("nothing is known of {what} by {actor}: {reason}");
            return Some(finding(&UNRELIABLE, cell, message, &expected, "not evaluated"));
        }
    };
    let columns = |verdict: &Verdict| match verdict {
        Verdict::Allow(Some(columns)) => Some(columns.clone()),
        _ => None,
    };
    let (code, message) = match (&expected, observed) {
        (Verdict::Allow(_), Verdict::Allow(_)) => {
            let (declared, seen) = (columns(&expected), columns(observed));
            let more: Vec<String> = match (&declared, &seen) {
                (Some(_), None) => vec!["every column".to_owned()],
                (Some(declared), Some(seen)) => seen.iter().filter(|name| !declared.contains(name)).cloned().collect(),
                (None, _) => Vec::new(),
            };
            if more.is_empty() {
                (&LESS, format!("{actor} can {what}, but not with every declared column"))
            } else {
                (&MORE, format!("{actor} can {what} with {}", more.join(", ")))
            }
        }
        (_, Verdict::Allow(_)) => (&MORE, format!("{actor} can {what}")),
        (Verdict::Allow(_), Verdict::NoRows) => (&LESS, format!("{actor} finds no rows to {what}")),
        (Verdict::Allow(_), _) => (&LESS, format!("{actor} can't {what}")),
        _ => (&OTHERWISE, format!("{what} by {actor} is refused otherwise")),
    };
    Some(finding(code, cell, message, &expected, &observed.to_string()))
}

fn finding(code: &'static Code, cell: &Cell, message: String, expected: &Verdict, actual: &str) -> Finding {
    let kind = match cell.way {
        Way::Function => "function",
        Way::View => "view",
        Way::Table | Way::Partition => "table",
    };
    let mut finding = Finding::new(code, message);
    finding.object = Some(object(kind, &cell.schema, &cell.name));
    finding.expected = Some(expected.to_string());
    finding.actual = Some(actual.to_owned());
    finding.hint = Some(match (code.code, cell.command) {
        ("RL005", Command::Execute) => "give it arguments that work".to_owned(),
        ("RL005", _) => "give values under [values] in the manifest, or rows under seed".to_owned(),
        ("RL001", _) => "close it, or declare it: pgward rls --write".to_owned(),
        _ => "repair it, or declare it: pgward rls --write".to_owned(),
    });
    finding
}
