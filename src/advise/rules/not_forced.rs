//! Row-level security that the owner goes past, where the owner is somebody who connects.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD003",
    name: "rls-not-forced",
    severity: Severity::Warning,
    description: "Policies do not apply to a table's owner unless they are forced. Here the owner is a role that can log in, \
                  or an API role has the owner's rights: an application that connects so sees every row. Let another role own \
                  the table, or force row-level security. Superusers and roles with BYPASSRLS are never bound, so tables of \
                  theirs are not reported.",
    bad: "create role app_owner login;
create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
alter table app.jobs owner to app_owner;
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select using (tenant_id = (select auth.uid()));",
    good: "create role app_owner login;
create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
alter table app.jobs owner to app_owner;
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
alter table app.jobs force row level security;
create policy own on app.jobs for select using (tenant_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.tables().filter(|table| table.rls && !table.forced && !table.owner_trusted) {
        let owner = Ident(&table.owner);
        let why = match (table.owner_held_by.as_slice(), table.owner_connects) {
            ([], false) => continue,
            ([], true) => format!("{owner}, which can log in"),
            ([role], _) if *role == table.owner => format!("{owner}, an API role"),
            (roles, _) => format!("{owner}, whose rights {} has", who(roles)),
        };
        found.add(
            table.to_ref(),
            format!("the policies of {} do not apply to its owner {why}", table.qualified()),
            format!(
                "alter table {} force row level security, or give it to a role that nobody connects as",
                table.qualified()
            ),
        );
    }
}
