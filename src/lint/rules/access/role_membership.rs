//! `role-membership`: Members may do what the role may, now or by SET ROLE, also what it is given later.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN109",
        name: "role-membership",
        severity: Severity::Warning,
        description: "Members may do what the role may, now or by SET ROLE, also what it is given later.",
        bad: "grant admins to app;",
        good: "create role app;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Grant(grant) = site.action else { return };
    let there =
        grant.objects.is_empty() || grant.objects.iter().any(|object| !site.known.is_fresh(&grant.kind, object, None));
    if there && grant.kind == "role" {
        let said = found.say(
            site.span.clone(),
            format!("membership in {} changes for {}", grant.privileges.join(", "), grant.roles.join(", ")),
        );
        if let (Some(object), false) = (grant.objects.first(), grant.kind.starts_with("all ")) {
            said.on(&grant.kind, object);
        }
    }
}
