//! Tables that pg_graphql shows to people who are not logged in.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD058",
    name: "graphql-for-strangers",
    severity: Severity::Warning,
    description: "pg_graphql is installed, and the role of people who are not logged in may read a table: its name and columns \
                  are in the GraphQL schema that anybody can ask for, whatever its policies say about rows.",
    bad: "create schema graphql;
create function graphql.resolve(query text) returns jsonb language sql set search_path = '' as 'select null::jsonb';
create schema app;
grant usage on schema app to anon;
create table app.news (id bigint primary key, title text);
grant select on app.news to anon;
alter table app.news enable row level security;
create policy see on app.news for select to anon using (title <> '');",
    good: "create schema graphql;
create function graphql.resolve(query text) returns jsonb language sql set search_path = '' as 'select null::jsonb';
create schema app;
grant usage on schema app to anon;
create table app.news (id bigint primary key, title text);",
};

/// The relations that are in the GraphQL schema of some roles, with these.
pub(super) fn shown<'a>(
    facts: &'a Facts,
    wanted: impl Fn(&str) -> bool + 'a,
) -> impl Iterator<Item = (&'a Relation, Vec<String>)> {
    let installed = facts.every_function().any(|function| function.schema == "graphql" && function.name == "resolve");
    facts.relations().filter(move |relation| installed && relation.schema != "graphql").filter_map(move |relation| {
        let mut roles = facts.may(relation, Command::Select);
        roles.retain(|role| wanted(role));
        (!roles.is_empty()).then_some((relation, roles))
    })
}

fn check(facts: &Facts, found: &mut Found) {
    for (relation, roles) in shown(facts, words::is_anonymous) {
        found.add(
            relation.to_ref(),
            format!("{} sees {} in the GraphQL schema", who(&roles), relation.qualified()),
            format!("revoke select on {} from {}", relation.qualified(), roles.join(", ")),
        );
    }
}
