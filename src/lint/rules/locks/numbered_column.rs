//! `numbered-column`: A serial or identity column gives each row a number.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN014",
        name: "numbered-column",
        severity: Severity::Error,
        description: "A serial or identity column gives each row a number: the table is written anew under an ACCESS\n\
        EXCLUSIVE lock. Add a plain column, fill it in batches, then attach the sequence or make it an\n\
        identity.",
        bad: "alter table accounts add column number bigint generated always as identity;",
        good: "alter table accounts add column number bigint;",
    },
    check,
)
.claims(Claim::Rewrites);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        let TableAction::AddColumn { column, .. } = action else { continue };
        let serial = column.data_type.as_ref().is_some_and(|known| known.is(&["serial", "bigserial", "smallserial"]));
        if column.identity || serial {
            found
                .say(span, format!("{} is written anew to number its rows", shown(table)))
                .of("column", &column.name, table)
                .hint("add a plain column, fill it in batches, then give it its sequence");
        }
    }
}
