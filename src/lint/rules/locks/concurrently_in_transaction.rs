//! `concurrently-in-transaction`: A statement that PostgreSQL refuses inside a transaction block, in a file that runs in one.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site};
use crate::sql::no_transaction_reason;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN003",
        name: "concurrently-in-transaction",
        severity: Severity::Error,
        description: "A statement that PostgreSQL refuses inside a transaction block, in a file that runs in one: the\n\
        migration will fail. Put it into a file of its own that begins with `-- pgward:no-transaction`.",
        bad: "create index concurrently accounts_email on accounts (email);",
        good: "-- pgward:no-transaction\n\
        create index concurrently accounts_email on accounts (email);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Some(reason) = site.statement.and_then(no_transaction_reason) else { return };
    if site.in_transaction {
        found
            .say(site.span.clone(), format!("{reason} can't run inside a transaction, and this file runs in one"))
            .hint("begin the file with -- pgward:no-transaction");
    }
}
