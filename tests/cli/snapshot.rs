//! `pgward snapshot`.

use insta::assert_snapshot;

use crate::support::{Project, server_url};

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

#[test]
fn as_sql_that_makes_the_same() {
    let project = Project::new();
    project.sql(
        "create schema app; create type app.mood as enum ('sad', 'it''s ok');
         create table app.b (id integer primary key, a_id integer, m app.mood, \"Näme \"\"x\"\"\" text default 'x');
         create table app.a (id integer generated always as identity primary key, check (id > 0));
         alter table app.b add foreign key (a_id) references app.a; create index on app.b (m);
         create view app.v as select b.id, b.m from app.b, app.a where b.m = 'sad' and a.id = b.a_id;
         comment on column app.b.m is E'two\\nlines'; grant select on app.v to public;
         alter table app.b enable row level security; create policy p on app.b using (a_id = 1);
         create function app.f() returns integer language sql as 'select 1'; revoke all on function app.f() from public",
    );
    let url = server_url();
    let sql = |args: &[&str]| {
        let all = ["snapshot", "--format", "sql", "--schema", "app", "--shadow-url", &url];
        project.run(&[&all, args].concat())
    };
    assert_snapshot!("as_sql", sql(&[]));
    assert!(sql(&["--out", "app.sql"]).starts_with("exit: 0\n"));
    assert_snapshot!("as_sql_up_to_date", sql(&["--check", "app.sql"]));
    // It is a source like any other.
    let shown = project.run(&[
        "diff",
        "--from",
        "sql:app.sql",
        "--to",
        "live",
        "--schema",
        "app",
        "--check",
        "--shadow-url",
        &url,
    ]);
    assert!(shown.starts_with("exit: 0\n"), "{shown}");
    // A snapshot of files says nothing of who ran them, so it is one of the database too, and the other way round.
    for (made, checked) in [("sql:app.sql", "live"), ("live", "sql:app.sql")] {
        let snapshot = |from: &str, args: &[&str]| {
            let all = ["snapshot", "--schema", "app", "--shadow-url", &url, "--from", from];
            project.run(&[&all, args].concat())
        };
        assert!(snapshot(made, &["--out", "app.json"]).starts_with("exit: 0\n"));
        let shown = snapshot(checked, &["--check", "app.json"]);
        assert!(shown.starts_with("exit: 0\n"), "{shown}");
    }
    let written = std::fs::read_to_string(project.dir.path().join("app.sql")).unwrap();
    project.write("app.sql", &written.replace("-- Types", "-- My types"));
    assert_snapshot!("as_sql_in_other_words", sql(&["--check", "app.sql"]));
    project.write("app.sql", &written.replace("id > 0", "id > 1"));
    assert_snapshot!("as_sql_of_another_schema", sql(&["--check", "app.sql"]));
    project.write("app.sql", "create tabel app.a ();\n");
    assert_snapshot!("as_sql_that_is_none", sql(&["--check", "app.sql"]));
    assert!(sql(&["--check", "nowhere.sql"]).starts_with("exit: 2\n"));
    // A snapshot says the same without a server.
    project.run(&["snapshot", "--schema", "app", "--out", "app.json"]);
    let from_file = project.run(&["snapshot", "--format", "sql", "--from", "snapshot:app.json"]);
    assert!(from_file.contains(&written), "{from_file}");
}
