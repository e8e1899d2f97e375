//! `column-assigned-twice`: A column is assigned twice in one statement.

use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN131",
        name: "column-assigned-twice",
        severity: Severity::Error,
        description: "A column is assigned twice in one statement: the server refuses it.",
        bad: "update hits set n = 1, n = 2 where id = 1;",
        good: "update hits set n = 1, m = 2 where id = 1;",
    },
    check,
)
.in_bodies();

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Write(write) = site.action else { return };
    for (n, column) in write.columns.iter().enumerate() {
        if write.columns[..n].contains(column) {
            found.say(site.span.clone(), format!("column {} is assigned twice", Ident(column)));
        }
    }
}
