//! Policies for roles that lack the privilege.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD013",
    name: "policy-without-privilege",
    severity: Severity::Info,
    description: "A policy is for an API role that has no privilege to do what it permits, so it does nothing. Policies narrow \
                  what was granted, they grant nothing.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for (policy, table) in facts.managed_policies().filter(|(policy, _)| policy.command != "ALL") {
        let Some(command) = Command::ALL.into_iter().find(|command| command.name() == policy.command) else { continue };
        let may = facts.may(table, command);
        let named: Vec<_> =
            policy.applies_to.iter().filter(|role| policy.roles.contains(role) && *role != PUBLIC).cloned().collect();
        if !named.is_empty() && !policy.applies_to.iter().any(|role| may.contains(role)) {
            found.add(
                facts.policy_ref(policy),
                format!(
                    "policy {} is for {}, without the privilege to {} on {}",
                    Ident(&policy.name),
                    who(&named),
                    policy.command,
                    table.qualified()
                ),
                "grant the privilege, or drop the policy",
            );
        }
    }
}
