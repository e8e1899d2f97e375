//! Which database is meant, and what is said when it can't be reached. No password is ever shown.

use insta::assert_snapshot;

use crate::support::{Project, pgward};

#[test]
fn errors_name_the_cause_and_never_the_password() {
    let project = Project::new();
    let run = |url: &str| {
        let shown = project.shown(&pgward(project.dir.path(), &["status"]).env("DATABASE_URL", url).output().unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
        shown
    };
    assert_snapshot!(run("postgres://me:hunter2@127.0.0.1:1/app"), @"
    exit: 2
    --- stderr
    error: no server answers at 127.0.0.1:1: connection refused

    hint: is PostgreSQL running there, and does it listen on this address and port?
    ");
    assert_snapshot!(run("postgres://me:hunter2@no.such.host.invalid/app"), @r#"
    exit: 2
    --- stderr
    error: the host "no.such.host.invalid" is not known: failed to lookup address information: Name or service not known

    hint: check the spelling of the host and this machine's name service
    "#);
    assert_snapshot!(run("mysql://me:hunter2@127.0.0.1/app"), @"
    exit: 2
    --- stderr
    error: the connection string is neither a URL nor a list of keyword=value

    hint: write postgresql://user@host:port/database or host=… port=… dbname=…
    ");
    assert_snapshot!(run("postgres://me:hunter2@127.0.0.1/app?sslmode=maybe"), @r#"
    exit: 2
    --- stderr
    error: "maybe" is no value for sslmode

    hint: use disable, allow, prefer, require, verify-ca or verify-full
    "#);
    let missing = project.url().replace("/cli_", "/no_cli_");
    assert_snapshot!(run(&missing), @r#"
    exit: 2
    --- stderr
    error: cannot connect to 127.0.0.1:[PORT]: database "no_[DATABASE]" does not exist

    hint: create it: createdb "no_[DATABASE]", or name another database in the URL
    "#);
}

#[test]
fn a_flag_beats_the_environment_and_libpq_variables_work() {
    let project = Project::new();
    project.write("db/V1__a.sql", "create table a ();\n");
    let url = project.url();
    let output = pgward(project.dir.path(), &["up", "--quiet", "--migrations", "db", "--database-url", &url])
        .env("DATABASE_URL", "postgres://127.0.0.1:1/x")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", project.shown(&output));

    let (_, rest) = url.split_once("://").unwrap();
    let (user, rest) = rest.split_once('@').unwrap();
    let (address, database) = rest.split_once('/').unwrap();
    let (host, port) = address.split_once(':').unwrap();
    let output = pgward(project.dir.path(), &["status", "--migrations", "db"])
        .envs([("PGHOST", host), ("PGPORT", port), ("PGUSER", user), ("PGDATABASE", database)])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", project.shown(&output));
}

#[test]
fn a_configuration_that_can_not_be_used_says_where() {
    let project = Project::new();
    project.write("pgward.toml", "[migrations]\ndirectory = \"db\"\n");
    assert_snapshot!(project.run(&["status"]), @r#"
    exit: 2
    --- stderr
    error: pgward.toml can't be used: unknown field `directory`, expected `dir` or `history_table`
     --> pgward.toml:2:1
      |
    2 | directory = "db"
      | ^^^^^^^^^
    "#);
    assert_snapshot!(project.run(&["status", "--config", "nowhere.toml"]), @"
    exit: 2
    --- stderr
    error: nowhere.toml can't be read: No such file or directory (os error 2)
    ");
}
