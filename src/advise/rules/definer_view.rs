//! Views that read with their owner's rights what policies protect.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD023",
    name: "definer-view",
    severity: Severity::Error,
    description: "A view without `security_invoker` reads with its owner's rights, and the owner is not bound by the policies \
                  of the tables under it: whoever may read the view sees every row. Views over tables without row-level \
                  security are not reported, since then the privileges of the view are all there is.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));
create view app.job_list as select id, tenant_id from app.jobs;
grant select on app.job_list to authenticated;",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));
create view app.job_list with (security_invoker = true) as select id, tenant_id from app.jobs;
grant select on app.job_list to authenticated;",
};

fn check(facts: &Facts, found: &mut Found) {
    for view in facts.relations().filter(|relation| relation.kind == 'v' && !relation.invoker) {
        let roles = facts.reached_by(view);
        let read = facts.read_by(view);
        let guarded: Vec<_> = read
            .iter()
            .filter(|table| table.rls && !table.is("auth", "users"))
            // Bound after all: forced on its owner, or owned by somebody else, and that one no superuser.
            .filter(|table| view.owner_trusted || !table.forced && view.owner == table.owner)
            .map(|table| table.qualified())
            .collect();
        if !roles.is_empty() && !guarded.is_empty() {
            found.add(
                view.to_ref(),
                format!(
                    "{} reaches {} through view {} with its owner's rights, past the policies",
                    who(&roles),
                    guarded.join(", "),
                    view.qualified()
                ),
                format!("alter view {} set (security_invoker = true)", view.qualified()),
            );
        }
    }
}
