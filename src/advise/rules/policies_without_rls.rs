//! Policies on a table where nobody applies them.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD002",
    name: "policies-without-rls",
    severity: Severity::Error,
    description: "A table has policies, but row-level security is not enabled on it, so they do nothing. It looks protected \
                  and is not.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));
alter table app.jobs enable row level security;",
};

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.tables().filter(|table| !table.rls) {
        let policies: Vec<_> = facts.policies_of(table).map(|policy| policy.name.as_str()).collect();
        if !policies.is_empty() {
            found.add(
                table.to_ref(),
                format!(
                    "{} has policies ({}), but row-level security is off, so they do nothing",
                    table.qualified(),
                    policies.join(", ")
                ),
                format!("alter table {} enable row level security", table.qualified()),
            );
        }
    }
}
