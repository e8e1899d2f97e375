//! `no-statement-timeout`: A statement that holds a strong lock has no statement_timeout.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN021",
        name: "no-statement-timeout",
        severity: Severity::Info,
        description: "A statement that holds a strong lock has no statement_timeout: if it takes longer than thought, it\n\
        holds everybody up until somebody notices.",
        bad: "alter table accounts add column plan text;",
        good: "set statement_timeout = '1min';\n\
        alter table accounts add column plan text;",
    },
    check,
).off();

fn check(site: &Site<'_>, found: &mut Found) {
    if site.past.setting("statement_timeout").is_none()
        && let Some(touch) = site.blocking()
    {
        found
            .say(
                site.span.clone(),
                format!("{} on {} is held without a statement_timeout", touch.mode, shown(&touch.table)),
            )
            .on("table", &touch.table)
            .hint("SET statement_timeout before it");
    }
}
