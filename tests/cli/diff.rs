//! `pgward diff`: every SOURCE, every format, renames, exit codes.

use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;

use crate::skipped::skipped;
use crate::support::{Project, pgward, server_url};

const OLD: &str = "create schema app;
create table app.runs (id bigint primary key, state text not null default 'new', note text, gone integer);
create index runs_state on app.runs (state);
create function app.f(a integer) returns integer language plpgsql as $$
begin
  -- one
  return a + 1;
end $$;
create view app.v as select r.id, s.state from app.runs r join app.runs s using (id) where r.note is not null;
create table app.old (id integer);
";

const NEW: &str = "create schema app;
create table app.jobs (id bigint primary key, extra integer, state text not null default 'queued', remark text);
create index runs_state on app.jobs (state);
create function app.f(a integer) returns integer language plpgsql as $$
begin
  -- two
  return a + 2;
end $$;
create view app.v as select r.id, s.state from app.jobs r join app.jobs s using (id) where r.remark is not null;
create table app.fresh (id integer primary key, b text check (b <> ''));
comment on table app.fresh is 'It''s <new> | `really`';
grant select on app.fresh to public;
";

impl Project {
    /// Runs `pgward diff` with the test server for throw-away databases.
    fn diff(&self, args: &[&str]) -> String {
        let url = server_url();
        let mut all = vec!["diff", "--shadow-url", &url];
        all.extend(args);
        self.run(&all)
    }

    /// The same with a path to look for programs in.
    fn diff_with_git(&self, args: &[&str]) -> String {
        let url = server_url();
        let mut all = vec!["diff", "--shadow-url", &url];
        all.extend(args);
        let output =
            pgward(self.dir.path(), &all).env("DATABASE_URL", self.url()).env("PATH", path()).output().unwrap();
        self.shown(&output)
    }

    pub fn git(&self, args: &[&str]) {
        let mut command = Command::new("git");
        command.current_dir(self.dir.path()).env_clear().env("PATH", path()).env("HOME", self.dir.path());
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "t").env(format!("GIT_{who}_EMAIL"), "t@example.org");
        }
        let output = command.args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
    }
}

#[expect(clippy::disallowed_methods, reason = "tests find programs as the person who runs them does")]
pub fn path() -> String {
    std::env::var("PATH").unwrap()
}

fn project() -> Project {
    let project = Project::new();
    project.write("old.sql", OLD);
    project.write("new.sql", NEW);
    project
}

const BOTH: [&str; 4] = ["--from", "sql:old.sql", "--to", "sql:new.sql"];

fn both<'a>(args: &[&'a str]) -> Vec<&'a str> {
    BOTH.iter().chain(args).copied().collect()
}

#[test]
fn a_review_for_the_terminal() {
    let project = project();
    assert_snapshot!(project.diff(&both(&["--check"])));
    assert_snapshot!(project.diff(&both(&["--rename", "app.runs=app.jobs", "--rename", "app.runs.note=remark"])));
    assert_snapshot!(project.diff(&["--from", "sql:old.sql", "--to", "sql:old.sql", "--check"]));
}

#[test]
fn a_comment_for_a_pull_request() {
    let project = project();
    assert_snapshot!(project.diff(&both(&["--format", "markdown", "--rename", "app.runs=jobs"])));
}

