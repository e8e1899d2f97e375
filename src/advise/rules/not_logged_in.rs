//! Policies that are open to who is not logged in.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD009",
    name: "open-to-strangers",
    severity: Severity::Error,
    description: "A permissive policy lets everything through when nobody is logged in (`auth.uid() is null or …`): the \
                  condition is the wrong way round, or a shortcut for scripts that strangers take too.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy see on app.jobs for select to authenticated
  using ((select auth.uid()) is null or tenant_id = (select auth.uid()));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy see on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for (policy, table) in facts.managed_policies().filter(|(policy, _)| policy.permissive) {
        let open = |expression: &Expression| {
            let parts = expression.alternatives();
            parts.iter().any(|part| part.conditions().iter().all(Expression::is_not_logged_in))
        };
        let expressions = [&policy.using_expression, &policy.check_expression];
        if expressions.into_iter().flatten().any(open) {
            found.add(
                facts.policy_ref(policy),
                format!(
                    "policy {} on {} lets everything through when nobody is logged in",
                    Ident(&policy.name),
                    table.qualified()
                ),
                "take the alternative out; a trusted script has a role of its own",
            );
        }
    }
}
