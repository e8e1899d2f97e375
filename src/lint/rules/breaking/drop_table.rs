//! `drop-table`: DROP TABLE loses all rows, and everything that reads or writes the table fails from then on.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN060",
        name: "drop-table",
        severity: Severity::Error,
        description: "DROP TABLE loses all rows, and everything that reads or writes the table fails from then on. Make\n\
        sure that no version of the application in use touches it; rename it first, and drop it when nobody\n\
        has missed it.",
        bad: "drop table drafts;",
        good: "create table drafts (id bigint);\n\
        drop table drafts;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for name in site.dropped(&["table", "foreign table"]) {
        found
            .say(site.span.clone(), format!("table {} goes with its rows", shown(name)))
            .on("table", name)
            .hint("if no version in use touches it, waive this with the reason");
    }
}
