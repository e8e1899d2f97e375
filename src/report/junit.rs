//! JUnit's XML, as CI servers read it: what passed is shown, findings are failures, what was not evaluated is an error.

use std::fmt::Write as _;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::{Case, Outcome, Report};
use crate::base::{Error, Finding};

pub(super) fn render(report: &Report) -> String {
    let mut document = Document::new(format!("pgward {}", report.command));
    for section in &report.sections {
        let mut suite = TestSuite::new(section.name);
        suite.set_time(section.took);
        let class = format!("pgward.{}", section.name);
        let case = Case { name: section.name.to_owned(), outcome: section.outcome, findings: section.findings.clone() };
        add(&mut suite, report, &class, &case, &section.about);
        document.add_test_suite(suite);
    }
    let class = format!("pgward.{}", report.command);
    if report.sections.is_empty() || !report.findings.is_empty() {
        let mut suite = TestSuite::new(report.command);
        for case in &report.cases {
            add(&mut suite, report, &class, case, "it could not be evaluated");
        }
        // What stands for no case of its own.
        let of_cases = |finding: &Finding| report.cases.iter().any(|case| case.findings.contains(finding));
        let others: Vec<_> = report.findings.iter().filter(|finding| !of_cases(finding)).cloned().collect();
        if !others.is_empty() || report.cases.is_empty() {
            let name = report.command.to_owned();
            let outcome = if others.is_empty() { Outcome::Passed } else { Outcome::Findings };
            add(&mut suite, report, &class, &Case { name, outcome, findings: others }, "");
        }
        document.add_test_suite(suite);
    }
    written(&document)
}

pub(super) fn failure(command: Option<&str>, error: &Error) -> String {
    let command = command.unwrap_or("pgward");
    let mut document = Document::new(format!("pgward {command}"));
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    let mut text = error.to_string();
    for note in error.notes() {
        let _ = write!(text, "\n{note}");
    }
    for hint in error.hints() {
        let _ = write!(text, "\nhint: {hint}");
    }
    status.set_type("error").set_message(error.message()).set_description(text);
    let mut case = TestCase::new(command, status);
    case.set_classname(format!("pgward.{command}"));
    let mut suite = TestSuite::new(command);
    suite.add_test_case(case);
    document.add_test_suite(suite);
    written(&document)
}

/// Adds a case: one that passed or was not evaluated, or else one for each finding.
fn add(suite: &mut TestSuite, report: &Report, class: &str, case: &Case, why: &str) {
    let mut push = |name: &str, status: TestCaseStatus, said: Option<String>| {
        let mut case = TestCase::new(name, status);
        case.set_classname(class);
        if let Some(said) = said {
            case.set_system_out(said);
        }
        suite.add_test_case(case);
    };
    match case.outcome {
        Outcome::Off => {
            let mut status = TestCaseStatus::skipped();
            status.set_message("it is off");
            push(&case.name, status, None);
        }
        Outcome::NotEvaluated => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("not-evaluated").set_message(why);
            push(&case.name, status, None);
        }
        Outcome::Passed | Outcome::Findings => {}
    }
    for finding in &case.findings {
        let name = match &finding.object {
            Some(object) => format!("{} {object}", finding.code),
            None => format!("{} {}", finding.code, finding.message),
        };
        if report.fails(finding) {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(finding.code).set_message(&*finding.message).set_description(described(finding));
            push(&name, status, None);
        } else {
            // It is told, and fails nothing.
            push(&name, TestCaseStatus::success(), Some(described(finding)));
        }
    }
    if case.outcome == Outcome::Passed && case.findings.is_empty() {
        push(&case.name, TestCaseStatus::success(), None);
    }
}

fn described(finding: &Finding) -> String {
    let mut text = format!("{}[{}]: {}", finding.severity, finding.code, finding.message);
    if let Some(place) = &finding.location {
        let _ = write!(text, "\nat {place}");
    }
    if let (Some(expected), Some(actual)) = (&finding.expected, &finding.actual) {
        let _ = write!(text, "\nexpected: {expected}\nactual: {actual}");
    }
    if let Some(hint) = &finding.hint {
        let _ = write!(text, "\nhint: {hint}");
    }
    if let Some(waiver) = &finding.waiver {
        let _ = write!(text, "\nallowed: {}", waiver.reason);
    }
    text
}

/// The document as Jenkins' schema has it, which knows no count of what was skipped for all suites together.
fn written(document: &Document) -> String {
    // Writing to memory fails for no document that is made here.
    let text = document.to_string().unwrap_or_default();
    let Some(start) = text.find("<testsuites ") else { return text };
    let end = text[start..].find('>').map_or(text.len(), |end| start + end);
    let head = &text[start..end];
    let kept: Vec<_> = head.split(" skipped=").collect();
    let head = match kept.as_slice() {
        [before, after] => {
            let rest = after.get(1..).and_then(|after| after.split_once('"')).map_or("", |(_, rest)| rest);
            format!("{before}{rest}")
        }
        _ => head.to_owned(),
    };
    format!("{}{head}{}", &text[..start], &text[end..])
}
