//! `row-security-enabled`: Without policies nobody but the owner sees a row from then on, and with FORCE not even the owner.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN104",
        name: "row-security-enabled",
        severity: Severity::Info,
        description: "Without policies nobody but the owner sees a row from then on, and with FORCE not even the owner.",
        bad: "alter table accounts enable row level security;",
        good: "create table accounts (id bigint);\n\
        alter table accounts enable row level security;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if matches!(action, TableAction::Other(what) if matches!(what.as_str(), "enable rls" | "force rls")) {
            found.say(span, format!("rows of {} are seen only as policies allow", shown(table))).on("table", table);
        }
    }
}
