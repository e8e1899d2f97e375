//! `set-logged`: SET LOGGED and SET UNLOGGED write the whole table anew under an ACCESS EXCLUSIVE lock.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN026",
        name: "set-logged",
        severity: Severity::Error,
        description: "SET LOGGED and SET UNLOGGED write the whole table anew under an ACCESS EXCLUSIVE lock, and LOGGED\n\
        puts all of it into the WAL. There is no concurrent way: fill a new table and swap.",
        bad: "alter table sessions set unlogged;",
        good: "create unlogged table sessions (id bigint);",
    },
    check,
).claims(Claim::Rewrites);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if matches!(action, TableAction::Other(what) if what == "set logged" || what == "set unlogged") {
            found
                .say(span, format!("{} is written anew under an ACCESS EXCLUSIVE lock", shown(table)))
                .on("table", table)
                .hint("fill a new table in batches and swap the names");
        }
    }
}
