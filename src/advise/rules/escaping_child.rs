//! Partitions and other children that are read past their parent's policies.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD026",
    name: "child-past-policies",
    severity: Severity::Error,
    description: "A partition, or another child, of a table with row-level security can be reached by its own name, and has no \
                  row-level security itself. The parent's policies apply only to queries of the parent. Revoke the privileges \
                  on the child, which queries of the parent do not need.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint, tenant_id uuid, day date, primary key (id, day)) partition by range (day);
create table app.jobs_2026 partition of app.jobs for values from ('2026-01-01') to ('2027-01-01');
grant select on app.jobs, app.jobs_2026 to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint, tenant_id uuid, day date, primary key (id, day)) partition by range (day);
create table app.jobs_2026 partition of app.jobs for values from ('2026-01-01') to ('2027-01-01');
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));",
};

/// An ancestor with row-level security.
pub(super) fn guarded_parent<'a>(facts: &'a Facts, table: &Relation) -> Option<&'a Relation> {
    let mut open = table.parents.clone();
    while let Some(oid) = open.pop() {
        let Some(parent) = facts.relation(oid) else { continue };
        if parent.rls {
            return Some(parent);
        }
        open.extend(&parent.parents);
    }
    None
}

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.relations().filter(|table| (table.is_table() && !table.rls) || table.kind == 'f') {
        let Some(parent) = guarded_parent(facts, table) else { continue };
        let roles = facts.reached_by(table);
        if !roles.is_empty() {
            let what = if table.partition { "partition" } else { "child" };
            found.add(
                table.to_ref(),
                format!(
                    "{} reaches {what} {} directly, past the policies of {}",
                    who(&roles),
                    table.qualified(),
                    parent.qualified()
                ),
                format!("revoke all on {} from {}", table.qualified(), roles.join(", ")),
            );
        }
    }
}
