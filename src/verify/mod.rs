//! Compares a manifest with what a database has: pass, fail or not evaluated for each object, never green in doubt.
//!
//! Reads only: the catalog it is given, and the server where two expressions must be compared. A manifest is a partial
//! catalog, so it knows kinds only by their [`Shape`].

mod check;
pub mod codes;
mod ingredients;
mod manifest;
mod meaning;
mod write;

use serde_json::Value;
use tokio_postgres::Client;

pub use check::{Check, Verdict};
pub use manifest::{Declared, MANIFEST_VERSION, Manifest};
pub use write::write_manifest;

use crate::base::{Finding, Result};
use crate::model::{Catalog, Shape};
use meaning::Answer;

/// What came of verifying a database.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// A check for each declared object, and for each that should be declared.
    pub checks: Vec<Check>,
    /// Objects that no kind covers.
    pub not_covered: Vec<Finding>,
}

impl Outcome {
    /// Everything that was found, in order.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.checks.iter().flat_map(|check| &check.findings).chain(&self.not_covered)
    }

    /// How many checks came out so.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.checks.iter().filter(|check| check.verdict == verdict).count()
    }
}

/// Compares a manifest with a catalog that was read through `client`. Of the catalog only what is declared counts, and what
/// stands in a declared parent.
///
/// Needs no right but to connect; an expression that is written in other words than the server's needs EXECUTE on the
/// functions it calls, and is not evaluated without.
///
/// # Errors
///
/// When the connection is lost.
pub async fn verify(
    client: &mut Client,
    manifest: &Manifest,
    catalog: &Catalog,
    shapes: &[&'static Shape],
) -> Result<Outcome> {
    let mut checks = check::compare(manifest, catalog, shapes);
    let mut answers = if checks.iter().any(|check| !check.questions.is_empty()) {
        meaning::ask(client, checks.iter().flat_map(|check| &check.questions)).await?.into_iter()
    } else {
        Vec::new().into_iter()
    };
    for check in &mut checks {
        for (question, answer) in std::mem::take(&mut check.questions).iter().zip(&mut answers) {
            let declared = &manifest.objects[&check.id];
            match answer {
                Answer::Same => {}
                Answer::Different => {
                    let (expected, actual) = (question.expected.as_str().into(), question.actual.as_str().into());
                    let (expected, actual): (Value, Value) = (expected, actual);
                    let id = check.id.clone();
                    check.fail(check::differs(&id, declared, question.attribute, Some(&expected), Some(&actual)));
                }
                Answer::Unknown(reason) => {
                    let finding = check::not_evaluated(&check.id, declared, question, &reason);
                    check.findings.push(finding);
                    if check.verdict == Verdict::Pass {
                        check.verdict = Verdict::NotEvaluated;
                    }
                }
            }
        }
    }
    let managed = manifest.managed();
    let uncovered = catalog.uncovered.iter().filter(|object| managed.keeps(object.schema.as_deref()));
    let not_covered = uncovered.map(check::not_covered).collect();
    Ok(Outcome { checks, not_covered })
}
