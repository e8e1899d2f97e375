//! Several permissive policies for one role and command.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD022",
    name: "several-permissive-policies",
    severity: Severity::Info,
    description: "A role has more than one permissive policy for a command on a table. Each is evaluated for every row, and \
                  what one forbids another may permit, since they are joined with OR. One policy with both conditions says \
                  the same and is read in one place.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid, user_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy a on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));
create policy b on app.jobs for select to authenticated using (user_id = (select auth.uid()));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid, user_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy a on app.jobs for select to authenticated
  using (tenant_id = (select auth.uid()) or user_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.tables().filter(|table| table.rls) {
        for command in Command::ALL {
            let may = facts.may(table, command);
            let policies = |role: &String| -> Vec<&str> {
                let policies = facts.policies_of(table);
                let policies =
                    policies.filter(|policy| policy.permissive && policy.is_for(command) && policy.applies(role));
                policies.map(|policy| policy.name.as_str()).collect()
            };
            let roles: Vec<_> =
                facts.callers().iter().filter(|role| may.contains(role) && policies(role).len() > 1).cloned().collect();
            if let Some(role) = roles.first() {
                found.add(
                    table.to_ref(),
                    format!(
                        "{} of {} by {} has several permissive policies: {}",
                        command.name(),
                        table.qualified(),
                        who(&roles),
                        policies(role).join(", ")
                    ),
                    "join their conditions with OR in one policy",
                );
            }
        }
    }
}
