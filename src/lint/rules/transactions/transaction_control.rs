//! `transaction-control`: BEGIN, COMMIT or ROLLBACK in a file that the runner already runs in a transaction.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site};
use crate::sql::{Control, control};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN040",
        name: "transaction-control",
        severity: Severity::Error,
        description: "BEGIN, COMMIT or ROLLBACK in a file that the runner already runs in a transaction: it would end the\n\
        runner's transaction in the middle, and half the file would stand without its row in the history.",
        bad: "select 1;\n\
        commit;",
        good: "select 1;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Some(control) = site.statement.and_then(control) else { return };
    if !site.alone {
        let what = match control {
            Control::Begin => "begins a transaction inside the runner's",
            Control::Commit | Control::TwoPhase => "commits the runner's transaction in the middle of the file",
            Control::Rollback => "rolls the runner's transaction back in the middle of the file",
        };
        found
            .say(site.span.clone(), format!("this {what}"))
            .hint("take it out: the file runs in one transaction anyway");
    }
}
