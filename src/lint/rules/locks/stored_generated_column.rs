//! `stored-generated-column`: A stored generated column is computed for all rows at once.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN013",
        name: "stored-generated-column",
        severity: Severity::Error,
        description: "A stored generated column is computed for all rows at once: the table is written anew under an\n\
        ACCESS EXCLUSIVE lock. Use a plain column that a trigger fills, or on PostgreSQL 18 a virtual one.",
        bad: "alter table accounts add column name_lower text generated always as (lower(name)) stored;",
        good: "alter table accounts add column name_lower text;",
    },
    check,
)
.claims(Claim::Rewrites);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        let (column, set) = match action {
            TableAction::AddColumn { column, .. } if column.stored => (&column.name, false),
            TableAction::Column { column, what } if what == "set expression" => (column, true),
            _ => continue,
        };
        let what = if set { "unless the column is virtual, " } else { "" };
        found
            .say(span, format!("{what}{} is written anew to compute this column", shown(table)))
            .of("column", column, table)
            .hint("use a plain column that a trigger fills, and fill the old rows in batches");
    }
}
