//! API roles above policies, or one step below.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD035",
    name: "bypass-reachable",
    severity: Severity::Error,
    description: "An API role is a superuser or has BYPASSRLS, or can become such a role with SET ROLE: no policy holds it. \
                  Take the membership away; what needs more rights connects as another role.",
    bad: "create role app_caller login;
create role app_bypass bypassrls;
grant app_bypass to app_caller;
create schema app;
grant usage on schema app to app_caller;",
    good: "create role app_reader login;
create schema app;
grant usage on schema app to app_reader;",
};

fn check(facts: &Facts, found: &mut Found) {
    for membership in &facts.memberships {
        let right = if membership.superuser { "is a superuser" } else { "has BYPASSRLS" };
        let role = ObjectRef { kind: "role".into(), schema: None, name: membership.role.clone(), parent: None };
        let (name, target) = (Ident(&membership.role), Ident(&membership.target));
        if membership.itself {
            found.add(role, format!("API role {name} {right}: no policy holds it"), "let clients act as another role");
        } else if membership.superuser || membership.bypass {
            found.add(
                role,
                format!("API role {name} can become {target} with SET ROLE, which {right}"),
                format!("revoke {target} from {name}"),
            );
        }
    }
}
