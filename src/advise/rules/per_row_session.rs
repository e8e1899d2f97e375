//! Policies that ask who is there once for each row.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD020",
    name: "session-read-per-row",
    severity: Severity::Warning,
    description: "A policy calls `auth.uid()`, `auth.jwt()`, `auth.role()` or `current_setting()` for every row. In a scalar \
                  sub-select, `(select auth.uid())`, the server asks once for each statement and can use an index.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = auth.uid());",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
};

/// Whether a call is one of Supabase's `auth` functions or reads a setting.
pub(super) fn reads_session(name: &[String]) -> bool {
    match name {
        [schema, _] if schema == "auth" => true,
        [.., name] => name == "current_setting",
        [] => false,
    }
}

fn check(facts: &Facts, found: &mut Found) {
    for (policy, table) in facts.managed_policies() {
        let expressions = [&policy.using_expression, &policy.check_expression].into_iter().flatten();
        let calls = expressions.flat_map(Expression::calls).filter(|call| !call.once && !call.of_columns);
        let mut names: Vec<_> =
            calls.filter(|call| reads_session(&call.name)).map(|call| call.name.join(".")).collect();
        names.sort();
        names.dedup();
        for name in names {
            found.add(
                facts.policy_ref(policy),
                format!("policy {} on {} calls {name}() for every row", Ident(&policy.name), table.qualified()),
                format!("write (select {name}(…)): it is then evaluated once"),
            );
        }
    }
}
