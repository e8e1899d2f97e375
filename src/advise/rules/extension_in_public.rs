//! Extensions in the schema that everybody uses.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD052",
    name: "extension-in-public",
    severity: Severity::Warning,
    description: "An extension's functions, types and operators are in schema public, among the application's own and within \
                  reach of everybody's search_path. Give extensions a schema of their own.",
    bad: "create extension pg_trgm schema public;",
    good: "create schema extensions;
create extension pg_trgm schema extensions;",
};

fn check(facts: &Facts, found: &mut Found) {
    for extension in facts.extensions.iter().filter(|extension| extension.schema == "public") {
        let object = ObjectRef { kind: "extension".into(), schema: None, name: extension.name.clone(), parent: None };
        found.add(
            object,
            format!("extension {} is in schema public", Ident(&extension.name)),
            match extension.relocatable {
                true => format!("alter extension {} set schema extensions", Ident(&extension.name)),
                false => "it can't be moved: create it again in a schema of its own".to_owned(),
            },
        );
    }
}
