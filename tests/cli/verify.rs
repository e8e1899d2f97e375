//! `pgward verify`.

use insta::assert_snapshot;

use crate::support::Project;

const MANIFEST: &str = r#"format_version = 1

[schemas.app]

[tables."app.members"]
row_level_security = true

[tables."app.members".columns]
id = { type = "integer", not_null = true }
role = { type = "text", default = "'viewer'" }

[tables."app.members".constraints]
members_pkey = { type = "primary key", columns = ["id"] }
members_role_check = { type = "check", expression = "role in ('owner', 'admin', 'viewer')" }

[tables."app.members".policies]
mine = { command = "SELECT", roles = ["public"], using = "id = 1 and role not in ('nobody')" }

[functions."app.double(integer)"]
arguments = "n integer"
returns = "integer"
language = "sql"
volatility = "immutable"
body = "select n * 2"

[functions."app.double(integer)".grants]
public = ["EXECUTE"]

[tables."app.legacy"]
optional = true
partial = true
"#;

const SCHEMA: &str = "
    create schema app;
    create table app.members (
        id integer constraint members_pkey primary key,
        role text default 'viewer' constraint members_role_check check (role in ('owner', 'admin', 'viewer')));
    alter table app.members enable row level security;
    create policy mine on app.members for select using (id = 1 and role not in ('nobody'));
    create function app.double(n integer) returns integer language sql immutable as 'select n * 2';";

fn project() -> Project {
    let project = Project::new();
    project.sql(SCHEMA);
    project.write("app.toml", MANIFEST);
    project.write("pgward.toml", "manifest = \"app.toml\"\n[migrations]\ndir = \"db\"\n");
    project
}

