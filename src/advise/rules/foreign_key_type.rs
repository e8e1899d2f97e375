//! Foreign keys between columns of two types.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD050",
    name: "foreign-key-type-differs",
    severity: Severity::Warning,
    description: "A foreign key's column has another type than the column that it refers to: the smaller one runs out first, \
                  and every check and join converts.",
    bad: "create schema app;
create table app.jobs (id bigint primary key);
create table app.notes (id bigint primary key, job_id integer references app.jobs);
create index on app.notes (job_id);",
    good: "create schema app;
create table app.jobs (id bigint primary key);
create table app.notes (id bigint primary key, job_id bigint references app.jobs);
create index on app.notes (job_id);",
};

fn check(facts: &Facts, found: &mut Found) {
    for key in &facts.foreign_keys {
        let (Some(table), Some(parent)) = (facts.relation(key.relation), facts.relation(key.referenced)) else {
            continue;
        };
        for ((number, own), referenced) in key.columns.iter().zip(&key.types).zip(&key.referenced_columns) {
            let Some(column) = facts.columns(table).iter().find(|column| column.number == *number) else { continue };
            if *own != referenced.sql_type {
                found.add(
                    table.part("column", &column.name),
                    format!(
                        "{}.{} is {own} and refers to {}.{}, which is {}",
                        table.qualified(),
                        Ident(&column.name),
                        parent.qualified(),
                        Ident(&referenced.name),
                        referenced.sql_type
                    ),
                    format!("give both the type {}", referenced.sql_type),
                );
            }
        }
    }
}
