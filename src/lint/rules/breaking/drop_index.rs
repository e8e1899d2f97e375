//! `drop-index`: Queries that used the index read the whole table from then on.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN073",
        name: "drop-index",
        severity: Severity::Info,
        description: "Queries that used the index read the whole table from then on. Look at pg_stat_user_indexes, on the\n\
        replicas too, before.",
        bad: "-- pgward:no-transaction\n\
        drop index concurrently accounts_email;",
        good: "-- pgward:no-transaction\n\
        create index concurrently accounts_email on accounts (email);",
    },
    check,
).off();

fn check(site: &Site<'_>, found: &mut Found) {
    for name in site.dropped(&["index"]) {
        found.say(site.span.clone(), format!("index {} goes", shown(name))).on("index", name);
    }
}
