//! `wide-index`: An index of more than three columns that isn't unique is large, and its last columns seldom help.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN134",
        name: "wide-index",
        severity: Severity::Info,
        description: "An index of more than three columns that isn't unique is large, and its last columns seldom help:\n\
        one on the columns that select most is smaller and used more often.",
        bad: "-- pgward:no-transaction\n\
        create index concurrently hits_all on hits (a, b, c, d);",
        good: "-- pgward:no-transaction\n\
        create index concurrently hits_all on hits (a, b);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::CreateIndex(index) = site.action else { return };
    if !index.unique && index.keys > 3 {
        found
            .say(site.span.clone(), format!("the index on {} has {} columns", shown(&index.table), index.keys))
            .on("table", &index.table);
    }
}