#[test]
fn a_person_may_write_expressions_in_other_words() {
    assert_snapshot!(project().run(&["verify"]), @"
    exit: 0
    --- stdout
    Verified against app.toml
      schemas      1 ok
      tables       1 ok      1 absent, optional
      functions    1 ok
      columns      2 ok
      constraints  2 ok
      policies     1 ok
      grants       1 ok

    9 objects as declared ([TIME])
    ");
}

#[test]
fn every_difference_is_a_finding() {
    let project = project();
    project.sql(
        "alter table app.members disable row level security;
         alter table app.members alter column role set default 'owner', add column secret text;
         alter table app.members drop constraint members_role_check;
         alter table app.members add constraint members_role_check check (role in ('owner', 'admin'));
         drop policy mine on app.members;
         create policy mine on app.members for select using (true);
         create or replace function app.double(n integer) returns integer language sql immutable security definer
           as 'select n * 3';
         revoke execute on function app.double(integer) from public;
         grant select on app.members to public;
         create view app.v as select 1 as one;
         create aggregate app.total (integer) (sfunc = int4pl, stype = integer);
         create sequence app.x; create type app.x as enum ();
         create table app.held (); alter extension plpgsql add table app.held; create policy odd on app.held;",
    );
    assert_snapshot!(project.run(&["verify"]), @r#"
    exit: 1
    --- stdout
    Verified against app.toml
      schemas      1 ok
      enums              1 wrong
      sequences          1 wrong
      tables             1 wrong    1 absent, optional
      functions          1 wrong
      aggregates         1 wrong
      views              1 wrong
      columns      1 ok  2 wrong
      constraints  1 ok  1 wrong
      policies           1 wrong
      grants             2 wrong

    error[VF002]: security_definer of function app.double(integer) is not as declared
      --> app.toml:19:12
       |
    19 | [functions."app.double(integer)"]
       |            ^^^^^^^^^^^^^^^^^^^^^^
      expected  (default)
      actual    true

    error[VF002]: body of function app.double(integer) is not as declared
      --> app.toml:19:12
       |
    19 | [functions."app.double(integer)"]
       |            ^^^^^^^^^^^^^^^^^^^^^^
      expected  select n * 2
      actual    select n * 3

    error[VF001]: grant to public on app.double(integer) is missing
      --> app.toml:27:1
       |
    27 | public = ["EXECUTE"]
       | ^^^^^^^^^^^^^^^^^^^^

    error[VF002]: row_level_security of table app.members is not as declared
     --> app.toml:5:9
      |
    5 | [tables."app.members"]
      |         ^^^^^^^^^^^^^^
      expected  true
      actual    (default)

    error[VF002]: expression of constraint app.members.members_role_check is not as declared
      --> app.toml:14:1
       |
    14 | members_role_check = { type = "check", expression = "role in ('owner', 'admin', 'viewer')" }
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      expected  role in ('owner', 'admin', 'viewer')
      actual    (role = ANY (ARRAY['owner'::text, 'admin'::text]))

    error[VF002]: using of policy app.members.mine is not as declared
      --> app.toml:17:1
       |
    17 | mine = { command = "SELECT", roles = ["public"], using = "id = 1 and role not in ('nobody')" }
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      expected  id = 1 and role not in ('nobody')
      actual    true

    error[VF003]: grant to public on app.members is not declared

    error[VF002]: default of column app.members.role is not as declared
      --> app.toml:10:1
       |
    10 | role = { type = "text", default = "'viewer'" }
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      expected  'viewer'
      actual    'owner'::text

    error[VF003]: column app.members.secret is not declared

    error[VF003]: aggregate app.total(integer) is not declared

    error[VF003]: view app.v is not declared

    error[VF003]: enum app.x is not declared

    error[VF003]: sequence app.x is not declared

    warning[VF004]: policy on an extension's table odd on app.held is of a kind that pgward does not read

    12 of 15 objects not as declared ([TIME])
    "#);
    let json = project.run(&["verify", "--format", "json"]);
    assert!(json.starts_with("exit: 1\n"), "{json}");
}

#[test]
fn an_expression_that_the_server_can_not_read_is_not_evaluated() {
    let project = project();
    project.write("app.toml", &MANIFEST.replace("role not in ('nobody')", "no_such_function(role) <> 'nobody'"));
    let shown = project.run(&["verify"]);
    // Other functions and constants are different, whatever they mean.
    assert!(shown.starts_with("exit: 1\n"), "{shown}");
    project.write("app.toml", &MANIFEST.replace("role not in ('nobody')", "rolle not in ('nobody')"));
    assert_snapshot!(project.run(&["verify"]), @r#"
    exit: 2
    --- stdout
    Verified against app.toml
      schemas      1 ok
      tables       1 ok                     1 absent, optional
      functions    1 ok
      columns      2 ok
      constraints  2 ok
      policies             1 not evaluated
      grants       1 ok

    error[VF005]: using of policy app.members.mine could not be compared: the server refused it: column "rolle" does not exist
      --> app.toml:17:1
       |
    17 | mine = { command = "SELECT", roles = ["public"], using = "id = 1 and rolle not in ('nobody')" }
       | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      expected  id = 1 and rolle not in ('nobody')
      actual    ((id = 1) AND (role <> 'nobody'::text))

    1 of 9 objects could not be checked ([TIME])
    "#);
}

#[test]
fn a_manifest_that_can_not_be_read_says_where() {
    let project = project();
    for (bad, good) in [
        ("format_version = 2", "format_version = 1"),
        ("row_level_securty = true", "row_level_security = true"),
        ("[schemas.app", "[schemas.app]"),
        ("[tabels.\"app.members\"]", "[tables.\"app.members\"]"),
        ("[tables.\"app..members\"]", "[tables.\"app.members\"]"),
    ] {
        project.write("app.toml", &MANIFEST.replacen(good, bad, 1));
        assert_snapshot!(project.run(&["verify"]));
    }
    assert_snapshot!(project.run(&["verify", "--manifest", "nowhere.toml"]), @"
    exit: 2
    --- stderr
    error: nowhere.toml can't be read: No such file or directory (os error 2)
    ");
}

#[test]
fn write_makes_a_manifest_that_verifies() {
    let project = project();
    project.sql("create table app.legacy (id serial)");
    assert_snapshot!(project.run(&["verify", "--write", "--schema", "app"]), @"
    exit: 0
    --- stderr
    wrote app.toml of 11 objects
    ");
    assert_snapshot!("written", std::fs::read_to_string(project.dir.path().join("app.toml")).unwrap());
    assert!(project.run(&["verify"]).starts_with("exit: 0\n"));
}

#[test]
fn an_upgraded_database_verifies_with_its_agent_tables() {
    let project = Project::new();
    project.sql(
        "create schema ops;
         create table ops.runs (id serial primary key, agent text);
         create table ops.run_logs (id serial primary key, run_id integer references ops.runs, line text);
         insert into ops.runs (agent) values ('a'); insert into ops.run_logs (run_id, line) values (1, 'x');",
    );
    let shown = project.run(&["up", "--verify"]);
    assert!(shown.starts_with("exit: 0\n"), "{shown}");
    assert_eq!(project.sql("select agent from ops.agent_runs_v"), "a");
}

#[test]
fn what_is_compared_with_nothing_is_not_verified() {
    let project = project();
    assert_snapshot!(project.run(&["verify", "--schema", "ap"]), @"
    exit: 2
    --- stderr
    error: app.toml declares nothing in schema ap
    ");
    assert_snapshot!(project.run(&["verify", "--write", "--schema", "ap"]), @"
    exit: 2
    --- stderr
    error: there is no schema ap in the database
    ");
    project.write("app.toml", "format_version = 1\n");
    assert_snapshot!(project.run(&["verify"]), @"
    exit: 2
    --- stderr
    error: app.toml declares nothing

    hint: write a manifest of what is there now: pgward verify --write --manifest FILE
    ");
    project.sql("drop schema app cascade");
    project.write("pgward.toml", "schemas = [\"app\"]\nmanifest = \"app.toml\"\n[migrations]\ndir = \"db\"\n");
    assert_snapshot!(project.run(&["verify", "--write"]), @"
    exit: 2
    --- stderr
    error: there is nothing in the managed schemas that a manifest could declare

    hint: `pgward up` applies migrations; --schema NAME names another schema
    ");
}

#[test]
fn a_manifest_may_declare_single_tables_and_extensions() {
    let project = project();
    let manifest = MANIFEST.replace("[schemas.app]\n", "[extensions.plpgsql]\nschema = \"pg_catalog\"\n");
    project.write("app.toml", &manifest);
    project.sql("create table app.other ()");
    let shown = project.run(&["verify"]);
    assert!(shown.starts_with("exit: 0\n"), "{shown}");
}

#[test]
fn a_manifest_that_can_not_be_used_is_found_before_anything_is_applied() {
    let project = project();
    project.write("db/V1__a.sql", "create table a ();");
    project.write("app.toml", "format_version = 3\n");
    assert!(project.run(&["up", "--verify"]).starts_with("exit: 2\n"));
    assert_eq!(project.sql("select to_regclass('public.a')"), "null");
}

#[test]
fn names_in_quotes_survive_write() {
    let project = project();
    project.sql(
        r#"create table app."(x).""y""" ("(z)" integer constraint "c ""d""" check ("(z)" > -1));
           create function app."f (x)"(a integer, "b c" app.members) returns integer language sql as 'select 1';
           create procedure app."f (x)"(a text) language sql as 'select 1';
           alter default privileges in schema app grant usage on types to public;
           alter default privileges in schema app grant select on tables to public;
           create view app."v.v" as select "(z)" as "a ""b""" from app."(x).""y""";"#,
    );
    std::fs::remove_file(project.dir.path().join("app.toml")).unwrap();
    let written = project.run(&["verify", "--write", "--schema", "app"]);
    assert!(written.starts_with("exit: 0\n"), "{written}");
    let shown = project.run(&["verify"]);
    assert!(shown.starts_with("exit: 0\n"), "{shown}");
}
