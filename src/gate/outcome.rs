//! What came of a check, and what all of them come to.

use std::time::Duration;

use crate::base::{Exit, Finding, Severity};
use crate::report::{Outcome, Section};

/// What a check has to say.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// What was looked at: `6 migrations`.
    pub about: String,
    /// What was found, with the severities that the configuration gives.
    pub findings: Vec<Finding>,
    /// What of it could not be evaluated, and why.
    pub unknown: Option<String>,
    /// How many findings that are only worth knowing were counted before and are not in `findings`.
    pub notes: usize,
}

impl Found {
    /// A check that looked at something.
    pub fn new(about: impl Into<String>, findings: Vec<Finding>) -> Self {
        Self { about: about.into(), findings, ..Self::default() }
    }
}

/// Judges a check: what was not evaluated first, then what counts at the threshold.
#[must_use]
pub fn section(name: &'static str, found: Found, fail_on: Severity, took: Duration) -> Section {
    let counts = |finding: &Finding| finding.waiver.is_none() && finding.severity >= fail_on;
    let outcome = match &found.unknown {
        Some(_) => Outcome::NotEvaluated,
        None if found.findings.iter().any(counts) => Outcome::Findings,
        None => Outcome::Passed,
    };
    let about = found.unknown.unwrap_or(found.about);
    Section { name, outcome, about, findings: found.findings, notes: found.notes, took }
}

/// Takes out of a check what is only worth knowing, and counts it: a gate is read for what is wrong. The check's own command
/// shows it.
#[must_use]
pub fn without_notes(mut section: Section, fail_on: Severity) -> Section {
    if fail_on == Severity::Info {
        return section;
    }
    let all = section.findings.len();
    section.findings.retain(|finding| finding.severity > Severity::Info);
    section.notes += all - section.findings.len();
    section
}

/// The one verdict: clean only where every check that was asked for was made and objects to nothing.
#[must_use]
pub fn verdict(sections: &[Section]) -> Exit {
    let exit = |section: &Section| match section.outcome {
        Outcome::NotEvaluated => Exit::Failed,
        Outcome::Findings => Exit::Findings,
        Outcome::Passed | Outcome::Off => Exit::Clean,
    };
    sections.iter().map(exit).max().unwrap_or(Exit::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Code, Waiver};

    static CODE: Code =
        Code { code: "XX001", name: "x", severity: Severity::Warning, description: "", bad: "", good: "" };

    fn judged(found: Found, fail_on: Severity) -> Outcome {
        section("x", found, fail_on, Duration::ZERO).outcome
    }

    #[test]
    fn what_was_not_evaluated_is_never_green() {
        let finding = Finding::new(&CODE, "m");
        let found = Found::new("1 file", vec![finding.clone()]);
        assert_eq!(judged(found.clone(), Severity::Error), Outcome::Passed);
        assert_eq!(judged(found.clone(), Severity::Warning), Outcome::Findings);
        let waiver = Some(Waiver { reason: "r".into(), until: None, in_source: false });
        let allowed = Found::new("1 file", vec![Finding { waiver, ..finding }]);
        assert_eq!(judged(allowed, Severity::Warning), Outcome::Passed);
        let unknown = Found { unknown: Some("no server".into()), ..found };
        assert_eq!(judged(unknown.clone(), Severity::Error), Outcome::NotEvaluated);

        let sections = |found: Found| [section("a", found, Severity::Warning, Duration::ZERO)];
        assert_eq!(verdict(&sections(Found::new("", Vec::new()))), Exit::Clean);
        assert_eq!(verdict(&sections(unknown)), Exit::Failed);
        assert_eq!(verdict(&[]), Exit::Failed, "a gate without checks says nothing");
    }
}
