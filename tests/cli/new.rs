//! `pgward new`.

use insta::assert_snapshot;

use crate::support::{Project, server_url};

#[test]
fn makes_an_up_and_a_down_file() {
    let project = Project::new();
    let shown = project.run(&["new", "add a table", "--migrations", "db"]);
    let shown = regex::Regex::new(r"V\d{14}").unwrap().replace_all(&shown, "V[VERSION]").into_owned();
    assert_snapshot!(shown, @"
    exit: 0
    --- stdout
      made  db/V[VERSION]__add_a_table.sql
      made  db/V[VERSION]__add_a_table.down.sql
    ");
    let mut names: Vec<_> =
        std::fs::read_dir(project.dir.path().join("db")).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names.len(), 2);
    assert!(project.run(&["up", "--migrations", "db"]).starts_with("exit: 0\n"), "an empty migration applies");
}

#[test]
fn says_where_files_could_go() {
    let project = Project::new();
    assert_snapshot!(project.run(&["new", "x"]), @"
    exit: 2
    --- stderr
    error: there is no migrations directory to put the files in

    hint: name one with --migrations DIR, or as `dir` under [migrations] in pgward.toml
    ");
    assert_snapshot!(project.run(&["new", "!!!", "--migrations", "db"]), @"
    exit: 2
    --- stderr
    error: the migration needs a name with a letter or digit in it

    hint: for instance: pgward new create_runs
    ");
}

/// The files of a plan that needs several transactions and none apply, and undo what they did.
#[test]
fn files_of_a_difference_go_there_and_back() {
    let project = Project::new();
    project.write("pgward.toml", "schemas = [\"app\"]\n[migrations]\ndir = \"db\"\n");
    project.write(
        "db/V1__app.sql",
        "create schema app; create type app.state as enum ('new', 'done');
         create table app.runs (id integer primary key, state app.state default 'new', note text);
         create view app.v as select r.id, s.state from app.runs r, app.runs s;",
    );
    project.write("db/V1__app.down.sql", "drop schema app cascade;");
    project.write(
        "want.sql",
        "create schema app; create type app.state as enum ('new', 'held', 'done');
         create table app.runs (id integer primary key, state app.state default 'new', remark text,
            unique (remark), check (id > 0));
         create index runs_state_idx on app.runs (state);
         create view app.v as select r.id, s.state, r.remark from app.runs r, app.runs s;",
    );
    let url = server_url();
    let differs = |to: &str| {
        let shown = project.run(&["diff", "--from", "live", "--to", to, "--check", "--shadow-url", &url]);
        shown.starts_with("exit: 1\n")
    };
    assert!(project.run(&["up"]).starts_with("exit: 0\n"));
    project.sql("insert into app.runs values (1, 'new', 'one'), (2, 'done', 'two')");
    let args =
        ["new", "wanted", "--from-diff", "sql:want.sql", "--rename", "app.runs.note=remark", "--shadow-url", &url];
    let made = project.run(&args);
    assert_snapshot!(regex::Regex::new(r"V\d+").unwrap().replace_all(&made, "V[VERSION]"));
    let dir = project.dir.path().join("db");
    let mut files: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let shown: Vec<_> = files
        .iter()
        .filter(|path| path.to_str().unwrap().contains("wanted"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let (_, name) = name.split_once("__").unwrap();
            format!("=== {name}\n{}", std::fs::read_to_string(path).unwrap())
        })
        .collect();
    assert_snapshot!("files_of_a_difference", shown.join("\n"));
    let steps = (shown.len() / 2).to_string();
    assert!(project.run(&["up"]).starts_with("exit: 0\n"));
    assert!(!differs("sql:want.sql"));
    let shown = project.run(&["down", "--steps", &steps]);
    assert!(shown.starts_with("exit: 0\n"), "{shown}");
    assert!(!differs("migrations:db@1"));
    assert_eq!(project.sql("select id, state, note from app.runs order by id"), "1 | new | one\n2 | done | two");
    assert!(project.run(&["up"]).starts_with("exit: 0\n"));
    assert_snapshot!(
        "no_difference_no_file",
        project.run(&["new", "more", "--from-diff", "sql:want.sql", "--shadow-url", &url])
    );
}
