//! Tables whose rows nothing identifies.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD042",
    name: "no-primary-key",
    severity: Severity::Info,
    description: "A table has no primary key: its rows can be there twice, logical replication can't update them, and tools \
                  can't name one.",
    bad: "create schema app;
create table app.jobs (id bigint, title text);",
    good: "create schema app;
create table app.jobs (id bigint primary key, title text);",
};

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.tables().filter(|table| !table.partition) {
        if !facts.indexes.iter().any(|index| index.relation == table.oid && index.primary) {
            found.add(
                table.to_ref(),
                format!("{} has no primary key", table.qualified()),
                "add one; an identity column is enough",
            );
        }
    }
}
