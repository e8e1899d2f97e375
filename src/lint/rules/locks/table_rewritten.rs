//! `table-rewritten`: VACUUM FULL, CLUSTER and REPACK write the table anew under an ACCESS EXCLUSIVE lock.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN029",
        name: "table-rewritten",
        severity: Severity::Error,
        description: "VACUUM FULL, CLUSTER and REPACK write the table anew under an ACCESS EXCLUSIVE lock, for as long as\n\
        that takes. pg_repack and PostgreSQL 19's REPACK CONCURRENTLY do it beside the work.",
        bad: "-- pgward:no-transaction\n\
        set lock_timeout = '5s';\n\
        vacuum full accounts;",
        good: "-- pgward:no-transaction\n\
        vacuum accounts;",
    },
    check,
).claims(Claim::Rewrites);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Rewrite { command, table } = site.action else { return };
    if table.as_ref().is_some_and(|table| !site.existing(table)) {
        return;
    }
    let all = "every table".to_owned();
    let said = found.say(
        site.span.clone(),
        format!("{command} writes {} anew under an ACCESS EXCLUSIVE lock", table.as_ref().map_or(all, shown)),
    );
    if let Some(table) = table {
        said.on("table", table);
    }
}
