//! `object-replaced`: What callers and readers of the object get may change from one moment to the next.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN097",
        name: "object-replaced",
        severity: Severity::Info,
        description: "What callers and readers of the object get may change from one moment to the next, also for versions\n\
        that are still in use.",
        bad: "create or replace view active_accounts as select 1 as id;",
        good: "create view active_accounts as select 1 as id;",
    },
    check,
).off();

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Create(create) = site.action else { return };
    if create.or_replace && !site.known.is_fresh(&create.kind, &create.name, create.on.as_ref()) {
        found
            .say(
                site.span.clone(),
                format!("{} {} may do something else from then on", create.kind, shown(&create.name)),
            )
            .on(&create.kind, &create.name);
    }
}
