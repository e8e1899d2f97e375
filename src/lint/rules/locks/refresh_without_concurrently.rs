//! `refresh-without-concurrently`: REFRESH MATERIALIZED VIEW makes readers wait until its query is done.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN030",
        name: "refresh-without-concurrently",
        severity: Severity::Warning,
        description: "REFRESH MATERIALIZED VIEW makes readers wait until its query is done. With a unique index on the\n\
        view, REFRESH … CONCURRENTLY lets them read the old rows meanwhile.",
        bad: "refresh materialized view totals;",
        good: "refresh materialized view concurrently totals;",
    },
    check,
).claims(Claim::Rewrites);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Refresh { view, concurrently: false } = site.action else { return };
    if !site.known.is_fresh("materialized view", view, None) {
        found
            .say(site.span.clone(), format!("readers of {} wait while it is refreshed", shown(view)))
            .on("materialized view", view)
            .hint("REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on it");
    }
}
