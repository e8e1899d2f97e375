//! `pgward new`.

use insta::assert_snapshot;

use crate::support::Project;

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
