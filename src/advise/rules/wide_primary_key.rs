//! Primary keys of many columns.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD051",
    name: "wide-primary-key",
    severity: Severity::Info,
    description: "A primary key has more than four columns: every foreign key to the table repeats them, and so does every \
                  index of those. An identity column, with the rest unique, is easier to refer to.",
    bad: "create schema app;
create table app.cells (a integer, b integer, c integer, d integer, e integer, primary key (a, b, c, d, e));",
    good: "create schema app;
create table app.cells (id bigint primary key, a integer, b integer, c integer, d integer, e integer, unique (a, b, c, d, e));",
};

fn check(facts: &Facts, found: &mut Found) {
    for index in facts.indexes.iter().filter(|index| index.primary && !index.inherited && index.keys.len() > 4) {
        if let Some(table) = facts.relation(index.relation).filter(|table| table.managed) {
            found.add(
                table.part("constraint", &index.name),
                format!("the primary key of {} has {} columns", table.qualified(), index.keys.len()),
                "an identity column as the key, and the columns unique",
            );
        }
    }
}
