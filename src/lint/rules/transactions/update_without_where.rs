//! `update-without-where`: An UPDATE without WHERE changes every row in one transaction.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::{Action, Verb};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN045",
        name: "update-without-where",
        severity: Severity::Warning,
        description: "An UPDATE without WHERE changes every row in one transaction: it locks all rows until the end,\n\
        doubles the table, and fills the WAL. Do it in batches.",
        bad: "update accounts set plan = 'free';",
        good: "update accounts set plan = 'free' where plan is null and id between 1 and 10000;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Write(write) = site.action else { return };
    if write.verb == Verb::Update
        && !write.filtered
        && let Some(table) = write.tables.iter().find(|table| site.existing(table))
    {
        found
            .say(site.span.clone(), format!("every row of {} is changed in one transaction", shown(table)))
            .on("table", table)
            .hint("change them in batches, by ranges of the key");
    }
}
