//! `revoke`: Statements that need the privilege fail from then on.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN105",
        name: "revoke",
        severity: Severity::Info,
        description: "Statements that need the privilege fail from then on.",
        bad: "revoke select on accounts from reporting;",
        good: "create table accounts (id bigint);\n\
        revoke select on accounts from reporting;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Grant(grant) = site.action else { return };
    let there =
        grant.objects.is_empty() || grant.objects.iter().any(|object| !site.known.is_fresh(&grant.kind, object, None));
    if there && grant.revoke && grant.kind != "role" {
        let said = found.say(
            site.span.clone(),
            format!("{} is taken from {}", grant.privileges.join(", "), grant.roles.join(", ")),
        );
        if let (Some(object), false) = (grant.objects.first(), grant.kind.starts_with("all ")) {
            said.on(&grant.kind, object);
        }
    }
}
