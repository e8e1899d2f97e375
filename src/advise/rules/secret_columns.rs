//! Secrets under a privilege on the whole table.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD039",
    name: "secret-column-readable",
    severity: Severity::Warning,
    description: "An API role may read a column that by its name holds a secret: a token, a password or its hash, a key, the \
                  token of a lease. Policies choose rows, not columns. Grant SELECT on the other columns alone.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid, lease_token uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid, lease_token uuid);
grant select (id, tenant_id) on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    // Without row-level security, a rule of its own says so.
    for table in facts.relations().filter(|relation| relation.rls || !relation.is_table()) {
        for column in facts.columns(table).iter().filter(|column| words::is_secret(&column.name)) {
            if !words::can_hold_secret(&column.name, &column.sql_type) || column.select.is_empty() {
                continue;
            }
            let how = if table.holders("SELECT").is_empty() { "" } else { ", by a privilege on the whole table" };
            found.add(
                table.part("column", &column.name),
                format!("{} may read {}.{}{how}", who(&column.select), table.qualified(), Ident(&column.name)),
                "revoke SELECT on the table and grant it on the other columns",
            );
        }
    }
}
