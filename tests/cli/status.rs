//! `pgward status`.

use insta::assert_snapshot;

use crate::support::Project;

#[test]
fn shows_how_each_migration_stands() {
    let project = Project::new();
    for (file, text) in [
        ("db/V1__a.sql", "create table a (id integer);\n"),
        ("db/V1__a.down.sql", "drop table a;\n"),
        ("db/V3__c.sql", "select 1;\n"),
        ("db/V4__d.sql", "select 1;\n"),
        ("db/V5__e.sql", "select 1;\n"),
    ] {
        project.write(file, text);
    }
    assert_snapshot!(project.run(&["status", "--migrations", "db"]), @"
    exit: 0
    --- stdout
      pending  V1__a
      pending  V3__c    no down
      pending  V4__d    no down
      pending  V5__e    no down

    4 pending
    ");
    project.run(&["up", "--quiet", "--migrations", "db", "--to", "4"]);
    project.write("db/V1__a.sql", "create table a (id bigint);\n");
    project.write("db/V2__b.sql", "select 1;\n");
    std::fs::remove_file(project.dir.path().join("db/V3__c.sql")).unwrap();
    std::fs::rename(project.dir.path().join("db/V4__d.sql"), project.dir.path().join("db/V4__delta.sql")).unwrap();
    assert_snapshot!(project.run(&["status", "--migrations", "db"]), @"
    exit: 0
    --- stdout
      changed       V1__a      [WHEN]
      out of order  V2__b                               no down
      missing       V3__c      [WHEN]  no down
      renamed       V4__delta  [WHEN]  no down
      pending       V5__e                               no down

    error[ST002]: V1__a was changed after it was applied
     --> db/V1__a.sql:1:1
      |
    1 | create table a (id bigint);
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^

    warning[ST004]: V2__b is pending and older than an applied one
     --> db/V2__b.sql:1:1
      |
    1 | select 1;
      | ^^^^^^^^^

    error[ST003]: V3__c was applied and has no file

    error[ST005]: V4__delta was applied as V4__d
     --> db/V4__delta.sql:1:1
      |
    1 | select 1;
      | ^^^^^^^^^

    2 pending; history and files disagree on 4 migrations
    ");
    assert_snapshot!(project.run(&["status", "--migrations", "db", "--check", "--format", "json"]), @r#"
    exit: 1
    --- stdout
    {
      "command": "status",
      "findings": [
        {
          "code": "ST002",
          "location": {
            "column": 1,
            "file": "db/V1__a.sql",
            "line": 1
          },
          "message": "V1__a was changed after it was applied",
          "severity": "error"
        },
        {
          "code": "ST004",
          "location": {
            "column": 1,
            "file": "db/V2__b.sql",
            "line": 1
          },
          "message": "V2__b is pending and older than an applied one",
          "severity": "warning"
        },
        {
          "code": "ST003",
          "message": "V3__c was applied and has no file",
          "severity": "error"
        },
        {
          "code": "ST005",
          "location": {
            "column": 1,
            "file": "db/V4__delta.sql",
            "line": 1
          },
          "message": "V4__delta was applied as V4__d",
          "severity": "error"
        },
        {
          "code": "ST001",
          "location": {
            "column": 1,
            "file": "db/V5__e.sql",
            "line": 1
          },
          "message": "V5__e is pending",
          "severity": "info"
        }
      ],
      "format_version": 1,
      "migrations": [
        {
          "applied_on": "[WHEN]",
          "file": "db/V1__a.sql",
          "has_down": true,
          "name": "a",
          "state": "changed",
          "statements_done": null,
          "version": 1
        },
        {
          "applied_on": null,
          "file": "db/V2__b.sql",
          "has_down": false,
          "name": "b",
          "state": "out_of_order",
          "statements_done": null,
          "version": 2
        },
        {
          "applied_on": "[WHEN]",
          "file": null,
          "has_down": false,
          "name": "c",
          "state": "missing",
          "statements_done": null,
          "version": 3
        },
        {
          "applied_on": "[WHEN]",
          "file": "db/V4__delta.sql",
          "has_down": false,
          "name": "delta",
          "state": "renamed",
          "statements_done": null,
          "version": 4
        },
        {
          "applied_on": null,
          "file": "db/V5__e.sql",
          "has_down": false,
          "name": "e",
          "state": "pending",
          "statements_done": null,
          "version": 5
        }
      ]
    }
    "#);
}

#[test]
fn check_is_green_only_when_nothing_is_to_be_done() {
    let project = Project::new();
    project.write("db/V1__a.sql", "create table a (id integer);\n");
    assert!(project.run(&["status", "--migrations", "db", "--check"]).starts_with("exit: 1\n"));
    project.run(&["up", "--migrations", "db"]);
    assert_snapshot!(project.run(&["status", "--migrations", "db", "--check"]), @"
    exit: 0
    --- stdout
      applied  V1__a  [WHEN]  no down

    up to date
    ");
    // Nothing but line ends: git does that.
    project.write("db/V1__a.sql", "create table a (id integer);\r\n");
    assert_snapshot!(project.run(&["status", "--migrations", "db", "--check"]), @"
    exit: 0
    --- stdout
      applied (line ends differ)  V1__a  [WHEN]  no down

    up to date
    ");
}
