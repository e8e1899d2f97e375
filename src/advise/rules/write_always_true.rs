//! Policies that let anybody write anything.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD006",
    name: "write-always-true",
    severity: Severity::Error,
    description: "A permissive policy for writing has a condition that is true of every row: whoever has the privilege writes \
                  rows of any tenant, or moves rows to one. A policy FOR INSERT without WITH CHECK is no such thing: \
                  PostgreSQL refuses every row then.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant insert on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy add on app.jobs for insert to authenticated with check (true);",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant insert on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy add on app.jobs for insert to authenticated with check (tenant_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for (policy, table) in facts.managed_policies().filter(|(policy, _)| policy.permissive) {
        let roles: Vec<_> = policy.applies_to.clone();
        if roles.is_empty() || policy.command == "SELECT" {
            continue;
        }
        let always = |expression: &Option<Expression>| expression.as_ref().is_some_and(Expression::is_always_true);
        let clause = match (policy.command.as_str(), always(&policy.using_expression), always(&policy.check_expression))
        {
            (_, _, true) => "WITH CHECK",
            ("DELETE" | "ALL", true, _) => "USING",
            ("UPDATE", true, false) if policy.check.is_none() => "USING",
            _ => continue,
        };
        found.add(
            facts.policy_ref(policy),
            format!(
                "the {clause} of policy {} is true of every row, so {} may {} any row of {}",
                Ident(&policy.name),
                who(&roles),
                match policy.command.as_str() {
                    "INSERT" => "insert",
                    "UPDATE" => "make",
                    "DELETE" => "delete",
                    _ => "write",
                },
                table.qualified()
            ),
            "compare the row's tenant or owner with who asks",
        );
    }
}
