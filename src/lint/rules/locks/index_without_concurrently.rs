//! `index-without-concurrently`: CREATE INDEX on a table that is in use.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN001",
        name: "index-without-concurrently",
        severity: Severity::Error,
        description: "CREATE INDEX on a table that is in use: writers wait until the whole table is read and the index is\n\
        built. CREATE INDEX CONCURRENTLY lets them go on; it needs a file that runs without a transaction.",
        bad: "create index accounts_email on accounts (email);",
        good: "-- pgward:no-transaction\n\
        create index concurrently accounts_email on accounts (email);",
    },
    check,
).claims(Claim::Blocks);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::CreateIndex(index) = site.action else { return };
    if index.concurrently || index.only || !site.existing(&index.table) {
        return;
    }
    let said =
        found.say(site.span.clone(), format!("writers of {} wait while this index is built", shown(&index.table)));
    said.on("table", &index.table);
    if site.table(&index.table).is_some_and(|table| table.partitioned) {
        said.hint("build it CONCURRENTLY on each partition, then ON ONLY the parent, and attach");
    } else {
        said.hint("CREATE INDEX CONCURRENTLY, in a file that begins with -- pgward:no-transaction");
    }
}
