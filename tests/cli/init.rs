//! `pgward init`.

use insta::assert_snapshot;

use crate::support::{Project, pgward};

#[test]
fn writes_what_is_found_and_every_option() {
    let project = Project::new();
    project.write("db/V1__a.sql", "create table public.a ();\n");
    project.write("db/V1__a.down.sql", "drop table public.a;\n");
    assert_snapshot!(project.run(&["init"]), @"
    exit: 0
    --- stdout
      made  pgward.toml  migrations in db
    ");
    assert_snapshot!(std::fs::read_to_string(project.dir.path().join("pgward.toml")).unwrap());
    // It is one that works.
    assert_snapshot!(project.run(&["status"]), @"
    exit: 0
    --- stdout
      pending  V1__a

    1 pending
    ");
}

#[test]
fn never_writes_over_a_file_unasked() {
    let project = Project::new();
    project.write("pgward.toml", "schemas = [\"app\"\n");
    assert_snapshot!(project.run(&["init"]), @"
    exit: 2
    --- stderr
    error: pgward.toml is there already

    hint: --force writes over it
    ");
    assert_snapshot!(project.run(&["init", "--force"]), @"
    exit: 0
    --- stdout
      made  pgward.toml
    ");
    assert_snapshot!(project.run(&["init", "--config", "other.toml", "--format", "json"]), @r#"
    exit: 0
    --- stdout
    {
      "command": "init",
      "files": [
        "other.toml"
      ],
      "findings": [],
      "format_version": 1
    }
    "#);
    let nowhere = pgward(project.dir.path(), &["init", "--config", "no/such/dir/pgward.toml"]).output().unwrap();
    assert_eq!(nowhere.status.code(), Some(2));
}