#[test]
fn a_document_for_scripts() {
    let project = project();
    assert_snapshot!(project.diff(&both(&["--format", "json", "--rename", "app.runs=jobs"])));
    let schema: Value = serde_json::from_str(include_str!("../../schema/json/pgward.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let url = server_url();
    for args in [both(&[]), both(&["--rename", "app.runs=jobs"]), both(&["--rename", "app.x=y"])] {
        let mut all = vec!["--format", "json", "--shadow-url", &url, "diff"];
        all.extend(args);
        let output = pgward(project.dir.path(), &all).output().unwrap();
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let problems: Vec<_> = schema.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(problems.is_empty(), "{problems:?}\n{document:#}");
    }
}

#[test]
fn a_page_that_needs_nothing_else() {
    let project = project();
    let shown = project.diff(&both(&["--html", "diff.html", "--rename", "app.runs=jobs"]));
    assert!(shown.ends_with("--- stderr\nwrote diff.html\n"), "{shown}");
    let page = std::fs::read_to_string(project.dir.path().join("diff.html")).unwrap();
    let page = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for outside in ["http:", "https:", "<script", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    let (_, body) = page.split_once("</style>").unwrap();
    // The drawing has its own tests.
    let (start, rest) = body.split_once("<section class=\"drawing\">\n").unwrap();
    let (drawing, rest) = rest.split_once("</section>\n").unwrap();
    assert_eq!(drawing.matches("<svg").count(), 2);
    assert_snapshot!(format!("{start}[DRAWING]\n{rest}"));
}

#[test]
fn column_order_is_information_unless_asked_for() {
    let project = Project::new();
    project.write("old.sql", "create table t (a integer, b integer, c integer, d integer);");
    project.write("new.sql", "create table t (a integer, d integer, b integer, c integer);");
    assert_snapshot!(project.diff(&both(&["--check"])));
    assert_snapshot!(project.diff(&both(&["--check", "--column-order"])));
    project.write("new.sql", "create table t (x text, a integer, b integer, c integer, d integer);");
    let shown = project.diff(&both(&["--check", "--column-order"]));
    assert!(shown.contains("1 added\n"), "{shown}");
}

#[test]
fn renames_are_never_guessed() {
    let project = Project::new();
    project
        .write("old.sql", "create table a (x integer); create table b (x integer); create table t (k text, m text);");
    project
        .write("new.sql", "create table c (x integer); create table d (x integer); create table t (k text, n text);");
    assert_snapshot!(project.diff(&BOTH));
    assert_snapshot!(project.diff(&both(&["--rename", "public.a=c"])));
    for hint in
        ["public.a=public.x", "public.z=public.c", "public.a=other.c", "public.a=t", "nonsense", "view:public.a=c"]
    {
        assert_snapshot!(hint.replace([':', '=', '.'], "_"), project.diff(&both(&["--rename", hint])));
    }
    project.write(
        "pgward.toml",
        "[renames]\n\"public.a\" = \"c\"\n\"public.b\" = \"public.d\"\n\"public.long\" = \"public.gone\"\n",
    );
    let shown = project.diff(&both(&["--check"]));
    assert!(shown.contains("3 renamed\n"), "{shown}");
    // Long made, a hint in the configuration is no matter.
    let shown = project.diff(&["--from", "sql:new.sql", "--to", "sql:new.sql", "--check"]);
    assert!(shown.contains("no difference"), "{shown}");
}

#[test]
fn many_kinds_are_renamed_with_all_that_follows() {
    let project = Project::new();
    let sql = "create schema one; create type one.mood as enum ('sad', 'ok');
        create table one.people (id integer generated always as identity primary key, \"Full name\" text, mood one.mood,
            constraint named check (\"Full name\" <> ''));
        create index people_name on one.people (lower(\"Full name\"));
        create function one.of(m one.mood) returns bigint language sql begin atomic
            select count(*) from one.people where mood = m; end;
        create view one.happy as select id, \"Full name\" as n from one.people where mood = 'ok';
        create policy own on one.people using (\"Full name\" = current_user);
        grant select on one.people to public;";
    project.write("old.sql", sql);
    let renames = [
        ("one.", "two."),
        ("schema one", "schema two"),
        ("mood", "temper"),
        ("people", "persons"),
        ("\\\"Full name\\\"", "\\\"Name\\\""),
        ("\"Full name\"", "\"Name\""),
        ("named", "called"),
        ("own on", "self on"),
        (".happy", ".glad"),
    ];
    project.write("new.sql", &renames.iter().fold(sql.to_owned(), |sql, (old, new)| sql.replace(old, new)));
    // The schema holds more than was renamed, so it takes hints from the outside in.
    let shown = project.diff(&both(&["--check", "--rename", "one=two", "--rename", "type:one.mood=temper"]));
    // There is no kind "type".
    assert!(shown.starts_with("exit: 2"), "{shown}");
    let shown = project.diff(&both(&[
        "--rename",
        "one=two",
        "--rename",
        "one.mood=temper",
        "--rename",
        "one.people=persons",
        "--rename",
        "column:one.people.\"Full name\"=\"Name\"",
        "--rename",
        "one.people.mood=temper",
    ]));
    assert_snapshot!(shown);
}

/// What moves to another schema takes along what belongs to it, and what names it follows.
#[test]
fn what_is_in_another_schema_was_moved() {
    let project = Project::new();
    let sql = "create schema app; create schema lib;
        create type app.mood as enum ('sad', 'ok');
        create function app.rank(m app.mood) returns int language sql immutable return 1;
        create table app.people (id serial primary key, mood app.mood default 'ok', rank int generated always as (app.rank('ok')) stored);
        create table app.parts (a int, b text) partition by list (a); create table app.part1 partition of app.parts for values in (1);
        create index on app.parts (b); create statistics app.both on id, mood from app.people;
        create view app.happy as select p.id from app.people p where p.mood = 'ok'::app.mood;
        create table app.stays (id int references app.people, mood app.mood);";
    project.write("old.sql", sql);
    let moved = sql.replace("app.", "lib.").replace("lib.stays", "app.stays").replace("lib.happy", "api.happy");
    project.write("new.sql", &format!("create schema api; {moved}"));
    assert_snapshot!(project.diff(&both(&["--sql"])));
    // Two that could be meant are none; one that differs is one by a hint, under another name too.
    project.write("old.sql", "create schema a; create schema b; create schema c; create table a.t (x serial);");
    project.write(
        "new.sql",
        "create schema a; create schema b; create schema c; create table b.t (x serial); create table c.t (x serial);",
    );
    assert!(project.diff(&BOTH).contains("4 added, 2 removed"), "{}", project.diff(&BOTH));
    project
        .write("new.sql", "create schema a; create schema b; create schema c; create table b.u (x serial, y integer);");
    assert_snapshot!(project.diff(&both(&["--rename", "a.t=b.u"])));
}

/// What children have of their parents gets its new name with theirs.
#[test]
fn what_is_inherited_is_renamed_once() {
    let project = Project::new();
    let sql = "create table a_kid (own integer);
        create table m (old_column integer, b integer, constraint old_check check (b > 0));
        alter table a_kid add column old_column integer, add column b integer, add constraint old_check check (b > 0);
        alter table a_kid inherit m; create table z_kid () inherits (m); create table z_kid_kid () inherits (z_kid);
        create table parts (old_column integer) partition by list (old_column);
        create table a_part partition of parts for values in (1);";
    project.write("old.sql", sql);
    project.write("new.sql", &sql.replace("old_", "new_"));
    let renames =
        ["public.m.old_column=new_column", "public.m.old_check=new_check", "public.parts.old_column=new_column"];
    let mut args = both(&["--sql"]);
    renames.iter().for_each(|rename| args.extend(["--rename", rename]));
    let shown = project.diff(&args);
    let renaming: Vec<&str> = shown.lines().filter(|line| line.contains("RENAME")).collect();
    assert_eq!(
        renaming,
        [
            "ALTER TABLE public.m RENAME COLUMN old_column TO new_column;",
            "ALTER TABLE public.m RENAME CONSTRAINT old_check TO new_check;",
            "ALTER TABLE public.parts RENAME COLUMN old_column TO new_column;",
        ],
        "{shown}"
    );
    assert!(shown.starts_with("exit: 0") && !shown.contains("DROP"), "{shown}");
}

/// Words that happen to be the name of something renamed are no names.
#[test]
fn a_rename_hides_no_other_change() {
    let project = Project::new();
    project.write(
        "old.sql",
        "create table runs (id integer); comment on table runs is 'runs';
         create type kind as enum ('runs', 'other'); alter table runs set (autovacuum_enabled = off);
         create function f() returns integer language sql set search_path = runs as 'select 1';",
    );
    project.write(
        "new.sql",
        "create table jobs (id integer); comment on table jobs is 'jobs';
         create type kind as enum ('jobs', 'other'); alter table jobs set (autovacuum_enabled = off);
         create function f() returns integer language sql set search_path = jobs as 'select 1';",
    );
    assert_snapshot!(project.diff(&both(&["--rename", "public.runs=jobs", "--check"])));
}

#[test]
fn passwords_are_not_repeated() {
    let project = Project::new();
    for source in ["postgres://u:geheim@h/x", "dv:postgres://u:geheim@h/x", "bd:host=h password=geheim"] {
        for format in ["terminal", "json"] {
            let shown = project.diff(&["--from", source, "--to", "live", "--format", format]);
            assert!(shown.starts_with("exit: 2\n") && !shown.contains("geheim"), "{shown}");
        }
    }
    let shown = project.diff(&["--from", "db:postgres://u:geheim@127.0.0.1:1/x", "--to", "live"]);
    assert!(shown.starts_with("exit: 2\n") && !shown.contains("geheim"), "{shown}");
}

/// What is named with the schemas that are compared may need what is in others.
#[test]
fn what_is_needed_from_elsewhere_is_said() {
    let project = Project::new();
    project.write("old.sql", "create schema app;");
    project.write(
        "new.sql",
        "create schema auth; create table auth.users (id integer primary key);
         create schema app; create table app.members (id integer references auth.users);",
    );
    assert_snapshot!(project.diff(&both(&["--sql", "--schema", "app"])));
    // One side is a file without a database: what it lacks is the other one's.
    let url = server_url();
    project.run(&["snapshot", "--from", "sql:new.sql", "--schema", "app", "--out", "app.json", "--shadow-url", &url]);
    project.write(
        "more.sql",
        "create schema auth; create table auth.users (id integer primary key); create schema app;
         create table app.members (id integer references auth.users, name text);",
    );
    let args = ["--from", "snapshot:app.json", "--to", "sql:more.sql", "--sql", "--schema", "app"];
    let shown = project.diff(&args);
    assert!(shown.contains("ADD COLUMN name text;"), "{shown}");
}

/// What a build that failed left behind, which no statement makes, is no reason to refuse: it stays, or it goes.
#[test]
fn an_index_that_is_not_valid() {
    let project = Project::new();
    let table = "create table t (a int); create index left_behind on t (a); create index goes on t (a);";
    let sql = format!("{table} update pg_index set indisvalid = false where indrelid = 't'::regclass;");
    project.write("old.sql", &sql);
    project.write("new.sql", &format!("{sql} alter table t add column b int; drop index goes;"));
    project.run(&["snapshot", "--from", "sql:old.sql", "--out", "old.json", "--shadow-url", &server_url()]);
    let shown = project.diff(&["--from", "snapshot:old.json", "--to", "sql:new.sql", "--sql"]);
    let is_expected = |line: &&str| line.contains("INDEX") || line.contains("COLUMN");
    let statements: Vec<&str> = shown.lines().filter(is_expected).collect();
    let expected = ["ALTER TABLE public.t ADD COLUMN b integer;", "DROP INDEX CONCURRENTLY public.goes;"];
    assert_eq!(statements, expected, "{shown}");
}

#[test]
fn every_source() {
    let project = project();
    project.write("db/V1__a.sql", "create schema app; create table app.a (id integer);");
    project.write("db/V2__b.sql", "create table app.b (id integer); alter table app.a add column n text;");
    project.sql("create schema app; create table app.a (id integer, n text); create table app.b (id integer)");
    let same = |from: &str, to: &str| {
        let shown = project.diff(&["--from", from, "--to", to, "--check"]);
        assert!(shown.starts_with("exit: 0\n"), "{from} to {to}: {shown}");
        let (_, last) = shown.trim_end().rsplit_once('\n').unwrap();
        assert_eq!(last, "no difference", "{from} to {to}: {shown}");
    };
    same("live", "migrations:db");
    same(&format!("db:{}", project.url()), "migrations:db@2");
    let url = server_url();
    for (from, out) in [("migrations:db", "made.json"), ("live", "live.json"), ("migrations:db@1", "one.json")] {
        let shown = project.run(&["snapshot", "--shadow-url", &url, "--schema", "app", "--from", from, "--out", out]);
        assert!(shown.starts_with("exit: 0"), "{shown}");
    }
    let app = |from: &str, to: &str| project.diff(&["--from", from, "--to", to, "--check", "--schema", "app"]);
    for (from, to) in [
        ("snapshot:made.json", "live"),
        ("snapshot:live.json", "migrations:db"),
        ("snapshot:live.json", "snapshot:made.json"),
    ] {
        assert!(app(from, to).starts_with("exit: 0\n"), "{from} to {to}: {}", app(from, to));
    }
    assert_snapshot!(app("snapshot:one.json", "migrations:db"));
    // Files of a directory are run in the order of their names, whatever is in the directories between.
    project.write("sql/1.sql", "create schema app; set search_path = app; create table a (id integer, n text);");
    project.write("sql/2/b.sql", "create table app.b (id integer); create table app.c ();");
    project.write("sql/3.sql", "drop table app.c;");
    project.write("sql/notes.txt", "no SQL");
    same("sql:sql", "migrations:db");
    same("bundle:ops", "bundle:ops");
    let shown = project.diff(&["--from", "bundle:ops@20260213000300", "--to", "bundle:ops", "--check"]);
    assert!(shown.starts_with("exit: 1\n"), "{shown}");
    let shown = project.diff(&["--from", "migrations:db@7", "--to", "live"]);
    assert!(shown.starts_with("exit: 2\n") && shown.contains('7'), "{shown}");
}

#[test]
fn standard_input_is_a_source() {
    let project = project();
    let url = server_url();
    let mut command = pgward(
        project.dir.path(),
        &["diff", "--shadow-url", &url, "--from", "sql:old.sql", "--to", "sql:-", "--check"],
    );
    command.stdin(std::fs::File::open(project.dir.path().join("old.sql")).unwrap());
    let shown = project.shown(&command.output().unwrap());
    assert_snapshot!(shown);
}

#[test]
fn revisions_of_git() {
    let project = Project::new();
    project.write("pgward.toml", "[migrations]\ndir = \"db\"\n");
    project.write("db/V1__a.sql", "create table a (id integer);\n");
    project.write("schema/all.sql", "create table a (id integer);\n");
    project.git(&["init", "--quiet"]);
    project.git(&["add", "."]);
    project.git(&["commit", "--quiet", "-m", "one"]);
    project.git(&["tag", "v1"]);
    project.write("db/V2__b.sql", "alter table a add column n text;\n");
    project.write("db/V2__b.down.sql", "alter table a drop column n;\n");
    project.write("schema/all.sql", "create table a (id integer, n text);\n");
    let shown = project.run(&[
        "snapshot",
        "--shadow-url",
        &server_url(),
        "--from",
        "migrations:db",
        "--out",
        "schema/all.json",
    ]);
    assert!(shown.starts_with("exit: 0"), "{shown}");
    project.git(&["add", "."]);
    project.git(&["commit", "--quiet", "-m", "two"]);
    assert_snapshot!(project.diff_with_git(&["--from", "git:v1", "--to", "git:HEAD", "--check"]));
    for to in ["git:HEAD:db", "git:HEAD:schema/all.sql", "git:HEAD:schema/all.json", "git:HEAD:schema", "migrations:db"]
    {
        let shown = project.diff_with_git(&["--from", "git:HEAD", "--to", to, "--check"]);
        assert!(shown.starts_with("exit: 0"), "{to}: {shown}");
    }
    assert_snapshot!(project.diff_with_git(&["--from", "git:v9", "--to", "git:HEAD"]));
    assert_snapshot!(project.diff_with_git(&["--from", "git:HEAD:nowhere", "--to", "git:HEAD"]));
    project.write("db/V3__bad.sql", "create table b (id nonsense);\n");
    project.git(&["add", "."]);
    project.git(&["commit", "--quiet", "-m", "three"]);
    assert_snapshot!(project.diff_with_git(&["--from", "git:HEAD~1", "--to", "git:HEAD"]));
}

#[test]
fn mistakes_in_files_have_their_place() {
    let project = Project::new();
    let show = |text: &str| {
        project.write("a.sql", text);
        project.diff(&["--from", "sql:a.sql", "--to", "live"])
    };
    assert_snapshot!("wrong_column", show("create table a (id integer);\ncreate index on a (\n  idd);\n"));
    assert_snapshot!("role", show("\\restrict x\ncreate table a ();\ngrant select on a to nobody_of_pgward;\n"));
    assert_snapshot!("connect", show("create table a ();\n\\connect other\n"));
    assert_snapshot!("server", show("create database x;\n"));
    assert_snapshot!("transaction", show("begin;\ncreate table a ();\n"));
    assert_snapshot!("source", project.diff(&["--from", "schema.sql", "--to", "live"]));
    assert_snapshot!("schema", project.diff(&["--from", "live", "--to", "live", "--schema", "publik"]));
}

#[test]
fn roles_that_are_missing_are_made_when_asked_for() {
    let project = Project::new();
    let role = format!("pgward_test_{}", std::process::id());
    project.write("a.sql", &format!("create table a (); grant select on a to {role}; alter table a owner to {role};"));
    project.write("b.sql", &format!("create table a (); grant select on a to {role};"));
    let shown = project.diff(&["--from", "sql:a.sql", "--to", "sql:b.sql", "--role", &role, "--check"]);
    assert!(shown.starts_with("exit: 1") && shown.contains("owner"), "{shown}");
    // What the files say nothing about is not compared with a database.
    project.sql(&format!("create table a (); grant select on a to {role}; alter table a owner to {role}"));
    for (file, exit) in [("sql:a.sql", "exit: 0"), ("sql:b.sql", "exit: 0")] {
        let shown = project.diff(&["--from", file, "--to", "live", "--check"]);
        assert!(shown.starts_with(exit), "{shown}");
    }
    project.write("pgward.toml", &format!("roles = [\"{role}\"]\n"));
    project.sql(&format!("drop owned by {role}; drop role {role}"));
    let shown = project.diff(&["--from", "sql:b.sql", "--to", "sql:b.sql", "--check"]);
    assert!(shown.starts_with("exit: 0"), "{shown}");
    project.sql(&format!("drop role {role}"));
}

#[test]
fn a_dump_of_a_database_is_the_database() {
    let project = Project::new();
    for role in ["rich_owner", "rich_reader", "rich Writer"] {
        project.sql(&format!(
            "do $$ begin create role \"{role}\"; exception when duplicate_object or unique_violation then null; end $$"
        ));
    }
    project.sql(include_str!("../db/introspect_rich.sql"));
    project.sql("create table public.rows (a text, b integer); insert into rows values ('it''s', 1), (E'\\\\.', 2)");
    let dump = Command::new("pg_dump").args(["--dbname", &project.url()]).output();
    let Ok(dump) = dump else { return skipped("a dump of a database", "there is no pg_dump") };
    if !dump.status.success() {
        // Of another major version than the server.
        assert!(String::from_utf8_lossy(&dump.stderr).contains("version"), "{dump:?}");
        return skipped("a dump of a database", "pg_dump is older than the server");
    }
    project.write("dump.sql", &String::from_utf8(dump.stdout).unwrap());
    for (from, to) in [("sql:dump.sql", "live"), ("live", "sql:dump.sql")] {
        let shown = project.diff(&["--from", from, "--to", to, "--check", "--column-order"]);
        assert!(shown.starts_with("exit: 0"), "{shown}");
    }
}

#[test]
fn every_grant_says_who_can_do_what() {
    let project = Project::new();
    let old = "create table t (id int); create sequence s; create table i (a int generated always as identity);
        create function f() returns int language sql as 'select 1'; create policy p on t using (true);
        grant select on t to pg_write_all_data;\n";
    project.write("old.sql", old);
    let grants = "grant insert on t to pg_monitor; grant select on t to pg_read_all_data; grant delete on t to public;
        revoke select on t from pg_write_all_data; grant usage on sequence s to pg_monitor;
        grant select on sequence i_a_seq to pg_monitor; revoke execute on function f() from public;
        grant execute on function f() to pg_monitor; revoke usage on type t from public;
        revoke execute on function pg_sleep(double precision) from public;
        create function g() returns int language sql security definer as 'select 1';
        create policy q on i using (true); create policy narrow on t as restrictive for update to pg_monitor using (id > 0);
        alter policy p on t using (id = 1) with check (id < 9); alter table t enable row level security;
        alter function f() security definer;\n";
    project.write("new.sql", &format!("{old}{grants}"));
    assert_snapshot!(project.diff(&["--from", "sql:old.sql", "--to", "sql:new.sql"]));
    // On what is no object here, roles are named as they are too.
    let plan = project.diff(&["--from", "sql:old.sql", "--to", "sql:new.sql", "--sql", "--inverse", "down.sql"]);
    assert!(plan.starts_with("exit: 0"), "{plan}");
    assert_eq!(project.sql("select count(*) from pg_roles where rolname like '% on %'").trim(), "0");
}

#[test]
fn what_a_role_may_not_see_is_no_difference() {
    let project = Project::new();
    project.sql(
        "create foreign data wrapper w; create server srv foreign data wrapper w;
         create user mapping for public server srv options (\"user\" 'a', other 'b')",
    );
    let url = project.url();
    let by = |role: &str| format!("db:{url}{}options=-c%20role%3D{role}", if url.contains('?') { '&' } else { '?' });
    let shown = project.diff(&["--from", &by("none"), "--to", &by("pg_monitor"), "--check"]);
    assert!(shown.starts_with("exit: 0"), "{shown}");
    assert!(shown.contains("hidden options of user mapping public on server srv"), "{shown}");
}

#[test]
fn time_limits_of_a_plan_are_times() {
    let project = project();
    let with = |limit: &str| project.diff(&both(&["--sql", "--allow-data-loss", "--plan-lock-timeout", limit]));
    assert!(with("1500ms").contains("SET lock_timeout = '1500ms';"));
    for limit in ["abc", "1'; create table hacked (); --", "30h 1", "999999h"] {
        let shown = with(limit);
        assert!(shown.starts_with("exit: 2") && shown.contains("--plan-lock-timeout"), "{shown}");
    }
}

#[test]
fn settings_of_the_session_make_no_difference() {
    let project = Project::new();
    project.sql(
        "create schema app; create table app.t (at timestamptz default '2020-01-01 00:00:00+00', every interval default '1 day',
            b bytea default '\\x00', f float8 default 0.1, m money default 1.5, check (at > '2019-01-01'))",
    );
    let url = server_url();
    let snapshot = |options: &str| {
        let args = ["snapshot", "--from", "live", "--schema", "app", "--shadow-url", &url];
        let mut command = pgward(project.dir.path(), &args);
        project.shown(&command.env("DATABASE_URL", project.url()).env("PGOPTIONS", options).output().unwrap())
    };
    let plain = snapshot("");
    let other = snapshot(
        "-c DateStyle=German -c TimeZone=Asia/Tokyo -c search_path=app -c IntervalStyle=iso_8601 -c bytea_output=escape \
         -c extra_float_digits=-3 -c quote_all_identifiers=on",
    );
    assert_eq!(plain, other);
    assert!(plain.contains("timestamp"), "{plain}");
}

#[test]
fn what_is_covered_is_strictly_covered() {
    let project = project();
    for command in ["diff --from sql:old.sql --to sql:old.sql", "snapshot --from sql:old.sql --out a.json"] {
        let url = server_url();
        let mut args: Vec<_> = command.split(' ').collect();
        args.extend(["--strict-coverage", "--shadow-url", &url]);
        assert!(project.run(&args).starts_with("exit: 0"), "{command}");
    }
}
