//! Schemas in which API roles may create objects.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD054",
    name: "schema-create-open",
    severity: Severity::Error,
    description: "An API role, or everybody, may create objects in a schema: a function or table of theirs can stand where \
                  others' code looks for one, and what they create they own. Revoke CREATE.",
    bad: "create schema app;
grant usage, create on schema app to authenticated;",
    good: "create schema app;
grant usage on schema app to authenticated;",
};

fn check(facts: &Facts, found: &mut Found) {
    for schema in facts.schemas.iter().filter(|schema| !schema.create.is_empty()) {
        let object = ObjectRef { kind: "schema".into(), schema: None, name: schema.name.clone(), parent: None };
        found.add(
            object,
            format!("{} may create objects in schema {}", who(&schema.create), Ident(&schema.name)),
            format!("revoke create on schema {} from {}", Ident(&schema.name), schema.create.join(", ")),
        );
    }
}
