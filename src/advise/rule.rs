//! What a rule is, and what it says.

use super::facts::Facts;
use crate::base::{Code, Finding, ObjectRef, Severity};

/// One piece of advice: a code and the function that looks for it.
#[derive(Debug)]
pub struct Rule {
    /// What its findings are called. The examples are SQL scripts.
    pub code: &'static Code,
    pub(super) check: fn(&Facts, &mut Found),
}

/// What came of all rules.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// What could not be decided, and why.
    pub not_evaluated: Vec<NotEvaluated>,
    /// The roles that were taken for those of the outside world, `public` among them.
    pub api_roles: Vec<String>,
}

impl Outcome {
    pub(super) fn take(&mut self, found: Found) {
        self.findings.extend(found.findings);
        self.not_evaluated.extend(found.not_evaluated);
    }
}

/// Something that a rule could not decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotEvaluated {
    /// The rule; none where it concerns all that read expressions.
    pub code: Option<&'static str>,
    /// What it could not decide about.
    pub object: Option<ObjectRef>,
    /// Why.
    pub reason: String,
}

/// Where a rule puts what it finds.
pub(super) struct Found {
    code: &'static Code,
    findings: Vec<Finding>,
    not_evaluated: Vec<NotEvaluated>,
}

impl Found {
    pub(super) fn new(code: &'static Code) -> Self {
        Self { code, findings: Vec::new(), not_evaluated: Vec::new() }
    }

    /// Adds a finding with the code's own severity.
    pub(super) fn add(&mut self, object: ObjectRef, message: impl Into<String>, hint: impl Into<String>) {
        self.add_as(self.code.severity, object, message, hint);
    }

    /// Adds a finding with another severity than the code's.
    pub(super) fn add_as(
        &mut self,
        severity: Severity,
        object: ObjectRef,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let mut finding = Finding::new(self.code, message);
        finding.severity = severity;
        finding.object = Some(object);
        finding.hint = Some(hint.into());
        self.findings.push(finding);
    }

    /// Says that something could not be decided.
    pub(super) fn unknown(&mut self, object: Option<ObjectRef>, reason: impl Into<String>) {
        self.not_evaluated.push(NotEvaluated { code: Some(self.code.code), object, reason: reason.into() });
    }
}
