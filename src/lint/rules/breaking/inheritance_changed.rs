//! `inheritance-changed`: Queries of the parent see other rows from then on.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN091",
        name: "inheritance-changed",
        severity: Severity::Warning,
        description: "Queries of the parent see other rows from then on.",
        bad: "alter table accounts_old no inherit accounts;",
        good: "alter table accounts_old alter column id set statistics 100;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if matches!(action, TableAction::Other(what) if matches!(what.as_str(), "no inherit table" | "inherit table")) {
            found.say(span, format!("queries of the parent of {} see other rows", shown(table))).on("table", table);
        }
    }
}
