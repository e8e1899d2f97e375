//! Indexes that no query uses because they were never finished.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD046",
    name: "invalid-index",
    severity: Severity::Warning,
    description: "An index is invalid: CREATE INDEX CONCURRENTLY failed, or a partition lacks its part. Writes pay for it, no \
                  query uses it, and a unique one keeps nothing unique. Drop it and make it again.",
    bad: "create schema app;
create table app.jobs (id bigint, day date, primary key (id, day)) partition by range (day);
create table app.jobs_2026 partition of app.jobs for values from ('2026-01-01') to ('2027-01-01');
create index by_day on only app.jobs (day);",
    good: "create schema app;
create table app.jobs (id bigint, day date, primary key (id, day)) partition by range (day);
create table app.jobs_2026 partition of app.jobs for values from ('2026-01-01') to ('2027-01-01');
create index by_day on app.jobs (day);",
};

fn check(facts: &Facts, found: &mut Found) {
    for index in facts.indexes.iter().filter(|index| !index.valid) {
        if let Some(table) = facts.relation(index.relation).filter(|table| table.managed) {
            found.add(
                table.part("index", &index.name),
                format!("index {} of {} is invalid", Ident(&index.name), table.qualified()),
                "drop it and create it again, concurrently; or attach the missing partitions' indexes",
            );
        }
    }
}
