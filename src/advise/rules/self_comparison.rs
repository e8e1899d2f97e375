//! Conditions that compare a column with itself.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD011",
    name: "compares-with-itself",
    severity: Severity::Error,
    description: "A policy compares a column with itself, which is true of every row. In a sub-select it is mostly a captured \
                  name: in `exists (select from members m where m.tenant_id = tenant_id)` the second `tenant_id` is the \
                  members', because the nearest table wins. Write the outer table's name in front.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy see on app.jobs for select to authenticated using (tenant_id = tenant_id);",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy see on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for (policy, table) in facts.managed_policies() {
        let expressions = [&policy.using_expression, &policy.check_expression].into_iter().flatten();
        let mut comparisons: Vec<_> = expressions.flat_map(Expression::self_comparisons).collect();
        comparisons.dedup();
        for comparison in comparisons {
            found.add(
                facts.policy_ref(policy),
                format!(
                    "policy {} on {} compares a column with itself: {comparison}",
                    Ident(&policy.name),
                    table.qualified()
                ),
                format!(
                    "a bare name in a sub-select is the nearest table's: write {}.column for the outer one",
                    Ident(&table.name)
                ),
            );
        }
    }
}
