//! JSON for scripts, colour for people.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Project, pgward, run};

/// Holds a document to the published schema.
pub fn validate(document: &Value) {
    let schema: Value = serde_json::from_str(include_str!("../../schema/json/pgward.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let problems: Vec<_> = schema.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:?}\n{document:#}");
}

#[test]
fn json_is_one_document_that_the_published_schema_describes() {
    let project = Project::new();
    project.write("db/V1__a.sql", "create table public.a ();\n");
    project.write("db/V1__a.down.sql", "drop table public.a;\n");
    project.write("db/V2__b.sql", "select 1;\n");
    project.write("a.toml", "format_version = 1\n[schemas.public]\n[tables.\"public.a\"]\nunlogged = true\n");
    for args in [
        &["status"][..],
        &["up", "--dry-run"],
        &["up", "--steps", "1"],
        &["redo"],
        &["redo", "--prove"],
        &["verify", "--manifest", "a.toml"],
        &["verify", "--manifest", "none.toml"],
        &["down", "--dry-run"],
        &["down"],
        &["up", "--to", "99"],
        &["up"],
        &["down"],
        &["new", "c"],
        &["status", "--check"],
        &["snapshot", "--check", "a.toml"],
        &["docs", "dbml", "--out", "a.toml", "--check"],
        &["explain"],
        &["explain", "VF001"],
        &["explain", "XX999"],
        &["dev", "status"],
        &["lint"],
    ] {
        let mut all = vec!["--format", "json", "--migrations", "db"];
        all.extend(args);
        let output = pgward(project.dir.path(), &all).env("DATABASE_URL", project.url()).output().unwrap();
        let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{args:?}: {e}"));
        validate(&document);
        assert_eq!(document["command"], args[0], "{args:?}");
        assert_eq!(document["error"].is_object(), output.status.code() == Some(2), "{args:?}");
    }
}

#[test]
fn colour_is_for_terminals_and_whoever_asks() {
    let project = Project::new();
    project.write("db/V1__a.sql", "create table a ();\n");
    let run = |args: &[&str], no_color: bool| {
        let mut command = pgward(project.dir.path(), args);
        command.env("DATABASE_URL", project.url());
        if no_color {
            command.env("NO_COLOR", "1");
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(!run(&["status", "--migrations", "db"], false).contains('\x1b'), "not a terminal");
    assert!(run(&["status", "--migrations", "db", "--color", "always"], false).contains('\x1b'));
    assert!(!run(&["status", "--migrations", "db", "--color", "never"], false).contains('\x1b'));
    assert!(!run(&["status", "--migrations", "db"], true).contains('\x1b'));
}

#[test]
fn a_mistake_on_the_command_line_is_a_document_too() {
    assert_snapshot!(run(&["up", "--format", "json", "--nope"]), @r#"
    exit: 2
    --- stdout
    {
      "command": "up",
      "error": {
        "hints": [],
        "location": null,
        "message": "unexpected argument '--nope' found",
        "notes": [],
        "sqlstate": null
      },
      "findings": [],
      "format_version": 1
    }
    --- stderr
    error: unexpected argument '--nope' found

    Usage: pgward up --format <FORMAT>

    For more information, try '--help'.
    "#);
    let stdout = |args: &[&str]| {
        let output = pgward(std::path::Path::new("."), args).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stdout).unwrap()
    };
    for args in [&["--format=json", "foo"][..], &["--format=json"], &["up", "--format=json", "--to", "x"]] {
        let document: Value = serde_json::from_str(&stdout(args)).unwrap();
        assert!(document["error"]["message"].is_string(), "{document}");
    }
    assert_eq!(stdout(&["up", "--nope"]), "");
}
