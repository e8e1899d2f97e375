//! `truncate-cascade`: TRUNCATE … CASCADE also empties every table that references this one.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::{Action, Verb};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN077",
        name: "truncate-cascade",
        severity: Severity::Error,
        description: "TRUNCATE … CASCADE also empties every table that references this one, and those that reference them,\n\
        whether you know them or not.",
        bad: "truncate accounts cascade;",
        good: "create table drafts (id bigint);\n\
        truncate drafts;",
    },
    check,
)
.claims(Claim::Rewrites);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Write(write) = site.action else { return };
    if write.verb == Verb::Truncate && write.cascade {
        for table in &write.tables {
            found
                .say(
                    site.span.clone(),
                    format!("every row of {} and of all tables that reference it is deleted", shown(table)),
                )
                .on("table", table)
                .hint("name the tables instead");
        }
    }
}
