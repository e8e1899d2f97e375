//! `truncate`: TRUNCATE deletes every row, without triggers for each, under an ACCESS EXCLUSIVE lock.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::{Action, Verb};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN076",
        name: "truncate",
        severity: Severity::Error,
        description: "TRUNCATE deletes every row, without triggers for each, under an ACCESS EXCLUSIVE lock.",
        bad: "truncate accounts;",
        good: "create table drafts (id bigint);\n\
        truncate drafts;",
    },
    check,
)
.claims(Claim::Rewrites);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Write(write) = site.action else { return };
    if write.verb == Verb::Truncate && !write.cascade {
        for table in write.tables.iter().filter(|table| site.existing(table)) {
            found.say(site.span.clone(), format!("every row of {} is deleted", shown(table))).on("table", table);
        }
    }
}
