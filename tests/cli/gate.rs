//! `pgward gate`.

use insta::assert_snapshot;

use crate::reports::{holds, valid_junit};
use crate::support::{Project, pgward, server_url};

/// A project of one table with all that the gate looks at, and nothing wrong.
fn project() -> Project {
    let project = Project::new();
    project.write(
        "db/V1__a.sql",
        "create schema app;\ncreate table app.a (\n  id bigint generated always as identity constraint a_pkey primary key\n);\n\
         comment on table app.a is 'What there is';\n",
    );
    project.write("db/V1__a.down.sql", "drop table app.a;\ndrop schema app;\n");
    project.write("docs/A.md", "# A\n\n## Two words\n\nSee [above](#a) and [the other](../README.md#top).\n");
    project.write("README.md", "# Top\n\n[A](docs/A.md#two-words)\n");
    project.write(
        "pgward.toml",
        "schemas = [\"app\"]\nmanifest = \"app.toml\"\n[migrations]\ndir = \"db\"\n\
         [gate]\nchecks = [\"files\", \"lint\", \"apply\", \"downs\", \"verify\", \"snapshot\", \"documents\", \"drift\", \"pages\"]\n\
         snapshots = [\"app.json\", \"app.sql\"]\npages = [\"docs/A.md\"]\nlinks = [\"**/*.md\"]\n\
         [gate.documents]\n\"app.dbml\" = \"dbml\"\n\"app.prisma\" = \"prisma\"\n",
    );
    for args in [
        &["up"][..],
        &["verify", "--write"],
        &["snapshot", "--out", "app.json"],
        &["snapshot", "--format", "sql", "--out", "app.sql"],
        &["docs", "dbml", "--out", "app.dbml"],
        &["docs", "prisma", "--out", "app.prisma"],
    ] {
        let done = project.run(args);
        assert!(done.starts_with("exit: 0"), "{done}");
    }
    project
}

/// Runs the gate on the tests' server.
fn gate(project: &Project, args: &[&str]) -> String {
    let server = server_url();
    let mut all = vec!["gate", "--shadow-url", &server];
    all.extend(args);
    even(&project.run(&all))
}

/// How long each check took is of varying width.
fn even(shown: &str) -> String {
    let shown = regex::Regex::new(r" +\[TIME\] +").unwrap().replace_all(shown, "  [TIME]  ").into_owned();
    regex::Regex::new(r"(?m)^  off +(\w+) +").unwrap().replace_all(&shown, "  off  $1  ").into_owned()
}

