//! `grant`: More may be done with what was there before.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN106",
        name: "grant",
        severity: Severity::Info,
        description: "More may be done with what was there before.",
        bad: "grant select on accounts to reporting;",
        good: "create table accounts (id bigint);\n\
        grant select on accounts to reporting;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Grant(grant) = site.action else { return };
    let there =
        grant.objects.is_empty() || grant.objects.iter().any(|object| !site.known.is_fresh(&grant.kind, object, None));
    if there && !grant.revoke && grant.kind != "role" && !grant.roles.iter().any(|role| role == "public") {
        let said = found
            .say(site.span.clone(), format!("{} is given to {}", grant.privileges.join(", "), grant.roles.join(", ")));
        if let (Some(object), false) = (grant.objects.first(), grant.kind.starts_with("all ")) {
            said.on(&grant.kind, object);
        }
    }
}
