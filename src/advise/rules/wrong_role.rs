//! Policies for people who are not logged in, on rows that belong to somebody.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD012",
    name: "policy-for-strangers",
    severity: Severity::Error,
    description: "A permissive policy names the role of people who are not logged in, on a table whose columns say whom a row \
                  belongs to. Either strangers get what is somebody's, or the condition asks for a user that they never are \
                  and the policy was meant for another role.",
    bad: "create schema app;
grant usage on schema app to anon, authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid, done boolean);
grant select on app.jobs to anon, authenticated;
alter table app.jobs enable row level security;
create policy see on app.jobs for select to anon using (done);
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
    good: "create schema app;
grant usage on schema app to anon, authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid, done boolean);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for (policy, table) in facts.managed_policies().filter(|(policy, _)| policy.permissive) {
        let Some(role) = policy.roles.iter().find(|role| words::is_anonymous(role)) else { continue };
        let owned =
            facts.columns(table).iter().find(|column| words::is_tenant(&column.name) || words::is_owner(&column.name));
        let public = |expression: &Expression| {
            let columns = expression.columns();
            columns.iter().any(|column| {
                column.contains("public") || column.contains("visibility") || column.contains("published")
            })
        };
        let Some(column) = owned else { continue };
        if policy.command == "SELECT" && policy.using_expression.as_ref().is_some_and(public) {
            continue;
        }
        found.add(
            facts.policy_ref(policy),
            format!(
                "policy {} on {} is for {}, which nobody logged in as, but rows belong to somebody ({})",
                Ident(&policy.name),
                table.qualified(),
                Ident(role),
                Ident(&column.name)
            ),
            "name the role of logged-in users; what everybody may see is said by a column, such as is_public",
        );
    }
}
