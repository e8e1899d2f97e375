//! `storage-moved`: SET ACCESS METHOD and SET TABLESPACE copy the whole table under an ACCESS EXCLUSIVE lock.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN027",
        name: "storage-moved",
        severity: Severity::Error,
        description: "SET ACCESS METHOD and SET TABLESPACE copy the whole table under an ACCESS EXCLUSIVE lock. There is\n\
        no concurrent way: fill a new table and swap.",
        bad: "alter table accounts set tablespace fast;",
        good: "create table accounts (id bigint) tablespace fast;",
    },
    check,
).claims(Claim::Rewrites);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if matches!(action, TableAction::Other(what) if what == "set access method" || what == "set tablespace") {
            found
                .say(span, format!("{} is copied under an ACCESS EXCLUSIVE lock", shown(table)))
                .on("table", table)
                .hint("fill a new table in batches and swap the names");
        }
    }
}
