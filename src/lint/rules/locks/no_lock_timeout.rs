//! `no-lock-timeout`: A statement waits for a strong lock without a limit.

use crate::base::{Code, Severity};
use crate::lint::engine::RunBy;
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN020",
        name: "no-lock-timeout",
        severity: Severity::Warning,
        description: "A statement waits for a strong lock without a limit: while it waits, everybody after it waits too,\n\
        behind one long query. pgward sets lock_timeout for files that run in a transaction, but can't for\n\
        those that don't; other runners set none. SET lock_timeout before the statement.",
        bad: "-- pgward:no-transaction\n\
        alter table accounts add column plan text;",
        good: "-- pgward:no-transaction\n\
        set lock_timeout = '5s';\n\
        alter table accounts add column plan text;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    if site.run_by == RunBy::Pgward && site.in_transaction || site.past.setting("lock_timeout").is_some() {
        return;
    }
    if let Some(touch) = site.blocking() {
        found
            .say(
                site.span.clone(),
                format!("{} on {} is waited for without a lock_timeout", touch.mode, shown(&touch.table)),
            )
            .on("table", &touch.table)
            .hint("SET lock_timeout = '5s' before it, and try again when it runs out");
    }
}
