//! Columns of types that keep a server from being upgraded.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD049",
    name: "reg-type-column",
    severity: Severity::Warning,
    description: "A column has a type that holds object numbers (regproc, regprocedure, regoper, regoperator, regconfig, \
                  regdictionary, regcollation, regnamespace): pg_upgrade refuses the whole cluster. Store the name as text.",
    bad: "create schema app;
create table app.jobs (id bigint primary key, handler regprocedure);",
    good: "create schema app;
create table app.jobs (id bigint primary key, handler text);",
};

const TYPES: [&str; 8] =
    ["regproc", "regprocedure", "regoper", "regoperator", "regconfig", "regdictionary", "regcollation", "regnamespace"];

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.relations().filter(|relation| relation.is_table() || relation.kind == 'm') {
        for column in facts.columns(table) {
            let element = column.sql_type.trim_end_matches("[]");
            if TYPES.contains(&element) {
                found.add(
                    table.part("column", &column.name),
                    format!(
                        "{}.{} is of type {}, which pg_upgrade refuses",
                        table.qualified(),
                        Ident(&column.name),
                        column.sql_type
                    ),
                    "store the name as text",
                );
            }
        }
    }
}
