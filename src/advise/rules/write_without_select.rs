//! Policies for writing that need one for reading.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD019",
    name: "write-without-select-policy",
    severity: Severity::Warning,
    description: "A role has policies to write a table and the privilege to read it, but no policy shows it a row. INSERT … \
                  RETURNING and ON CONFLICT then fail with 42501, and UPDATE and DELETE with a WHERE find nothing and say \
                  nothing. Add the SELECT policy, or revoke SELECT where the role only drops rows in.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select, insert on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy add on app.jobs for insert to authenticated with check (tenant_id = (select auth.uid()));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select, insert on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy see on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));
create policy add on app.jobs for insert to authenticated with check (tenant_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.tables().filter(|table| table.rls) {
        let read = facts.may(table, Command::Select);
        for command in [Command::Insert, Command::Update, Command::Delete] {
            let may = facts.may(table, command);
            let roles: Vec<_> = facts
                .callers()
                .iter()
                .filter(|role| {
                    may.contains(role)
                        && read.contains(role)
                        && facts.is_permitted(table, role, command)
                        && !facts.is_permitted(table, role, Command::Select)
                })
                .cloned()
                .collect();
            if roles.is_empty() {
                continue;
            }
            let what = match command {
                Command::Insert => "INSERT … RETURNING fails",
                Command::Update => "UPDATE finds no rows",
                _ => "DELETE finds no rows",
            };
            found.add(
                table.to_ref(),
                format!(
                    "{} has a policy for {} on {} and none for SELECT, so {what}",
                    who(&roles),
                    command.name(),
                    table.qualified()
                ),
                "add a policy FOR SELECT that shows the rows it may write",
            );
        }
    }
}
