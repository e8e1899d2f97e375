//! Policies that show everything.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD007",
    name: "read-always-true",
    severity: Severity::Warning,
    description: "A permissive policy shows every row to whoever has the privilege. On a table whose columns say whom a row \
                  belongs to, that is hardly meant; on any other it is only noted, because lists that everybody may see are \
                  common.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy see on app.jobs for select to authenticated using (true);",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy see on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
};

/// The severity of showing all rows of a table: worse where a column says whom they belong to.
pub(super) fn severity_of_showing(facts: &Facts, table: &Relation) -> Severity {
    let owned =
        facts.columns(table).iter().any(|column| words::is_tenant(&column.name) || words::is_owner(&column.name));
    if owned { Severity::Warning } else { Severity::Info }
}

fn check(facts: &Facts, found: &mut Found) {
    for (policy, table) in
        facts.managed_policies().filter(|(policy, _)| policy.permissive && policy.command == "SELECT")
    {
        let may = facts.may(table, Command::Select);
        let roles: Vec<_> = policy.applies_to.iter().filter(|role| may.contains(role)).cloned().collect();
        if !roles.is_empty() && policy.using_expression.as_ref().is_some_and(Expression::is_always_true) {
            found.add_as(
                severity_of_showing(facts, table),
                facts.policy_ref(policy),
                format!("policy {} shows every row of {} to {}", Ident(&policy.name), table.qualified(), who(&roles)),
                "compare the row's tenant or owner with who asks",
            );
        }
    }
}
