//! `pgward redo`, and the proof that downs restore the catalog.

use std::collections::BTreeSet;

use insta::assert_snapshot;

use crate::support::Project;

fn project_with(down: &str) -> Project {
    let project = Project::new();
    project.write("db/V1__a.sql", "create table a (id integer);\n");
    project.write("db/V1__a.down.sql", "drop table a;\n");
    project.write("db/V2__b.sql", "create type mood as enum ('sad', 'ok');\nalter table a add column mood mood;\n");
    project.write("db/V2__b.down.sql", down);
    project
}

#[test]
fn goes_down_and_up_again() {
    let project = project_with("alter table a drop column mood;\ndrop type mood;\n");
    assert_snapshot!(project.run(&["redo", "--migrations", "db"]), @"
    exit: 0
    --- stdout
    nothing to redo
    ");
    project.run(&["up", "--migrations", "db"]);
    assert_snapshot!(project.run(&["redo", "--migrations", "db", "--steps", "2"]), @"
    exit: 0
    --- stdout
      down [TIME]  V2__b
      down [TIME]  V1__a
      up [TIME]  V1__a
      up [TIME]  V2__b
    2 migrations redone in [TIME]
    ");
    assert_snapshot!(project.run(&["redo", "--migrations", "db", "--prove"]), @"
    exit: 0
    --- stdout
      down [TIME]  V2__b
      up [TIME]  V2__b
      down [TIME]  V2__b
      up [TIME]  V2__b
      proven     V2__b
    every down restores the catalog ([TIME])
    ");
}

#[test]
fn a_down_that_leaves_something_behind_is_found() {
    let project = project_with(
        "alter table a drop column mood;\ndrop type mood;\ncreate or replace view left_behind as select 1 as one;\n",
    );
    let shadow = project.url();
    assert_snapshot!(project.run(&["redo", "--prove", "--scratch", "--migrations", "db", "--shadow-url", &shadow]), @"
    exit: 1
    --- stdout
      proven     V1__a
      not proven V2__b
      not proven down --all

    error[PR001]: view public.left_behind is there and should not be
      hint: seen when proving V2__b

    error[PR002]: view public.left_behind is there and should not be
      hint: seen when proving V2__b

    error[PR001]: view public.left_behind is there and should not be
      hint: seen when proving down --all

    3 findings
    ");
    // Other tests' databases go by themselves.
    let idle = "select datname from pg_database where datname like 'pgward_scratch_%' and not exists (select from pg_stat_activity a where a.datname = pg_database.datname)";
    let names = |text: String| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let mut left = names(project.sql(idle));
    for _ in 0..100 {
        if left.is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
        left = &left & &names(project.sql(idle));
    }
    assert_eq!(left, BTreeSet::new());
}

#[test]
fn every_down_of_the_bundle_is_proven() {
    let project = Project::new();
    let shadow = project.url();
    assert_snapshot!(project.run(&["redo", "--prove", "--scratch", "--shadow-url", &shadow]), @"
    exit: 0
    --- stdout
      proven     V20260213000000__ops_platform
      proven     V20260213000001__ops_rename_agent_tables
      proven     V20260213000100__ops_core_schema
      proven     V20260213000200__ops_rpc_functions
      proven     V20260213000300__ops_rls_policies
      proven     V20260213000400__ops_indexes_constraints
      proven     V20260214000001__ops_environments
      proven     V20260214000100__ops_queue_storage
      proven     V20260214000200__ops_worker_functions
      proven     V20260214000300__ops_queue_operations
      proven     V20260215000000__ops_queue_speed
      proven     V20260216000000__ops_claim_walks
      proven     V20260217000000__ops_claim_and_start
      proven     down --all
    every down restores the catalog ([TIME])
    ");
}
