//! Functions in policies that look names up where the caller says.

use super::definer_search_path::is_mutable;
use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD032",
    name: "policy-function-search-path",
    severity: Severity::Warning,
    description: "A function that a policy calls has no search_path of its own: who asks decides by a temporary table or by \
                  their search_path what the policy looks at, and so what it permits.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create function app.tenant() returns uuid language sql stable as 'select auth.uid()';
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select app.tenant()));",
    good: "create schema app;
grant usage on schema app to authenticated;
create function app.tenant() returns uuid language sql stable set search_path = '' as 'select auth.uid()';
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select app.tenant()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for function in facts.functions().filter(|function| !function.definer && is_mutable(function)) {
        if facts.is_in_policy(function) {
            found.add(
                function.to_ref(),
                format!("a policy calls {}, which looks names up in the caller's search_path", function.qualified()),
                format!(
                    "alter {} {} set search_path = '', with every name in it qualified",
                    function.kind,
                    function.qualified()
                ),
            );
        }
    }
}
