//! `pgward down`.

use insta::assert_snapshot;

use crate::support::Project;

fn applied() -> Project {
    let project = Project::new();
    project.write("db/V1__a.sql", "create table a (id integer primary key, note text);\n");
    project.write("db/V1__a.down.sql", "drop table a;\n");
    project.write("db/V2__b.sql", "create table b (id integer primary key);\n");
    project.write("db/V2__b.down.sql", "drop table b;\n");
    project.write("db/V3__c.sql", "alter table a add column c text;\n");
    project.run(&["up", "--quiet", "--migrations", "db"]);
    project
}

#[test]
fn undoes_one_by_default() {
    let project = applied();
    project.write("db/V3__c.down.sql", "alter table a drop column c;\n");
    assert_snapshot!(project.run(&["down", "--migrations", "db"]), @"
    exit: 0
    --- stdout
      down [TIME]  V3__c
    1 migration undone in [TIME]
    ");
    assert_snapshot!(project.run(&["down", "--migrations", "db", "--to", "1"]), @"
    exit: 0
    --- stdout
      down [TIME]  V2__b
    1 migration undone in [TIME]
    ");
    assert_snapshot!(project.run(&["down", "--migrations", "db", "--all"]), @"
    exit: 0
    --- stdout
      down [TIME]  V1__a
    1 migration undone in [TIME]
    ");
    assert_snapshot!(project.run(&["down", "--migrations", "db"]), @"
    exit: 0
    --- stdout
    nothing to undo
    ");
}

#[test]
fn a_migration_without_a_way_back_is_said_before_anything_is_undone() {
    let project = applied();
    assert_snapshot!(project.run(&["down", "--migrations", "db", "--all"]), @"
    exit: 2
    --- stderr
    error: V3__c can't be undone: it has no down
      note: it was applied from db/V3__c.sql

    hint: write the file that undoes it, with .down.sql at the end of its name; one without statements if there is nothing to do
    ");
    assert_eq!(project.sql("select count(*) from public.refinery_schema_history"), "3");
}

#[test]
fn rows_are_not_lost_unless_told_to() {
    let project = applied();
    project.write("db/V3__c.down.sql", "alter table a drop column c;\n");
    project.sql("insert into a (id, c) values (1, 'x'), (2, null); insert into b values (1), (2), (3)");
    assert_snapshot!(project.run(&["down", "--migrations", "db"]), @"
    exit: 2
    --- stderr
    error: undoing V3__c would lose data
      note: table public.a, column c: 1 value
      note: it was tried and rolled back: nothing was changed

    hint: if the data may go: --allow-data-loss
    ");
    project.sql("update a set c = null");
    assert_snapshot!(project.run(&["down", "--migrations", "db", "--steps", "2"]), @"
    exit: 2
    --- stdout
      down [TIME]  V3__c
    --- stderr
    error: undoing V2__b would lose data
      note: table public.b: 3 rows, with the table
      note: it was tried and rolled back: nothing was changed
      note: before it, V3__c was undone

    hint: if the data may go: --allow-data-loss
    ");
    assert_snapshot!(project.run(&["down", "--migrations", "db", "--all", "--dry-run"]), @"
    exit: 0
    --- stdout
    -- db/V2__b.down.sql, in one transaction
    drop table b;

    -- db/V1__a.down.sql, in one transaction
    drop table a;

    --- stderr
    would undo 2 migrations; nothing was changed
    ");
    assert_snapshot!(project.run(&["down", "--migrations", "db", "--all", "--allow-data-loss"]), @"
    exit: 0
    --- stdout
      down [TIME]  V2__b
      down [TIME]  V1__a
    2 migrations undone in [TIME]
    ");
}
