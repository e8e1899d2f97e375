//! The control plane's commands: the scripts' lines to the letter, lists, and the twelve end-to-end tests.

use insta::assert_snapshot;
use regex::Regex;

use crate::support::{Project, pgward};

const COMMIT: &str = "abc123def456789012345678901234567890abcd";

/// Replaces what differs from run to run: references, ids, times.
fn masked(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, replacement) in [
        (r"run-\d{8}-\d{6}-", "run-[WHEN]-"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[ID]"),
        (r"\[WHEN\](\.\d+)?\+00:00", "[WHEN]"),
        (r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00)?", "[WHEN]"),
        (r#""transactions": \d+"#, r#""transactions": [N]"#),
        (r"  +", "  "),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, replacement).into_owned();
    }
    text
}

/// Runs commands one after the other and shows each with what it showed. `RUN` is what the last `env create` printed.
fn session(project: &Project, commands: &[&[&str]]) -> String {
    let (mut shown, mut run) = (String::new(), String::new());
    for command in commands {
        let args: Vec<&str> = command.iter().map(|arg| if *arg == "RUN" { run.as_str() } else { arg }).collect();
        let output = pgward(project.dir.path(), &args).env("DATABASE_URL", project.url()).output().unwrap();
        shown.push_str(&format!("$ pgward {}\n{}\n", command.join(" "), project.shown(&output)));
        if command[..2] == ["env", "create"] && output.status.success() {
            run = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        }
    }
    masked(&shown)
}

fn with_bundle() -> Project {
    let project = Project::new();
    assert!(project.run(&["up"]).starts_with("exit: 0\n"));
    project
}

#[test]
fn the_scripts_lines() {
    let project = with_bundle();
    let commands: &[&[&str]] = &[
        &["env", "create", "shop", "build", "main", COMMIT],
        &["project", "create", "shop"],
        &["env", "create", "shop", "build", "main", COMMIT],
        &["environment", "create", "shop", "dev"],
        &["env", "create", "shop", "sleep", "main", COMMIT],
        &["env", "create", "shop", "build", "main", "abc"],
        &["env", "create", "shop", "build", "main", COMMIT],
        &["env", "wait", "RUN", "1", "1"],
        &["worker", "--once", "--id", "w1", "--exec", "echo hello; exit 0"],
        &["env", "wait", "RUN"],
        &["env", "destroy", "RUN"],
        &["env", "create", "shop", "deploy", "main", COMMIT, "dev"],
        &["env", "destroy", "RUN"],
        &["env", "destroy", "RUN"],
        &["env", "wait", "RUN"],
        &["env", "create", "shop", "test", "main", COMMIT, "dev"],
        &["worker", "--once", "--id", "w1", "--exec", "exit 3"],
        &["env", "wait", "RUN"],
        &["env", "wait", "run-20260101-000000-abc123d"],
    ];
    assert_snapshot!("scripts", session(&project, commands));
}

#[test]
fn lists_and_single_runs() {
    let project = with_bundle();
    let commands: &[&[&str]] = &[
        &["project", "create", "shop", "--name", "The shop"],
        &["project", "create", "shop"],
        &["environment", "create", "shop", "dev"],
        &["workflow", "create", "shop", "build", "main"],
        &["env", "create", "shop", "build", "main", COMMIT],
        &["run", "show", "RUN"],
        &["project", "limit", "shop", "--paused"],
        &["run", "show", "RUN"],
        &["project", "limit", "shop", "--max-running", "2"],
        &["project", "list"],
        &["workflow", "list", "shop"],
        &["environment", "list"],
        &["run", "list"],
        &["run", "cancel", "RUN", "--reason", "enough"],
        &["run", "retry", "RUN"],
        &["run", "retry", "RUN"],
        &["run", "events", "RUN"],
        &["run", "artifacts", "RUN"],
        &["run", "logs", "RUN"],
        &["run", "list", "--status", "queued", "--format", "json"],
        &["queue", "reap"],
        &["queue", "dead-letters"],
        &["queue", "purge", "--keep-days", "30"],
        &["workflow", "list", "none"],
    ];
    assert_snapshot!("lists", session(&project, commands));
    assert!(project.run(&["queue", "health", "--check", "3600"]).starts_with("exit: 0\n"));
    project.sql("update ops.run_queue set created_at = now() - interval '2 hours'");
    assert!(project.run(&["queue", "health", "--check", "3600"]).starts_with("exit: 1\n"));
}

#[test]
fn the_twelve_tests_of_the_scripts() {
    let project = with_bundle();
    assert_snapshot!("e2e", masked(&project.run(&["ops", "e2e"])));
    assert_eq!(project.sql("select count(*) from ops.projects"), "0", "nothing is left");
}

#[test]
fn what_is_printed_as_json_is_as_published() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../schema/json/pgward.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let project = with_bundle();
    project.run(&["project", "create", "shop"]);
    project.run(&["environment", "create", "shop", "dev"]);
    let created = pgward(project.dir.path(), &["env", "create", "shop", "build", "main", COMMIT])
        .env("DATABASE_URL", project.url())
        .output()
        .unwrap();
    let run = String::from_utf8(created.stdout).unwrap().trim().to_owned();
    for args in [
        &["project", "list"][..],
        &["workflow", "list"],
        &["environment", "list"],
        &["run", "list"],
        &["run", "show", &run],
        &["run", "events", &run],
        &["run", "logs", &run],
        &["run", "artifacts", &run],
        &["queue", "health"],
        &["queue", "reap"],
        &["queue", "dead-letters"],
        &["env", "destroy", &run],
        &["env", "wait", &run],
        &["run", "retry", &run],
        &["worker", "--once", "--exec", "true"],
        &["ops", "e2e"],
        &["run", "show", "none"],
    ] {
        let mut all = vec!["--format", "json"];
        all.extend(args);
        let output = pgward(project.dir.path(), &all).env("DATABASE_URL", project.url()).output().unwrap();
        let document: serde_json::Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{args:?}: {error}: {output:?}"));
        let problems: Vec<_> = schema.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(problems.is_empty(), "{args:?}: {problems:?}\n{document:#}");
        assert_eq!(document["command"], args[0], "{args:?}");
    }
}
