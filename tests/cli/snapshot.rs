//! `pgward snapshot`.

use insta::assert_snapshot;

use crate::support::Project;

#[test]
fn prints_a_catalog_and_checks_a_file() {
    let project = Project::new();
    project.sql("create schema app; create table app.a (id integer not null, \"Näme \"\"x\"\"\" text); comment on table app.a is 'one'");
    assert_snapshot!(project.run(&["snapshot", "--schema", "app"]), @r#"
    exit: 0
    --- stdout
    {"pgward_snapshot":2,"digest":"sha256:a3790685ebcd1df626feb0aba5299a3d124a3a7711285ff7e3283739d40e276a"}
    {"kind":"schema","path":["app"],"attrs":{"owner":"postgres"}}
    {"kind":"table","path":["app","a"],"parent":["schema",["app"]],"attrs":{"comment":"one","owner":"postgres"}}
    {"kind":"column","path":["app","a","Näme \"x\""],"parent":["table",["app","a"]],"attrs":{"position":2,"type":"text"}}
    {"kind":"column","path":["app","a","id"],"parent":["table",["app","a"]],"attrs":{"not_null":true,"position":1,"type":"integer"}}
    "#);
    assert_snapshot!(project.run(&["snapshot", "--schema", "app", "--out", "app.json"]), @"
    exit: 0
    --- stderr
    wrote app.json of 4 objects
    ");
    assert_snapshot!(project.run(&["snapshot", "--schema", "app", "--check", "app.json"]), @"
    exit: 0
    --- stdout
    app.json is up to date
    ");
    project.sql("comment on table app.a is 'two'; create table app.b (); alter table app.a drop column id");
    assert_snapshot!(project.run(&["snapshot", "--schema", "app", "--check", "app.json"]), @r#"
    exit: 1
    --- stdout
    error[SN001]: comment of table app.a differs
      expected  one
      actual    two

    error[SN001]: position of column app.a."Näme ""x""" differs
      expected  2
      actual    1

    error[SN001]: column app.a.id is missing

    error[SN001]: table app.b is there and should not be

    4 differences from app.json
    "#);
    project.write("app.json", "{}");
    assert_snapshot!(project.run(&["snapshot", "--schema", "app", "--check", "app.json"]), @"
    exit: 2
    --- stderr
    error: line 1 is not the header of a snapshot
      cause: missing field `pgward_snapshot` at line 1 column 2
      note: the file is app.json
    ");
}

#[test]
fn the_committed_snapshot_of_the_bundle_is_what_every_version_of_postgresql_has() {
    let project = Project::new();
    project.run(&["up", "--quiet"]);
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/ops.snapshot.json");
    let shown = project.run(&["snapshot", "--check", committed]);
    assert!(shown.starts_with("exit: 0\n"), "{shown}");
}

#[test]
fn writes_through_links_and_into_what_is_no_file() {
    let project = Project::new();
    project.sql("create table public.a (id integer)");
    project.write("real.json", "");
    std::os::unix::fs::symlink("real.json", project.dir.path().join("link.json")).unwrap();
    let out = |file| project.run(&["snapshot", "--schema", "public", "--quiet", "--out", file]);
    assert_eq!(out("link.json"), "exit: 0\n");
    assert!(project.dir.path().join("link.json").is_symlink());
    let text = std::fs::read_to_string(project.dir.path().join("real.json")).unwrap();
    assert_eq!(out("/dev/stdout"), format!("exit: 0\n--- stdout\n{text}"));
    assert_snapshot!(project.run(&["snapshot", "--schema", "publik"]), @"
    exit: 2
    --- stderr
    error: there is no schema publik in the database
    ");
}