#[test]
fn a_project_with_nothing_wrong_passes() {
    let project = project();
    assert_snapshot!(gate(&project, &[]), @"
    exit: 0
    --- stdout
      passed  files  [TIME]  1 migration, 1 applied on [DATABASE]
      passed  lint  [TIME]  3 statements
      passed  apply  [TIME]  1 migration, 7 objects
      passed  downs  [TIME]  1 migration up, down and up again
      passed  verify  [TIME]  4 objects of app.toml
      passed  snapshot  [TIME]  2 files
      passed  documents  [TIME]  2 files
      passed  drift  [TIME]  4 objects of [DATABASE] at version 1
      passed  pages  [TIME]  1 page, 2 files followed

    9 checks passed ([TIME])
    ");
    assert_snapshot!(gate(&project, &["--only", "files", "--only", "pages"]), @"
    exit: 0
    --- stdout
      passed  files  [TIME]  1 migration, 1 applied on [DATABASE]
      passed  pages  [TIME]  1 page, 2 files followed

    2 checks passed ([TIME])
    ");
    assert_snapshot!(gate(&project, &["--skip", "drift", "--skip", "downs", "--quiet"]), @"exit: 0");
}

#[test]
fn roles_of_migrations_are_the_servers_and_in_nobodys_way() {
    let project = Project::new();
    // Roles outlive databases, and the tests' server is everybody's.
    let role = format!("gate_{}", std::process::id());
    project.write("pgward.toml", "[migrations]\ndir = \"db\"\n");
    project.write(
        "db/V1__a.sql",
        &format!("create role {role};\ncreate schema app;\ngrant usage on schema app to {role};\nalter role {role}\nset work_mem = '8MB';\n"),
    );
    project.write("db/V1__a.down.sql", &format!("drop schema app;\ndrop role {role};\n"));
    let checks = ["--only", "apply", "--only", "downs", "--only", "drift", "--only", "lint"];
    for _ in 0..2 {
        let shown = gate(&project, &checks);
        assert!(shown.starts_with("exit: 0"), "{shown}");
        assert!(shown.contains("where nothing is applied"), "{shown}");
        let server = server_url();
        let traced = project.run(&["lint", "--trace", "--shadow-url", &server]);
        assert!(traced.starts_with("exit: 0"), "{traced}");
    }
    // A role that is still needed can't go, there as here.
    project.write("db/V1__a.down.sql", &format!("drop role {role};\ndrop schema app;\n"));
    let shown = gate(&project, &["--only", "downs"]);
    assert!(shown.starts_with("exit: 1"), "{shown}");
    assert!(shown.contains(&format!("role \"{role}\" cannot be dropped")), "{shown}");
    project.sql(&format!("drop role {role}"));
}

/// Something wrong for every check that finds something.
fn broken() -> Project {
    let project = project();
    project.write(
        "db/V1__a.sql",
        "create schema app;\ncreate table app.a (\n  id bigint constraint a_pkey primary key\n);\n",
    );
    project.write("db/V1__a.down.sql", "drop table app.a;\n");
    project.write("db/V2__b.sql", "create index a_id on app.a (id);\n");
    project.write("docs/A.md", "# A\n\nSee [above](#b) and [the other](../READ.md).\n");
    project.sql("alter table app.a add column by_hand text");
    project
}

#[test]
fn each_check_says_what_it_finds() {
    let project = broken();
    assert_snapshot!(gate(&project, &[]));
}

#[test]
fn every_format_shows_the_checks() {
    let project = broken();
    let server = server_url();
    let mut args = vec!["gate", "--shadow-url", &server, "--quiet"];
    for report in ["json=r.json", "markdown=r.md", "sarif=r.sarif", "junit=r.xml", "github=r.txt", "gitlab=r.gitlab"] {
        args.extend(["--report", report]);
    }
    let output = pgward(project.dir.path(), &args).env("DATABASE_URL", project.url()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", project.shown(&output));
    let read = |file: &str| std::fs::read_to_string(project.dir.path().join(file)).unwrap();
    holds(include_str!("../../schema/json/pgward.schema.json"), &read("r.json"));
    holds(include_str!("../schemas/sarif-2.1.0.json"), &read("r.sarif"));
    holds(include_str!("../schemas/gitlab-code-quality.json"), &read("r.gitlab"));
    valid_junit(&read("r.xml"));
    let shown = |file: &str| {
        let text = read(file).replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
        let text = regex::Regex::new(r"cli\\?_[0-9a-f]{16}").unwrap().replace_all(&text, "[DATABASE]").into_owned();
        let text = regex::Regex::new(r#"(time|milliseconds)("?[=:] ?)"?[0-9.]+"?"#)
            .unwrap()
            .replace_all(&text, "$1$2[TIME]")
            .into_owned();
        regex::Regex::new(r"\d+(\.\d+)? (µs|ms|s)\b").unwrap().replace_all(&text, "[TIME]").into_owned()
    };
    for file in ["r.json", "r.md", "r.xml", "r.txt", "r.gitlab"] {
        assert_snapshot!(format!("report-{file}"), shown(file));
    }
}

#[test]
fn what_can_not_be_evaluated_is_never_green() {
    let project = project();
    // A server that is not there.
    let nowhere = ["gate", "--shadow-url", "postgres://nobody@127.0.0.1:1/x", "--skip", "lint"];
    assert_snapshot!(even(&project.run(&nowhere)), @"
    exit: 2
    --- stdout
      passed    files  [TIME]  1 migration, 1 applied on [DATABASE]
      not made  apply  [TIME]  no server answers at 127.0.0.1:1: connection refused
      not made  downs  [TIME]  no server answers at 127.0.0.1:1: connection refused
      not made  verify  [TIME]  the migrations can't be applied
      not made  snapshot  [TIME]  the migrations can't be applied
      not made  documents  [TIME]  the migrations can't be applied
      passed    drift  [TIME]  4 objects of [DATABASE] at version 1
      passed    pages  [TIME]  1 page, 2 files followed

    5 of 8 checks not made ([TIME])
    --- stderr
    error: no server answers at 127.0.0.1:1: connection refused

    hint: is PostgreSQL running there, and does it listen on this address and port?
    ");
    // Malformed SQL.
    project.write("db/V2__b.sql", "create tabel app.b ();\n");
    project.write("db/V2__b.down.sql", "drop table app.b;\n");
    assert_snapshot!(gate(&project, &[]), @r#"
    exit: 2
    --- stdout
      passed    files  [TIME]  2 migrations, 1 applied on [DATABASE]
      not made  lint  [TIME]  db/V2__b.sql:1:1: this is no SQL that pgward can read: expected command, found "create"
      not made  apply  [TIME]  db/V2__b.sql:1:8: V2__b failed: syntax error at or near "tabel"
      not made  downs  [TIME]  the migrations can't be applied
      not made  verify  [TIME]  the migrations can't be applied
      not made  snapshot  [TIME]  the migrations can't be applied
      not made  documents  [TIME]  the migrations can't be applied
      passed    drift  [TIME]  4 objects of [DATABASE] at version 1
      passed    pages  [TIME]  1 page, 2 files followed

    6 of 9 checks not made ([TIME])
    --- stderr
    error: this is no SQL that pgward can read: expected command, found "create"
     --> db/V2__b.sql:1:1
      |
    1 | create tabel app.b ();
      | ^^^^^^ here

    hint: if the server takes it, put `-- pgward:allow not-parsed REASON` above the statement

    error: V2__b failed: syntax error at or near "tabel"
     --> db/V2__b.sql:1:8
      |
    1 | create tabel app.b ();
      |        ^^^^^ here
      note: the migration was rolled back as a whole
      note: before it, V1__a was applied
    "#);
    // A manifest, a configuration, a revision.
    project.write("db/V2__b.sql", "create table app.b ();\n");
    project.write("app.toml", "format_version = 1\n[tables\n");
    assert_snapshot!(gate(&project, &["--only", "verify"]), @"
    exit: 2
    --- stdout
      not made  verify  [TIME]  app.toml:2:8: app.toml is not valid TOML: unclosed table, expected `]`

    1 of 1 check not made ([TIME])
    --- stderr
    error: app.toml is not valid TOML: unclosed table, expected `]`
     --> app.toml:2:8
      |
    2 | [tables
      |        ^ here
    ");
    assert_snapshot!(gate(&project, &["--only", "pages", "--base", "no-such-revision"]), @"
    exit: 2
    --- stderr
    error: git can't be asked for a revision
      note: fatal: not a git repository (or any of the parent directories): .git
    ");
    project.write("pgward.toml", "[gate]\nchecks = [\"file\"]\n");
    assert_snapshot!(gate(&project, &[]), @r#"
    exit: 2
    --- stderr
    error: there is no check "file"
     --> pgward.toml:2:11
      |
    2 | checks = ["file"]
      |           ^^^^^^

    hint: did you mean files?

    hint: there is: files, lint, apply, downs, verify, snapshot, documents, advise, rls, drift, pages
    "#);
    project.write("pgward.toml", "[gate]\nsnapshots = [\"a.txt\"]\n");
    assert_snapshot!(gate(&project, &[]), @r#"
    exit: 2
    --- stderr
    error: a.txt is no snapshot
     --> pgward.toml:2:14
      |
    2 | snapshots = ["a.txt"]
      |              ^^^^^^^

    hint: its name ends with .json or .sql
    "#);
    project.write("pgward.toml", "[gate.documents]\n\"a.dbml\" = \"dbm\"\n");
    assert_snapshot!(gate(&project, &[]), @r#"
    exit: 2
    --- stderr
    error: there is no format of documents "dbm"
     --> pgward.toml:2:12
      |
    2 | "a.dbml" = "dbm"
      |            ^^^^^

    hint: did you mean dbml?

    hint: there is: dbml, mermaid, prisma, typescript, markdown
    "#);
    project.write("pgward.toml", "[gate]\ntarget_env = \"postgres://u:secret@h/x\"\n");
    assert_snapshot!(gate(&project, &[]), @r#"
    exit: 2
    --- stderr
    error: this is a URL, and not the name of a variable
     --> pgward.toml:2:14
      |
    2 | target_env = "postgres://u:secret@h/x"
      |              ^^^^^^^^^^^^^^^^^^^^^^^^^

    hint: a URL has a password in it: put it into the environment, and the variable's name here
    "#);
    // A check that is named and has nothing to look at.
    project.write("pgward.toml", "[migrations]\ndir = \"db\"\n");
    assert_snapshot!(gate(&project, &["--only", "snapshot", "--only", "pages"]), @"
    exit: 2
    --- stdout
      not made  snapshot  [TIME]  no `snapshots` are named in [gate]
      not made  pages  [TIME]  neither `pages` nor `links` are named in [gate]

    2 of 2 checks not made ([TIME])
    ");
    assert_snapshot!(gate(&project, &["--skip", "no-such-check"]), @"
    exit: 2
    --- stderr
    error: invalid value 'no-such-check' for '--skip <CHECK>'
      [possible values: files, lint, apply, downs, verify, snapshot, documents, advise, rls, drift, pages]

    For more information, try '--help'.
    ");
}

#[test]
fn without_a_configuration_it_checks_what_is_there() {
    let project = Project::new();
    project.write("db/V1__a.sql", "create table public.a ();\n");
    project.write("db/V1__a.down.sql", "drop table public.a;\n");
    let server = server_url();
    let output = pgward(project.dir.path(), &["gate", "--migrations", "db", "--shadow-url", &server]).output().unwrap();
    assert_snapshot!(even(&project.shown(&output)), @"
    exit: 0
    --- stdout
      passed  files  [TIME]  1 migration
      passed  lint  [TIME]  1 statement
      passed  apply  [TIME]  1 migration, 4 objects
      passed  downs  [TIME]  1 migration up, down and up again
      off  verify  no `manifest` is configured
      off  snapshot  no `snapshots` are named in [gate]
      off  documents  no `documents` are named in [gate]
      passed  advise  [TIME]  1 note in 59 rules
      off  rls  no `rls` is configured
      off  drift  no target is named: --database-url, or `target_env` in [gate]
      off  pages  neither `pages` nor `links` are named in [gate]

    5 checks passed ([TIME])
    ");
}

#[test]
fn what_passed_is_remembered_until_something_changes() {
    let project = project();
    let server = server_url();
    let mut seen = Vec::new();
    let mut run = |files: &Project| {
        let args = ["gate", "--shadow-url", &server, "--memory", "memory"];
        let output = pgward(files.dir.path(), &args).env("DATABASE_URL", files.url()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", files.shown(&output));
        let entries = std::fs::read_dir(files.dir.path().join("memory")).unwrap();
        let mut kept: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        kept.sort();
        seen.push(kept);
    };
    run(&project);
    run(&project);
    project.write("db/V1__a.down.sql", "drop table app.a;\ndrop schema app; -- in this order\n");
    run(&project);
    let checks =
        |kept: &[String]| kept.iter().map(|name| name.rsplit_once('-').unwrap().0.to_owned()).collect::<Vec<_>>();
    assert_eq!(checks(&seen[0]), ["apply", "documents", "down", "downs", "drift", "snapshot", "verify"]);
    assert_eq!(seen[0], seen[1], "nothing was made again");
    assert_eq!(seen[2].len(), 2 * seen[0].len(), "everything depends on the files");
}

#[test]
fn what_is_only_worth_knowing_is_remembered_with_its_count() {
    let files = Project::new();
    files.write("db/V1__a.sql", "create table public.a ();\n");
    files.write("db/V1__a.down.sql", "drop table public.a;\n");
    let server = server_url();
    let run = |fail_on: &str| {
        let args = ["gate", "--migrations", "db", "--shadow-url", &server, "--memory", "memory", "--only", "advise"];
        let args: Vec<_> = args.into_iter().chain(["--fail-on", fail_on]).collect();
        even(&files.shown(&pgward(files.dir.path(), &args).output().unwrap()))
    };
    let first = run("error");
    assert!(first.contains("1 note in 59 rules"), "{first}");
    assert_eq!(run("error"), first);
    let shown = run("info");
    assert!(shown.starts_with("exit: 1") && shown.contains("info[AD"), "found anew where notes count: {shown}");
}

#[test]
fn the_review_goes_with_the_report() {
    let project = project();
    let git = |args: &[&str]| {
        let who = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
        let done = std::process::Command::new("git").args(who).args(args).current_dir(project.dir.path()).status();
        assert!(done.unwrap().success(), "git {args:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "a"]);
    project.write("db/V2__b.sql", "alter table app.a drop column id;\n");
    project.write("db/V2__b.down.sql", "alter table app.a add column id bigint;\n");
    let server = server_url();
    let args = ["gate", "--shadow-url", &server, "--only", "apply", "--base", "HEAD"];
    #[expect(clippy::disallowed_methods, reason = "git is found as usual")]
    let path = std::env::var("PATH").unwrap();
    let output =
        pgward(project.dir.path(), &args).env("PATH", path).env("DATABASE_URL", project.url()).output().unwrap();
    assert_snapshot!(even(&project.shown(&output)), @"
    exit: 0
    --- stdout
      passed  apply  [TIME]  2 migrations, 5 objects

    from git:HEAD to here

    ~ table app.a
      - constraint a_pkey  columns id, definition PRIMARY KEY (id), type primary key
          ! lock: ACCESS EXCLUSIVE on table app.a: readers and writers wait
      - column id  identity always, not null, type bigint
          ! data loss: rows, values or a sequence's state are gone for good
          ! breaking: programs fail that use it as it was
          ! lock: ACCESS EXCLUSIVE on table app.a: readers and writers wait

    2 removed
    1 check passed ([TIME])
    ");
}

/// A target that did not drift is read again once it is another one; what was found is found again.
#[test]
fn drift_is_remembered_by_the_state_of_the_target() {
    let project = project();
    let drift = || gate(&project, &["--only", "drift", "--memory", "memory"]);
    let passed = drift();
    assert!(passed.contains("passed  drift  [TIME]  4 objects of [DATABASE] at version 1"), "{passed}");
    assert_eq!(std::fs::read_dir(project.dir.path().join("memory")).unwrap().count(), 1);
    assert_eq!(drift(), passed);
    project.sql("comment on table app.a is 'Something else'");
    for _ in 0..2 {
        let found = drift();
        assert!(found.starts_with("exit: 1") && found.contains("table app.a"), "{found}");
    }
    project.sql("comment on table app.a is 'What there is'");
    assert_eq!(drift(), passed);
}
