//! Functions with their owner's rights whose search path others can write to.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD034",
    name: "definer-search-path-open",
    severity: Severity::Warning,
    description: "A SECURITY DEFINER function pins a search_path that others can put something into. The temporary schema is \
                  searched first for tables unless it is named, so a path that is not empty ends with pg_temp; and a schema in \
                  which an API role may create objects does not belong in it.",
    bad: "create schema app;
create function app.purge() returns void language sql security definer set search_path = pg_catalog, app as 'select';
revoke execute on function app.purge() from public;",
    good: "create schema app;
create function app.purge() returns void language sql security definer set search_path = pg_catalog, app, pg_temp as 'select';
revoke execute on function app.purge() from public;",
};

fn check(facts: &Facts, found: &mut Found) {
    for function in facts.functions().filter(|function| function.definer && !function.bound) {
        let Some(path) = &function.search_path else { continue };
        let schemas: Vec<&str> =
            path.split(',').map(|schema| schema.trim().trim_matches('"')).filter(|schema| !schema.is_empty()).collect();
        if schemas.is_empty() {
            continue;
        }
        let last = schemas.last().copied();
        let open =
            facts.schemas.iter().find(|schema| schemas.contains(&schema.name.as_str()) && !schema.create.is_empty());
        if last != Some("pg_temp") {
            found.add(
                function.to_ref(),
                format!("{} searches temporary tables before {}", function.qualified(), schemas.join(", ")),
                format!("alter {} {} set search_path = {}, pg_temp", function.kind, function.qualified(), path),
            );
        } else if let Some(schema) = open {
            found.add(
                function.to_ref(),
                format!(
                    "{} looks names up in schema {}, where {} may create objects",
                    function.qualified(),
                    Ident(&schema.name),
                    who(&schema.create)
                ),
                "take the schema out of its search_path and qualify the names",
            );
        }
    }
}
