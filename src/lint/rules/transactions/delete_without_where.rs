//! `delete-without-where`: A DELETE without WHERE deletes every row.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::{Action, Verb};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN046",
        name: "delete-without-where",
        severity: Severity::Error,
        description: "A DELETE without WHERE deletes every row.",
        bad: "delete from accounts;",
        good: "delete from accounts where closed_at < now() - interval '1 year';",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Write(write) = site.action else { return };
    if write.verb == Verb::Delete
        && !write.filtered
        && let Some(table) = write.tables.iter().find(|table| site.existing(table))
    {
        found.say(site.span.clone(), format!("every row of {} is deleted", shown(table))).on("table", table);
    }
}
