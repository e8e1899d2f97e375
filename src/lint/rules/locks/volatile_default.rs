//! `volatile-default`: A default that differs from row to row makes PostgreSQL write the whole table anew.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN012",
        name: "volatile-default",
        severity: Severity::Error,
        description: "A default that differs from row to row makes PostgreSQL write the whole table anew under an ACCESS\n\
        EXCLUSIVE lock; a constant one, or one that is stable like now(), does not. Add the column without\n\
        it, set the default, and fill the rows in batches.",
        bad: "alter table accounts add column token uuid default gen_random_uuid();",
        good: "alter table accounts add column created_at timestamptz default now();",
    },
    check,
).claims(Claim::Rewrites);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        let TableAction::AddColumn { column, .. } = action else { continue };
        if let Some(default) = column.default.as_ref().filter(|default| site.known.is_volatile(default)) {
            found
                .say(
                    span,
                    format!("{} is written anew, because {} may differ from row to row", shown(table), default.text),
                )
                .of("column", &column.name, table)
                .hint("ADD COLUMN without the default, then SET DEFAULT, then fill the rows in batches");
        }
    }
}
