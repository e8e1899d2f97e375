//! Supabase's users, shown by a view.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD024",
    name: "auth-users-exposed",
    severity: Severity::Error,
    description: "A view or materialized view that API roles may read shows `auth.users`: addresses, phone numbers and \
                  metadata of all users. Keep what is public of a user in a table of its own.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create view app.people as select id, email from auth.users;
grant select on app.people to authenticated;",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.people (id uuid primary key references auth.users (id), nick text not null);
grant select on app.people to authenticated;
alter table app.people enable row level security;
create policy own on app.people for select to authenticated using (id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for view in facts.relations().filter(|relation| matches!(relation.kind, 'v' | 'm') && !relation.invoker) {
        let roles = facts.reached_by(view);
        if !roles.is_empty() && facts.read_by(view).iter().any(|table| table.is("auth", "users")) {
            found.add(
                view.to_ref(),
                format!("{} reads auth.users through {} {}", who(&roles), view.kind_name(), view.qualified()),
                "revoke the privileges; keep what is public of a user in a table of its own",
            );
        }
    }
}
