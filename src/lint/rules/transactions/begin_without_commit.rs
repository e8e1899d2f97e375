//! `begin-without-commit`: A BEGIN in a file that runs without a transaction is never committed.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site};
use crate::sql::{Control, control};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN041",
        name: "begin-without-commit",
        severity: Severity::Error,
        description: "A BEGIN in a file that runs without a transaction is never committed: what follows it is lost when\n\
        the connection closes.",
        bad: "-- pgward:no-transaction\n\
        begin;\n\
        select 1;",
        good: "-- pgward:no-transaction\n\
        begin;\n\
        select 1;\n\
        commit;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    if !site.alone || site.statement.and_then(control) != Some(Control::Begin) {
        return;
    }
    let next = site.later.iter().find_map(control);
    if next.is_none_or(|next| next == Control::Begin) {
        found.say(site.span.clone(), "this transaction is never committed").hint("end it with COMMIT");
    }
}
