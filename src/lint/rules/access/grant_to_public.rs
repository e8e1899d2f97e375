//! `grant-to-public`: PUBLIC is every role, also those that come later.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN107",
        name: "grant-to-public",
        severity: Severity::Warning,
        description: "PUBLIC is every role, also those that come later. Grant to the roles that need it.",
        bad: "grant select on accounts to public;",
        good: "create table accounts (id bigint);\n\
        grant select on accounts to reporting;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Grant(grant) = site.action else { return };
    let harmless = grant.kind == "schema" && grant.privileges == ["usage"] || grant.kind == "type";
    if !grant.revoke && !harmless && grant.roles.iter().any(|role| role == "public") {
        let said = found.say(site.span.clone(), format!("{} is given to every role", grant.privileges.join(", ")));
        if let Some(object) = grant.objects.first() {
            said.on(&grant.kind, object);
        }
    }
}
