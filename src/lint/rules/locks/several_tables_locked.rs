//! `several-tables-locked`: One transaction takes strong locks on several tables that are in use.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN024",
        name: "several-tables-locked",
        severity: Severity::Warning,
        description: "One transaction takes strong locks on several tables that are in use: the first is held while the\n\
        second is waited for, which makes everybody wait longer and can deadlock with an application that\n\
        takes them in another order. Put them into migrations of their own.",
        bad: "alter table accounts add column plan text;\n\
        alter table orders add column plan text;",
        good: "alter table accounts add column plan text;",
    },
    check,
).claims(Claim::Blocks);

fn check(site: &Site<'_>, found: &mut Found) {
    let Some(touch) = site.blocking() else { return };
    if site.past.held.iter().any(|held| held.table.last() == touch.table.last()) {
        return;
    }
    if let Some(held) = site.past.held.iter().max_by_key(|held| held.mode) {
        found
            .say(
                site.span.clone(),
                format!(
                    "{} on {} is waited for while {} on {} (line {}) is held",
                    touch.mode,
                    shown(&touch.table),
                    held.mode,
                    shown(&held.table),
                    held.line
                ),
            )
            .on("table", &touch.table)
            .hint("put it into a migration of its own");
    }
}
