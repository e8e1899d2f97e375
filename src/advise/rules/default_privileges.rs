//! Default privileges that open what is made next.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD018",
    name: "default-privileges-open",
    severity: Severity::Warning,
    description: "Default privileges give an API role rights on every table, sequence or function that will be made: the next \
                  table is open from its first moment, before anybody enables row-level security on it. Grant on each object \
                  when it is made.",
    bad: "create schema app;
grant usage on schema app to authenticated;
alter default privileges in schema app grant select on tables to authenticated;",
    good: "create schema app;
grant usage on schema app to authenticated;
alter default privileges in schema app grant select on tables to authenticated;
alter default privileges in schema app revoke select on tables from authenticated;",
};

fn check(facts: &Facts, found: &mut Found) {
    for open in &facts.default_privileges {
        let place = match &open.schema {
            Some(schema) => format!("schema {}", Ident(schema)),
            None => "every schema".to_owned(),
        };
        let object = match &open.schema {
            Some(schema) => ObjectRef { kind: "schema".into(), schema: None, name: schema.clone(), parent: None },
            None => ObjectRef { kind: "role".into(), schema: None, name: open.owner.clone(), parent: None },
        };
        found.add(
            object,
            format!(
                "{} made by {} in {place} will be open to {} ({})",
                open.kind,
                Ident(&open.owner),
                who(std::slice::from_ref(&open.grantee)),
                open.privileges.join(", ")
            ),
            format!(
                "alter default privileges for role {}{} revoke {} on {} from {}",
                Ident(&open.owner),
                open.schema.as_ref().map(|schema| format!(" in schema {}", Ident(schema))).unwrap_or_default(),
                open.privileges.join(", "),
                open.kind,
                Ident(&open.grantee)
            ),
        );
    }
}
