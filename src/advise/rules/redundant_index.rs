//! Indexes that are the beginning of another one.

use super::duplicate_index::is_served;
use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD045",
    name: "redundant-index",
    severity: Severity::Info,
    description: "An index's columns are the first ones of another index with the same condition, which serves the same \
                  queries. The shorter one is smaller and may still be worth it, so this is only noted.",
    bad: "create schema app;
create table app.jobs (id bigint primary key, title text, day date);
create index a on app.jobs (title);
create index b on app.jobs (title, day);",
    good: "create schema app;
create table app.jobs (id bigint primary key, title text, day date);
create index b on app.jobs (title, day);",
};

fn check(facts: &Facts, found: &mut Found) {
    for index in facts.indexes.iter().filter(|index| !index.inherited && !index.constraint) {
        let Some(table) = facts.relation(index.relation).filter(|table| table.managed) else { continue };
        if let Some(longer) = facts.indexes.iter().find(|by| is_served(index, by, false)) {
            found.add(
                table.part("index", &index.name),
                format!(
                    "index {} of {} is the beginning of {}",
                    Ident(&index.name),
                    table.qualified(),
                    Ident(&longer.name)
                ),
                format!(
                    "drop index concurrently {}.{}, if its size is not what it is for",
                    Ident(&table.schema),
                    Ident(&index.name)
                ),
            );
        }
    }
}
