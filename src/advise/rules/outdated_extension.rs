//! Extensions that the server has a newer version of.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD053",
    name: "extension-outdated",
    severity: Severity::Info,
    description: "The server has a newer version of an installed extension: its objects are still those of the old one, with \
                  that one's bugs. ALTER EXTENSION … UPDATE brings them up to date.",
    bad: "create schema extensions;
create extension pg_trgm schema extensions version '1.3';",
    good: "create schema extensions;
create extension pg_trgm schema extensions;",
};

fn check(facts: &Facts, found: &mut Found) {
    for extension in &facts.extensions {
        let Some(newest) = extension.newest.as_ref().filter(|newest| **newest != extension.version) else { continue };
        let object = ObjectRef { kind: "extension".into(), schema: None, name: extension.name.clone(), parent: None };
        found.add(
            object,
            format!(
                "extension {} is at version {}, the server has {newest}",
                Ident(&extension.name),
                extension.version
            ),
            format!("alter extension {} update", Ident(&extension.name)),
        );
    }
}
