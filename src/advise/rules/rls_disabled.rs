//! Tables that API roles reach without row-level security.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD001",
    name: "rls-disabled",
    severity: Severity::Error,
    description: "An API role may read or write a table that has no row-level security: every row is theirs. Enable it and \
                  write policies, or take the privileges away.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
};

/// Managed tables without row-level security that API roles reach, with these roles. Partitions and other children of a
/// table that has it are a matter of their own.
pub(super) fn open_tables(facts: &Facts) -> impl Iterator<Item = (&Relation, Vec<String>)> {
    facts
        .tables()
        .filter(|table| !table.rls && super::escaping_child::guarded_parent(facts, table).is_none())
        .filter_map(|table| {
            let roles = facts.reached_by(table);
            (!roles.is_empty()).then_some((table, roles))
        })
}

fn check(facts: &Facts, found: &mut Found) {
    for (table, roles) in open_tables(facts) {
        if facts.policies_of(table).next().is_some()
            || super::sensitive_columns::sensitive(facts, table).next().is_some()
            || super::queue_exposed::is_queue(table)
        {
            continue;
        }
        found.add(
            table.to_ref(),
            format!("{} reaches every row of {}: row-level security is off", who(&roles), table.qualified()),
            format!("enable row-level security on {}, with policies; or revoke the privileges", table.qualified()),
        );
    }
}
