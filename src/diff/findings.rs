//! Differences as findings, for checks that expect two catalogs to be equal.

use serde_json::Value;

use super::{AttributeChange, Change};
use crate::base::{Code, Finding};
use crate::model::ObjectId;

/// Returns a finding of one code for each difference; the first catalog is what was expected.
///
/// What came or went together with the object that it is part of is not a finding of its own.
#[must_use]
pub fn findings(code: &'static Code, changes: &[Change]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut whole: Option<&ObjectId> = None;
    for change in changes {
        if let Change::Added(id) | Change::Removed(id) = change {
            if whole.is_some_and(|whole| id.is_in(whole)) {
                continue;
            }
            whole = Some(id);
        }
        found.extend(of(code, change));
    }
    found
}

fn of(code: &'static Code, change: &Change) -> Vec<Finding> {
    let about = |id: &ObjectId, message: String| Finding {
        object: Some(id.to_ref(id.path.len() > 1)),
        ..Finding::new(code, message)
    };
    match change {
        Change::Added(id) => vec![about(id, format!("{id} is there and should not be"))],
        Change::Removed(id) => vec![about(id, format!("{id} is missing"))],
        Change::Renamed { from, to } => vec![about(to, format!("{from} is named {to}"))],
        Change::Altered { id, attributes } => attributes
            .iter()
            .map(|AttributeChange { name, before, after }| Finding {
                expected: Some(shown(before.as_ref())),
                actual: Some(shown(after.as_ref())),
                ..about(id, format!("{name} of {id} differs"))
            })
            .collect(),
        Change::Uncovered { object, added } => {
            let id = ObjectId::new(&object.kind, object.schema.iter().chain([&object.name]).cloned());
            let state = if *added { "is there and should not be" } else { "is missing" };
            vec![Finding {
                object: Some(id.to_ref(object.schema.is_some())),
                ..Finding::new(code, format!("{} {} {state}", object.kind, object.name))
            }]
        }
    }
}

/// A value as a person reads it; an attribute that is left out has its default.
#[must_use]
pub fn shown(value: Option<&Value>) -> String {
    match value {
        None => "(default)".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        Some(other) => other.to_string(),
    }
}
