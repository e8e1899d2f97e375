//! Policies that ask only whether somebody is logged in.

use super::prelude::*;
use super::read_always_true::severity_of_showing;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD008",
    name: "any-user",
    severity: Severity::Warning,
    description: "A permissive policy asks only that somebody is logged in (`auth.uid() is not null`, `auth.role() = \
                  'authenticated'`), not who: every user gets the rows of all. On a table without a column that says whom a \
                  row belongs to it is only noted, unless it is for writing.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy see on app.jobs for select to authenticated using ((select auth.uid()) is not null);",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy see on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for (policy, table) in facts.managed_policies().filter(|(policy, _)| policy.permissive) {
        let asks_only_that = |expression: &Expression| {
            let parts = expression.alternatives();
            parts.iter().any(|part| part.conditions().iter().all(Expression::is_logged_in))
        };
        let expressions = [&policy.using_expression, &policy.check_expression];
        if policy.applies_to.is_empty() || !expressions.into_iter().flatten().any(asks_only_that) {
            continue;
        }
        let severity = if policy.command == "SELECT" { severity_of_showing(facts, table) } else { Severity::Warning };
        found.add_as(
            severity,
            facts.policy_ref(policy),
            format!(
                "policy {} on {} lets every logged-in user through, whoever it is",
                Ident(&policy.name),
                table.qualified()
            ),
            "compare the row's tenant or owner with who asks",
        );
    }
}
