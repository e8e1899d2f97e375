//! Foreign keys that a delete of the parent has to search for.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD043",
    name: "unindexed-foreign-key",
    severity: Severity::Info,
    description: "No index begins with the columns of a foreign key: deleting a row of the other table, or changing its key, \
                  reads this whole table, and joins from there do too.",
    bad: "create schema app;
create table app.jobs (id bigint primary key);
create table app.notes (id bigint primary key, job_id bigint references app.jobs);",
    good: "create schema app;
create table app.jobs (id bigint primary key);
create table app.notes (id bigint primary key, job_id bigint references app.jobs);
create index on app.notes (job_id);",
};

fn check(facts: &Facts, found: &mut Found) {
    for key in &facts.foreign_keys {
        let Some(table) = facts.relation(key.relation).filter(|table| table.managed && !table.partition) else {
            continue;
        };
        let serves = |index: &&crate::advise::facts::Index| {
            let first = index.columns.iter().take(key.columns.len()).collect::<Vec<_>>();
            index.relation == table.oid
                && index.valid
                && first.len() == key.columns.len()
                && key.columns.iter().all(|column| first.contains(&column))
                // One of the rows where the key is not null finds all that refer.
                && index.predicate.as_deref().is_none_or(|predicate| predicate.ends_with("IS NOT NULL)"))
        };
        if !facts.indexes.iter().any(|index| serves(&index)) {
            let names: Vec<_> = key
                .columns
                .iter()
                .filter_map(|number| facts.columns(table).iter().find(|column| column.number == *number))
                .map(|column| Ident(&column.name).to_string())
                .collect();
            found.add(
                table.part("constraint", &key.name),
                format!(
                    "no index of {} begins with the columns of foreign key {}",
                    table.qualified(),
                    Ident(&key.name)
                ),
                format!("create index concurrently on {} ({})", table.qualified(), names.join(", ")),
            );
        }
    }
}
