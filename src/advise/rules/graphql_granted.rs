//! Tables that pg_graphql shows to logged-in users.

use super::graphql_anonymous::shown;
use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD059",
    name: "graphql-granted",
    severity: Severity::Info,
    description: "pg_graphql is installed, and an API role may read a table: its name and columns are in the GraphQL schema \
                  that the role can ask for, whatever its policies say about rows.",
    bad: "create schema graphql;
create function graphql.resolve(query text) returns jsonb language sql set search_path = '' as 'select null::jsonb';
create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
    good: "create schema graphql;
create function graphql.resolve(query text) returns jsonb language sql set search_path = '' as 'select null::jsonb';
create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);",
};

fn check(facts: &Facts, found: &mut Found) {
    for (relation, roles) in shown(facts, |role| !words::is_anonymous(role)) {
        found.add(
            relation.to_ref(),
            format!("{} sees {} in the GraphQL schema", who(&roles), relation.qualified()),
            format!("revoke select on {} where the API does not need it", relation.qualified()),
        );
    }
}
