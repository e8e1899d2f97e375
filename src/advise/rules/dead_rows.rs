//! Tables that are mostly rows of the past.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD048",
    name: "dead-rows",
    severity: Severity::Info,
    description: "More than a third of a table's rows are dead: autovacuum does not keep up, is turned off, or a long \
                  transaction holds it back. Small tables are left alone.",
    bad: "create schema app;
create table app.jobs (id bigint primary key, title text) with (autovacuum_enabled = false);
insert into app.jobs select n, n::text from generate_series(1, 2000) n;
update app.jobs set title = 'x';
select pg_stat_force_next_flush();",
    good: "create schema app;
create table app.jobs (id bigint primary key, title text);
insert into app.jobs select n, n::text from generate_series(1, 2000) n;
select pg_stat_force_next_flush();",
};

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.tables() {
        let (live, dead) = (table.live_rows, table.dead_rows);
        if dead >= super::unused_index::ROWS && dead * 2 > live {
            found.add(
                table.to_ref(),
                format!("{dead} of {} rows of {} are dead", live + dead, table.qualified()),
                format!("vacuum {}; look for long transactions and at autovacuum's settings", table.qualified()),
            );
        }
    }
}
