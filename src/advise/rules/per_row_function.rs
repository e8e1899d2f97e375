//! Policies that call the project's own functions once for each row without need.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD021",
    name: "function-called-per-row",
    severity: Severity::Warning,
    description: "A policy calls a function of the project, with arguments that do not depend on the row, for every row. A \
                  function that is not IMMUTABLE is not folded into a constant, and STABLE alone does not make the server \
                  call it once: a scalar sub-select, `(select app.tenant())`, does.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create function app.tenant() returns uuid language sql stable set search_path = '' as 'select auth.uid()';
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = app.tenant());",
    good: "create schema app;
grant usage on schema app to authenticated;
create function app.tenant() returns uuid language sql stable set search_path = '' as 'select auth.uid()';
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select app.tenant()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for (policy, table) in facts.managed_policies() {
        let called: Vec<_> = policy.calls.iter().filter_map(|oid| facts.function(*oid)).collect();
        let expressions = [&policy.using_expression, &policy.check_expression].into_iter().flatten();
        let calls = expressions.flat_map(Expression::calls).filter(|call| !call.once && !call.of_columns);
        let mut reported = Vec::new();
        for call in calls.filter(|call| !super::per_row_session::reads_session(&call.name)) {
            let Some(name) = call.name.last() else { continue };
            // The dependency says which functions it can be, and the catalogs how volatile they are.
            let Some(function) = called.iter().find(|function| function.name == *name && function.volatility != 'i')
            else {
                continue;
            };
            if reported.contains(&function.oid) {
                continue;
            }
            reported.push(function.oid);
            found.add(
                facts.policy_ref(policy),
                format!(
                    "policy {} on {} calls {} for every row, though no argument depends on it",
                    Ident(&policy.name),
                    table.qualified(),
                    function.qualified()
                ),
                format!("write (select {}(…)): it is then evaluated once", call.name.join(".")),
            );
        }
    }
}
