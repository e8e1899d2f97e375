//! `row-security-disabled`: Whoever has a grant on the table sees all rows from then on; without FORCE, its owner does.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN103",
        name: "row-security-disabled",
        severity: Severity::Error,
        description: "Whoever has a grant on the table sees all rows from then on; without FORCE, its owner does.",
        bad: "alter table accounts disable row level security;",
        good: "create table accounts (id bigint);\n\
        alter table accounts enable row level security;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if matches!(action, TableAction::Other(what) if matches!(what.as_str(), "disable rls" | "no force rls")) {
            found
                .say(span, format!("policies of {} do not hold for everybody any more", shown(table)))
                .on("table", table);
        }
    }
}
