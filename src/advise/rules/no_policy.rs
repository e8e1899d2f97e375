//! Row-level security without a policy that permits anything, where somebody was granted access.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD004",
    name: "rls-without-policy",
    severity: Severity::Warning,
    description: "A table has row-level security and no policy at all, yet API roles have privileges on it: they get no rows \
                  and no error. Write the policies, or take the privileges away, so that the refusal is said.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
alter table app.jobs enable row level security;",
};

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.tables().filter(|table| table.rls) {
        let roles = facts.reached_by(table);
        if !roles.is_empty() && facts.policies_of(table).next().is_none() {
            found.add(
                table.to_ref(),
                format!("{} has privileges on {}, but no policy lets a row through", who(&roles), table.qualified()),
                "write policies, or revoke the privileges",
            );
        }
    }
}
