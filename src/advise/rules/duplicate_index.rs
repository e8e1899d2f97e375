//! Indexes that are there twice.

use super::prelude::*;
use crate::advise::facts::Index;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD044",
    name: "duplicate-index",
    severity: Severity::Warning,
    description: "Two indexes of a table have the same columns, in the same order, with the same condition. Every write pays \
                  for both and no query gains. Drop the one that no constraint needs.",
    bad: "create schema app;
create table app.jobs (id bigint primary key, title text);
create index a on app.jobs (title);
create index b on app.jobs (title);",
    good: "create schema app;
create table app.jobs (id bigint primary key, title text);
create index a on app.jobs (title);",
};

/// Whether all that an index can do, another one can: `exactly` with the same columns, or with more behind them.
pub(super) fn is_served(index: &Index, by: &Index, exactly: bool) -> bool {
    let (keys, others) = (&index.keys, &by.keys);
    index.relation == by.relation
        && index.name != by.name
        && index.method == by.method
        && index.predicate == by.predicate
        && by.valid
        && others.starts_with(keys)
        && (keys.len() == others.len()) == exactly
        && (exactly || index.method == "btree")
        && index.included.iter().all(|column| by.included.contains(column) || by.columns.contains(column))
        // One that keeps values unique is needed for that.
        && (!index.unique || exactly && by.unique)
}

/// Whether, of two equal ones, this is the one to go.
fn goes(index: &Index, stays: &Index) -> bool {
    let rank = |index: &Index| (!index.primary, !index.constraint, !index.unique, index.name.clone());
    rank(index) > rank(stays)
}

fn check(facts: &Facts, found: &mut Found) {
    for index in facts.indexes.iter().filter(|index| !index.inherited && !index.primary) {
        let Some(table) = facts.relation(index.relation).filter(|table| table.managed) else { continue };
        if let Some(stays) = facts.indexes.iter().find(|by| is_served(index, by, true) && goes(index, by)) {
            found.add(
                table.part("index", &index.name),
                format!("index {} of {} is the same as {}", Ident(&index.name), table.qualified(), Ident(&stays.name)),
                match index.constraint {
                    true => format!("alter table {} drop constraint {}", table.qualified(), Ident(&index.name)),
                    false => format!("drop index concurrently {}.{}", Ident(&table.schema), Ident(&index.name)),
                },
            );
        }
    }
}
