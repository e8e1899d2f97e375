//! Queues of pgmq that API roles reach.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD057",
    name: "queue-exposed",
    severity: Severity::Error,
    description: "API roles reach the table of a pgmq queue, which has no row-level security: they read, send and remove \
                  messages of everybody. It is looked for in schema pgmq, whatever schemas are managed.",
    bad: "create schema pgmq;
grant usage on schema pgmq to authenticated;
create table pgmq.q_jobs (msg_id bigint primary key, message jsonb);
grant select, insert, delete on pgmq.q_jobs to authenticated;",
    good: "create schema pgmq;
grant usage on schema pgmq to authenticated;
create table pgmq.q_jobs (msg_id bigint primary key, message jsonb);",
};

/// Whether a table is a queue's, or its archive.
pub(super) fn is_queue(table: &Relation) -> bool {
    table.schema == "pgmq" && table.is_table() && (table.name.starts_with("q_") || table.name.starts_with("a_"))
}

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.every_relation().filter(|table| is_queue(table) && !table.rls) {
        let roles = facts.reached_by(table);
        if !roles.is_empty() {
            found.add(
                table.to_ref(),
                format!("{} reaches every message of queue {}", who(&roles), table.qualified()),
                format!("enable row-level security on {}, with policies", table.qualified()),
            );
        }
    }
}
