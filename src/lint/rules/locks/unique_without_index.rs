//! `unique-without-index`: A unique constraint builds its index under an ACCESS EXCLUSIVE lock.

use super::super::added;
use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::ConstraintKind;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN016",
        name: "unique-without-index",
        severity: Severity::Error,
        description: "A unique constraint builds its index under an ACCESS EXCLUSIVE lock: readers and writers wait. Build\n\
        a unique index CONCURRENTLY first and add the constraint USING INDEX, which takes a moment.",
        bad: "alter table accounts add constraint accounts_email_key unique (email);",
        good: "alter table accounts add constraint accounts_email_key unique using index accounts_email;",
    },
    check,
).claims(Claim::Blocks);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, constraint) in added(site, ConstraintKind::Unique) {
        if constraint.using_index.is_none() {
            found
                .say(span, format!("readers and writers of {} wait while its index is built", shown(table)))
                .on("table", table)
                .hint("CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … UNIQUE USING INDEX");
        }
    }
}
