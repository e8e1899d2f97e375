//! Materialized views that API roles read.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD025",
    name: "materialized-view-exposed",
    severity: Severity::Warning,
    description: "A materialized view has no row-level security: an API role that may read it sees every row that was stored, \
                  whatever the policies of the tables under it say. Where no such table has policies it is only noted.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));
create materialized view app.job_list as select id, tenant_id from app.jobs;
grant select on app.job_list to authenticated;",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));
create materialized view app.job_list as select id, tenant_id from app.jobs;",
};

fn check(facts: &Facts, found: &mut Found) {
    for view in facts.relations().filter(|relation| relation.kind == 'm') {
        let roles = facts.reached_by(view);
        if roles.is_empty() {
            continue;
        }
        let guarded: Vec<_> =
            facts.read_by(view).iter().filter(|table| table.rls).map(|table| table.qualified()).collect();
        let (severity, what) = match guarded.is_empty() {
            true => (Severity::Info, "every row".to_owned()),
            false => (Severity::Warning, format!("every row of {}, past the policies,", guarded.join(", "))),
        };
        found.add_as(
            severity,
            view.to_ref(),
            format!("{} reads {what} in materialized view {}", who(&roles), view.qualified()),
            "revoke SELECT; a function or view over it can filter by who asks",
        );
    }
}
