//! Restrictive policies with nothing to restrict.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD005",
    name: "restrictive-only",
    severity: Severity::Warning,
    description: "Restrictive policies only take away from what permissive ones give. A role that has a privilege and only \
                  restrictive policies for it gets no rows and no error.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs as restrictive for select to authenticated using (tenant_id = (select auth.uid()));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.tables().filter(|table| table.rls) {
        for command in Command::ALL {
            let restricted = |role: &String| {
                facts
                    .policies_of(table)
                    .any(|policy| !policy.permissive && policy.is_for(command) && policy.applies(role))
            };
            let may = facts.may(table, command);
            let roles: Vec<_> = facts
                .callers()
                .iter()
                .filter(|role| may.contains(role) && restricted(role) && !facts.is_permitted(table, role, command))
                .cloned()
                .collect();
            if !roles.is_empty() {
                found.add(
                    table.to_ref(),
                    format!(
                        "for {} of {} by {} there are only restrictive policies, so nothing is let through",
                        command.name(),
                        table.qualified(),
                        who(&roles)
                    ),
                    "add the permissive policy that they restrict",
                );
            }
        }
    }
}
