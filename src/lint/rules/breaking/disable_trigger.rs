//! `disable-trigger`: What the trigger keeps true is not kept any more; DISABLE TRIGGER ALL switches foreign keys off too.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN090",
        name: "disable-trigger",
        severity: Severity::Warning,
        description: "What the trigger keeps true is not kept any more; DISABLE TRIGGER ALL switches foreign keys off too.",
        bad: "alter table accounts disable trigger touch;",
        good: "alter table accounts enable trigger touch;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if matches!(action, TableAction::Other(what) if matches!(what.as_str(), "disable trigger" | "disable rule" | "enable replica trigger" | "enable replica rule"))
        {
            found
                .say(span, format!("a trigger or rule of {} does not fire for everybody any more", shown(table)))
                .on("table", table);
        }
    }
}
