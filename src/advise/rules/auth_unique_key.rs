//! Foreign keys to Supabase's own tables by what is no primary key.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD055",
    name: "foreign-key-to-auth-unique",
    severity: Severity::Error,
    description: "A foreign key refers to a table of schema auth by a unique key other than its primary key. Supabase may drop \
                  that key in an update, which the foreign key would prevent.",
    bad: "create schema app;
create table app.people (id bigint primary key, email text references auth.users (email));
create index on app.people (email);",
    good: "create schema app;
create table app.people (id uuid primary key references auth.users (id), email text);",
};

fn check(facts: &Facts, found: &mut Found) {
    for key in facts.foreign_keys.iter().filter(|key| !key.of_primary_key) {
        let (Some(table), Some(parent)) = (facts.relation(key.relation), facts.relation(key.referenced)) else {
            continue;
        };
        if parent.schema == "auth" && table.schema != "auth" {
            found.add(
                table.part("constraint", &key.name),
                format!(
                    "foreign key {} of {} refers to {} by no primary key",
                    Ident(&key.name),
                    table.qualified(),
                    parent.qualified()
                ),
                "refer to the primary key",
            );
        }
    }
}
