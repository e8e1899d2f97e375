//! Sensitive columns of tables that nobody protects.

use super::prelude::*;
use super::rls_disabled::open_tables;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD040",
    name: "sensitive-columns-exposed",
    severity: Severity::Error,
    description: "An API role reaches every row of a table without row-level security that by its columns' names holds \
                  secrets or personal numbers: passwords, tokens, card or passport numbers, salaries.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.people (id bigint primary key, nick text, passport_number text);
grant select on app.people to authenticated;",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.people (id bigint primary key, nick text, passport_number text);",
};

/// The sensitive columns that an API role may read.
pub(super) fn sensitive<'a>(facts: &'a Facts, table: &'a Relation) -> impl Iterator<Item = &'a str> {
    let columns = facts.columns(table).iter();
    columns
        .filter(|column| words::is_sensitive(&column.name) && !column.select.is_empty())
        .map(|column| column.name.as_str())
}

fn check(facts: &Facts, found: &mut Found) {
    for (table, roles) in open_tables(facts) {
        let columns: Vec<_> = sensitive(facts, table).collect();
        if !columns.is_empty() && facts.policies_of(table).next().is_none() {
            found.add(
                table.to_ref(),
                format!(
                    "{} reads {} of every row of {}: row-level security is off",
                    who(&roles),
                    columns.join(", "),
                    table.qualified()
                ),
                format!("enable row-level security on {}, with policies; or revoke the privileges", table.qualified()),
            );
        }
    }
}
