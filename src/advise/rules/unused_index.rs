//! Indexes that no query used.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD047",
    name: "unused-index",
    severity: Severity::Info,
    description: "An index was never used since the statistics were reset, on a table that is read and has rows. Every write \
                  pays for it. Look at replicas too before it is dropped. Without statistics (few rows, few reads) nothing is \
                  said, and indexes of constraints are left alone.",
    bad: "create schema app;
create table app.jobs (id bigint primary key, title text);
create index by_title on app.jobs (title);
insert into app.jobs select n, n::text from generate_series(1, 2000) n;
do $$ begin for n in 1..20 loop perform count(title) from app.jobs; end loop; end $$;
select pg_stat_force_next_flush();",
    good: "create schema app;
create table app.jobs (id bigint primary key, title text);
insert into app.jobs select n, n::text from generate_series(1, 2000) n;
do $$ begin for n in 1..20 loop perform count(title) from app.jobs; end loop; end $$;
select pg_stat_force_next_flush();",
};

/// From how many rows and reads on a table's statistics mean something.
pub(super) const ROWS: i64 = 1000;
pub(super) const READS: i64 = 10;

fn check(facts: &Facts, found: &mut Found) {
    for index in facts.indexes.iter().filter(|index| !index.constraint && !index.unique && index.scans == 0) {
        let Some(table) = facts.relation(index.relation).filter(|table| table.managed && table.kind != 'p') else {
            continue;
        };
        if table.live_rows >= ROWS && table.scans >= READS {
            found.add(
                table.part("index", &index.name),
                format!(
                    "index {} of {} was never used in {} reads of the table",
                    Ident(&index.name),
                    table.qualified(),
                    table.scans
                ),
                format!(
                    "drop index concurrently {}.{}, once replicas don't use it either",
                    Ident(&table.schema),
                    Ident(&index.name)
                ),
            );
        }
    }
}
