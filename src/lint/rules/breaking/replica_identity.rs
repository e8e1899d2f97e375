//! `replica-identity`: Logical replication sends other old values from then on.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN089",
        name: "replica-identity",
        severity: Severity::Warning,
        description: "Logical replication sends other old values from then on; with NOTHING, updates and deletes of a\n\
        published table fail.",
        bad: "alter table accounts replica identity nothing;",
        good: "alter table accounts alter column id set statistics 100;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if matches!(action, TableAction::Other(what) if matches!(what.as_str(), "replica identity")) {
            found
                .say(span, format!("what subscribers are sent of changes of {} changes", shown(table)))
                .on("table", table);
        }
    }
}
