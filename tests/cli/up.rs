//! `pgward up`.

use insta::assert_snapshot;

use crate::support::Project;

fn two_migrations() -> Project {
    let project = Project::new();
    project.write("db/V1__create_a.sql", "create table a (id integer primary key);\n");
    project.write("db/V1__create_a.down.sql", "drop table a;\n");
    project.write("db/V2__create_b.sql", "create table b (id integer primary key);\ncreate index on b (id);\n");
    project.write("db/V2__create_b.down.sql", "drop table b;\n");
    project
}

#[test]
fn applies_what_is_pending_and_then_nothing() {
    let project = two_migrations();
    assert_snapshot!(project.run(&["up", "--migrations", "db", "--steps", "1"]), @"
    exit: 0
    --- stdout
      up [TIME]  V1__create_a
    1 migration applied in [TIME], now at 1
    ");
    assert_snapshot!(project.run(&["up", "--migrations", "db"]), @"
    exit: 0
    --- stdout
      up [TIME]  V2__create_b
    1 migration applied in [TIME], now at 2
    ");
    assert_snapshot!(project.run(&["up", "--migrations", "db"]), @"
    exit: 0
    --- stdout
    nothing to apply
    ");
}

#[test]
fn the_configuration_names_the_directory() {
    let project = two_migrations();
    project.write("pgward.toml", "[migrations]\ndir = \"db\"\nhistory_table = \"public.history\"\n");
    assert_snapshot!(project.run(&["up", "--quiet"]), @"exit: 0");
    assert_eq!(project.sql("select string_agg(name, ',' order by version) from public.history"), "create_a,create_b");
}

#[test]
fn a_dry_run_shows_the_sql_and_writes_nothing() {
    let project = two_migrations();
    assert_snapshot!(project.run(&["up", "--migrations", "db", "--dry-run"]), @"
    exit: 0
    --- stdout
    -- db/V1__create_a.sql, in one transaction
    create table a (id integer primary key);

    -- db/V2__create_b.sql, in one transaction
    create table b (id integer primary key);
    create index on b (id);

    --- stderr
    would apply 2 migrations; nothing was changed
    ");
    assert_snapshot!(project.run(&["up", "--migrations", "db", "--dry-run", "--to", "1", "--format", "json"]), @r#"
    exit: 0
    --- stdout
    {
      "command": "up",
      "findings": [],
      "format_version": 1,
      "plan": [
        {
          "direction": "up",
          "file": "db/V1__create_a.sql",
          "in_transaction": true,
          "name": "create_a",
          "sql": "create table a (id integer primary key);\n",
          "version": 1
        }
      ]
    }
    "#);
    assert_eq!(project.sql("select count(*) from pg_class where relnamespace = 'public'::regnamespace"), "0");
}

#[test]
fn the_bundle_goes_up_and_is_verified() {
    let project = Project::new();
    assert_snapshot!(project.run(&["up", "--verify"]), @"
    exit: 0
    --- stdout
      up [TIME]  V20260213000000__ops_platform
      up [TIME]  V20260213000001__ops_rename_agent_tables
      up [TIME]  V20260213000100__ops_core_schema
      up [TIME]  V20260213000200__ops_rpc_functions
      up [TIME]  V20260213000300__ops_rls_policies
      up [TIME]  V20260213000400__ops_indexes_constraints
      up [TIME]  V20260214000001__ops_environments
      up [TIME]  V20260214000100__ops_queue_storage
      up [TIME]  V20260214000200__ops_worker_functions
      up [TIME]  V20260214000300__ops_queue_operations
      up [TIME]  V20260215000000__ops_queue_speed
      up [TIME]  V20260216000000__ops_claim_walks
      up [TIME]  V20260217000000__ops_claim_and_start
    13 migrations applied in [TIME], now at 20260217000000

    Verified against the bundle's manifest
      schemas      1 ok
      sequences    3 ok        2 absent, optional
      tables       15 ok       2 absent, optional
      functions    62 ok       1 absent, optional
      views                    2 absent, optional
      columns      141 ok
      constraints  71 ok
      indexes      17 ok
      triggers     19 ok
      policies     26 ok
      grants       120 ok

    475 objects as declared ([TIME])
    ");
}

#[test]
fn an_error_has_its_place_in_the_file() {
    let project = two_migrations();
    project.write("db/V3__broken.sql", "create table c (\n  id integer,\n  näme text,\n  näme text\n);\n");
    assert_snapshot!(project.run(&["up", "--migrations", "db"]), @r#"
    exit: 2
    --- stdout
      up [TIME]  V1__create_a
      up [TIME]  V2__create_b
    --- stderr
    error: V3__broken failed: column "näme" specified more than once
     --> db/V3__broken.sql:1:1
      |
    1 | / create table c (
    2 | |   id integer,
    3 | |   näme text,
    4 | |   näme text
    5 | | );
      | |_^ in this statement
      note: the migration was rolled back as a whole
      note: before it, 2 migrations were done, last V2__create_b (applied)
    "#);
    assert_snapshot!(project.run(&["up", "--migrations", "db", "--format", "json"]), @r#"
    exit: 2
    --- stdout
    {
      "command": "up",
      "error": {
        "hints": [],
        "location": {
          "column": 1,
          "file": "db/V3__broken.sql",
          "line": 1
        },
        "message": "V3__broken failed: column \"näme\" specified more than once",
        "notes": [
          "the migration was rolled back as a whole"
        ],
        "sqlstate": "42701"
      },
      "findings": [],
      "format_version": 1
    }
    --- stderr
    error: V3__broken failed: column "näme" specified more than once
     --> db/V3__broken.sql:1:1
      |
    1 | / create table c (
    2 | |   id integer,
    3 | |   näme text,
    4 | |   näme text
    5 | | );
      | |_^ in this statement
      note: the migration was rolled back as a whole
    "#);
    assert_eq!(project.sql("select count(*) from public.refinery_schema_history"), "2");
}

#[test]
fn what_can_not_be_run_is_refused_before_anything_runs() {
    let project = two_migrations();
    project.write("db/V3__own.sql", "begin;\ncreate table c (id integer);\ncommit;\n");
    assert_snapshot!(project.run(&["up", "--migrations", "db"]), @"
    exit: 2
    --- stderr
    error: a migration can't begin or end transactions: it runs in one
     --> db/V3__own.sql:1:1
      |
    1 | begin;
      | ^^^^^ begins a transaction
      note: nothing was run

    hint: remove BEGIN and COMMIT: the file and its row in the history are committed together

    hint: if its parts must commit one by one, begin the file with `-- pgward:no-transaction`
    ");
    project.write("db/V3__own.sql", "create index concurrently c on a (id);\n");
    assert_snapshot!(project.run(&["up", "--migrations", "db"]), @"
    exit: 2
    --- stderr
    error: CREATE INDEX CONCURRENTLY can't run in a transaction
     --> db/V3__own.sql:1:1
      |
    1 | create index concurrently c on a (id);
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ needs to run by itself
      note: nothing was run

    hint: move it to a file of its own that begins with `-- pgward:no-transaction`
    ");
    project.write("db/V3__own.sql", "select 'never closed;\n");
    assert_snapshot!(project.run(&["up", "--migrations", "db"]), @"
    exit: 2
    --- stderr
    error: this string has no end
     --> db/V3__own.sql:1:8
      |
    1 | select 'never closed;
      |        ^^^^^^^^^^^^^^ begins here
    ");
    assert_eq!(project.sql("select to_regclass('a')"), "null");
}

#[test]
fn a_file_that_no_layout_knows_is_not_skipped() {
    let project = two_migrations();
    project.write("db/V3__add-c.sql", "select 1;\n");
    assert_snapshot!(project.run(&["up", "--migrations", "db"]), @"
    exit: 2
    --- stderr
    error: the name of db/V3__add-c.sql fits no migration

    hint: migrations are files such as V20260213000000__create_runs.sql and V20260213000000__create_runs.down.sql, with letters, digits and underscores in the name

    hint: rename the file, or move it out of the directory
    ");
    assert_snapshot!(project.run(&["up", "--migrations", "nowhere"]), @"
    exit: 2
    --- stderr
    error: can't read nowhere: No such file or directory (os error 2)

    hint: check the path; pgward new NAME makes a first migration
    ");
}

#[test]
fn a_changed_file_stops_the_run() {
    let project = two_migrations();
    project.run(&["up", "--migrations", "db", "--steps", "1"]);
    project.write("db/V1__create_a.sql", "create table a (id bigint primary key);\n");
    assert_snapshot!(project.run(&["up", "--migrations", "db"]), @"
    exit: 2
    --- stderr
    error: the history and the migrations disagree about V1__create_a
      note: V1__create_a was changed after it was applied on [WHEN]

    hint: bring back the text that was applied, and put the change into a new migration

    hint: where the change is known to be harmless: --allow-changed
    ");
}

#[test]
fn an_index_is_built_concurrently_without_a_transaction() {
    let project = two_migrations();
    project.write(
        "db/V3__index.sql",
        "-- pgward:no-transaction\ncreate index concurrently a_id on a (id);\ncreate index concurrently b_id on b (id);\n",
    );
    assert_snapshot!(project.run(&["up", "--migrations", "db"]), @"
    exit: 0
    --- stdout
      up [TIME]  V1__create_a
      up [TIME]  V2__create_b
      up [TIME]  V3__index
    3 migrations applied in [TIME], now at 3
    ");
    assert_eq!(
        project.sql("select count(*) from pg_index where indisvalid and indexrelid::regclass::text ~ '_id$'"),
        "2"
    );
}
