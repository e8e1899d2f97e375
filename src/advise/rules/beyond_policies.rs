//! Privileges that no policy can narrow.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD017",
    name: "privilege-beyond-policies",
    severity: Severity::Warning,
    description: "TRUNCATE, REFERENCES and TRIGGER are not subject to row-level security. With TRUNCATE an API role empties the \
                  table, with TRIGGER it runs code of its own in other people's writes, with REFERENCES it asks for rows that \
                  it may not see. GRANT ALL gives them along.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select, truncate on app.jobs to authenticated;
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
    for table in facts.tables() {
        let held: Vec<_> = ["TRUNCATE", "REFERENCES", "TRIGGER"]
            .into_iter()
            .filter_map(|privilege| {
                let roles = table.holders(privilege);
                (!roles.is_empty()).then_some((privilege, roles))
            })
            .collect();
        let Some((_, roles)) = held.first() else { continue };
        let privileges: Vec<_> = held.iter().map(|(privilege, _)| *privilege).collect();
        let privileges = privileges.join(", ");
        found.add(
            table.to_ref(),
            format!("{} has {privileges} on {}, which no policy narrows", who(roles), table.qualified()),
            format!("revoke {privileges} on {} from {}", table.qualified(), roles.join(", ")),
        );
    }
}
