//! Compares a manifest with a catalog, object by object, as far as that needs no server.

use serde_json::Value;

use super::codes;
use super::manifest::{Declared, Manifest};
use super::meaning::Question;
use crate::base::{Code, Finding};
use crate::diff::shown;
use crate::model::{Attribute, Catalog, Compared, Form, Object, ObjectId, Shape, Uncovered, digest_of};

/// What came of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is as declared.
    Pass,
    /// It is not.
    Fail,
    /// It could not be found out; never counted as passed.
    NotEvaluated,
    /// It is not there and need not be.
    Absent,
}

/// One object and what came of checking it.
#[derive(Debug, Clone)]
pub struct Check {
    /// The object.
    pub id: ObjectId,
    /// What came of it.
    pub verdict: Verdict,
    /// What is to be said about it; empty for a pass.
    pub findings: Vec<Finding>,
    /// Expressions whose text differs and whose meaning only the server can compare.
    pub(super) questions: Vec<Question>,
}

impl Check {
    fn new(id: &ObjectId, verdict: Verdict) -> Self {
        Self { id: id.clone(), verdict, findings: Vec::new(), questions: Vec::new() }
    }

    /// Adds a finding and fails the check.
    pub(super) fn fail(&mut self, finding: Finding) {
        self.verdict = Verdict::Fail;
        self.findings.push(finding);
    }
}

/// Returns a check for every declared object and for every object that should be declared, in order.
pub(super) fn compare(manifest: &Manifest, catalog: &Catalog, shapes: &[&'static Shape]) -> Vec<Check> {
    let mut checks: Vec<_> = manifest
        .objects
        .iter()
        .map(|(id, declared)| match catalog.objects.get(id) {
            Some(object) => present(id, declared, object, catalog, shapes),
            None => missing(id, declared, manifest, catalog),
        })
        .collect();
    let undeclared = catalog.objects.iter().filter(|(id, object)| should_be_declared(id, object, manifest));
    checks.extend(undeclared.map(|(id, _)| {
        let mut check = Check::new(id, Verdict::Pass);
        check.fail(finding(&codes::UNDECLARED, id, format!("{id} is not declared")));
        check
    }));
    checks.sort_by(|a, b| a.id.cmp(&b.id));
    checks
}

/// Returns a finding about an object that no kind covers.
pub(super) fn not_covered(object: &Uncovered) -> Finding {
    let id = ObjectId::new(&object.kind, object.schema.iter().chain([&object.name]).cloned());
    let message = format!("{} {} is of a kind that pgward does not read", object.kind, object.name);
    Finding { object: Some(id.to_ref(object.schema.is_some())), ..Finding::new(&codes::NOT_COVERED, message) }
}

fn finding(code: &'static Code, id: &ObjectId, message: String) -> Finding {
    Finding { object: Some(id.to_ref(id.path.len() > 1)), ..Finding::new(code, message) }
}

fn missing(id: &ObjectId, declared: &Declared, manifest: &Manifest, catalog: &Catalog) -> Check {
    // The parts of a missing object share its fate and are not reported one by one.
    let mut parent = declared.parent.as_ref();
    let mut optional = declared.optional;
    let mut parent_missing = false;
    while let Some(id) = parent {
        if !catalog.objects.contains_key(id) {
            parent_missing = true;
            optional = manifest.objects.get(id).is_some_and(|declared| declared.optional);
        }
        parent = manifest.objects.get(id).and_then(|declared| declared.parent.as_ref());
    }
    let mut check = Check::new(id, if optional { Verdict::Absent } else { Verdict::Fail });
    if !optional && !parent_missing {
        let mut finding = finding(&codes::MISSING, id, format!("{id} is missing"));
        finding.location.clone_from(&declared.location);
        check.fail(finding);
    }
    check
}

/// Whether an object that is there should stand in the manifest: not when its parent is reported already or is partial.
fn should_be_declared(id: &ObjectId, object: &Object, manifest: &Manifest) -> bool {
    !manifest.objects.contains_key(id)
        && object.parent.as_ref().is_some_and(|parent| manifest.objects.get(parent).is_some_and(|p| !p.partial))
}

fn present(id: &ObjectId, declared: &Declared, object: &Object, catalog: &Catalog, shapes: &[&'static Shape]) -> Check {
    let mut check = Check::new(id, Verdict::Pass);
    let Some(shape) = shapes.iter().find(|shape| shape.name == id.kind) else { return check };
    for attribute in shape.attributes {
        let expected = declared.attrs.get(attribute.name);
        let actual = object.attrs.get(attribute.name);
        let compared = expected.is_some() || (attribute.compared == Compared::Always && !declared.partial);
        if !compared || equal(attribute, expected, actual) {
            continue;
        }
        if let (Form::Expression | Form::Query, Some(Value::String(expected)), Some(Value::String(actual))) =
            (attribute.form, expected, actual)
        {
            check.questions.push(Question::new(attribute, id, object, catalog, expected, actual));
            continue;
        }
        let digest = match (expected, actual) {
            (Some(Value::String(expected)), Some(Value::String(actual))) if expected.starts_with("sha256:") => {
                Some(Value::String(digest_of(actual)))
            }
            _ => None,
        };
        check.fail(differs(id, declared, attribute.name, expected, digest.as_ref().or(actual)));
    }
    check
}

/// Returns the finding of an attribute that is not as declared.
pub(super) fn differs(
    id: &ObjectId,
    declared: &Declared,
    attribute: &str,
    expected: Option<&Value>,
    actual: Option<&Value>,
) -> Finding {
    let mut finding = finding(&codes::DIFFERS, id, format!("{attribute} of {id} is not as declared"));
    finding.expected = Some(shown(expected));
    finding.actual = Some(shown(actual));
    finding.location.clone_from(&declared.location);
    finding
}

/// Returns the finding of an expression that the server could not compare.
pub(super) fn not_evaluated(id: &ObjectId, declared: &Declared, question: &Question, reason: &str) -> Finding {
    let message = format!("{} of {id} could not be compared: {reason}", question.attribute);
    let mut finding = finding(&codes::NOT_EVALUATED, id, message);
    finding.expected = Some(question.expected.clone());
    finding.actual = Some(question.actual.clone());
    finding.location.clone_from(&declared.location);
    finding
}

fn equal(attribute: &Attribute, expected: Option<&Value>, actual: Option<&Value>) -> bool {
    match (expected, actual) {
        (Some(Value::Array(expected)), Some(Value::Array(actual))) if attribute.form == Form::Set => {
            let sorted = |list: &[Value]| {
                let mut list: Vec<_> = list.iter().map(Value::to_string).collect();
                list.sort();
                list.dedup();
                list
            };
            sorted(expected) == sorted(actual)
        }
        (Some(Value::String(expected)), Some(Value::String(actual)))
            if attribute.form == Form::Text && expected.starts_with("sha256:") =>
        {
            *expected == digest_of(actual)
        }
        (Some(value), None) | (None, Some(value)) => is_default(attribute, value),
        (expected, actual) => expected == actual,
    }
}

/// Whether a value is what leaving the attribute out means.
fn is_default(attribute: &Attribute, value: &Value) -> bool {
    match value {
        Value::String(text) => text == attribute.default,
        Value::Bool(flag) => *flag == (attribute.default == "true"),
        Value::Number(number) => number.to_string() == attribute.default,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Null => true,
    }
}
