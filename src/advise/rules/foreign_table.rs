//! Foreign tables that API roles read.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD027",
    name: "foreign-table-exposed",
    severity: Severity::Warning,
    description: "A foreign table has no row-level security: an API role that may use it reaches every row of the other \
                  server, with the rights of the user mapping.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create foreign data wrapper elsewhere;
create server other foreign data wrapper elsewhere;
create foreign table app.remote_jobs (id bigint) server other;
grant select on app.remote_jobs to authenticated;",
    good: "create schema app;
grant usage on schema app to authenticated;
create foreign data wrapper elsewhere;
create server other foreign data wrapper elsewhere;
create foreign table app.remote_jobs (id bigint) server other;",
};

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.relations().filter(|relation| relation.kind == 'f') {
        let roles = facts.reached_by(table);
        if !roles.is_empty() && super::escaping_child::guarded_parent(facts, table).is_none() {
            found.add(
                table.to_ref(),
                format!("{} reaches every row of foreign table {}", who(&roles), table.qualified()),
                "revoke the privileges; a function can filter by who asks",
            );
        }
    }
}
