//! What `ci/` has to copy, run as it is written: the steps' own lines, with this program on PATH, in a copy of the project.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_yaml_ng::Value;

use crate::project::{copy, path, root, server_url};

/// A step that a shell runs.
struct Step {
    name: String,
    run: String,
    env: BTreeMap<String, String>,
}

fn yaml(file: &str) -> Value {
    serde_yaml_ng::from_str(&std::fs::read_to_string(root().join(file)).unwrap()).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value:?} is no text")).to_owned()
}

/// A copy of the project that is a repository with one commit, and a directory of programs with pgward in it.
fn repository() -> tempfile::TempDir {
    let dir = copy();
    let programs = dir.path().join(".bin");
    std::fs::create_dir(&programs).unwrap();
    // Throw-away databases come from this test's server.
    let program = format!("#!/bin/sh\nexec {} --shadow-url '{}' \"$@\"\n", env!("CARGO_BIN_EXE_pgward"), server_url());
    for (name, program) in [("pgward", program.as_str()), ("gh", GH)] {
        let file = programs.join(name);
        std::fs::write(&file, program).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let other = r#"[{"id": 1, "body": "what is <!-- pgward gate --> for?"}]"#;
    std::fs::write(dir.path().join(".comments.json"), other).unwrap();
    std::fs::write(dir.path().join(".gitignore"), ".*\n").unwrap();
    for args in [&["init", "--quiet"][..], &["add", "."], &["commit", "--quiet", "--message", "base"]] {
        let git = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
        let done = Command::new("git").args(git).args(args).current_dir(dir.path()).status().unwrap();
        assert!(done.success(), "git {args:?}");
    }
    dir
}

/// Stands in for GitHub's own program, with the comments of a pull request in a file: its site can't be reached from here.
const GH: &str = r#"#!/bin/sh
set -eu
[ "$1" = api ] && [ "$GH_TOKEN" = "a token" ] && shift
method=GET
while [ $# -gt 0 ]; do
  case $1 in
    --paginate | --silent) ;;
    --method) method=$2 && shift ;;
    --jq) filter=$2 && shift ;;
    --field) body=${2#body=@} && shift ;;
    *) path=$1 ;;
  esac
  shift
done
case "$method $path" in
  "GET repos/owner/project/issues/7/comments") exec jq --raw-output "$filter" .comments.json ;;
  "POST repos/owner/project/issues/7/comments")
    jq --rawfile body "$body" '. + [{id: (length + 1), body: $body}]' .comments.json >.new ;;
  "PATCH repos/owner/project/issues/comments/"*)
    jq --argjson id "${path##*/}" --rawfile body "$body" 'map(if .id == $id then .body = $body else . end)' .comments.json >.new ;;
  *) echo "$method $path" >&2 && exit 1 ;;
esac
mv .new .comments.json
"#;

/// The comments on the pull request.
fn comments(dir: &Path) -> Vec<String> {
    let comments: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(dir.join(".comments.json")).unwrap()).unwrap();
    comments.as_array().unwrap().iter().map(|comment| comment["body"].as_str().unwrap().to_owned()).collect()
}

/// Runs a line as CI does; returns exit status and both streams.
fn bash(dir: &Path, line: &str, env: &BTreeMap<String, String>) -> (Option<i32>, String) {
    let output = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", line])
        .current_dir(dir)
        .env_clear()
        .env("HOME", dir)
        .env("PATH", format!("{}:{}", dir.join(".bin").display(), path()))
        .envs(env)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let shown = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), shown)
}

/// The shell's steps of the action, with their expressions filled in; `given` says what an expression is.
fn steps(given: &BTreeMap<&str, String>) -> Vec<Step> {
    let action = yaml("ci/github/action.yml");
    let filled = |text: &str| {
        let mut text = text.to_owned();
        for (expression, value) in given {
            text = text.replace(&format!("${{{{ {expression} }}}}"), value);
        }
        assert!(!text.contains("${{"), "{text}: an expression that this test does not know");
        text
    };
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    let wanted = steps.iter().filter(|step| match step.get("if").map(text).as_deref() {
        None => true,
        Some("inputs.install != ''") => !given["inputs.install"].is_empty(),
        Some("inputs.sarif == 'true'") => false,
        Some("inputs.comment == 'true' && github.event_name == 'pull_request'") => true,
        Some(other) => panic!("{other}: a condition that this test does not know"),
    });
    wanted
        .map(|step| {
            let run = text(&step["run"]);
            // What somebody else wrote, such as the name of a branch, must not become part of a script.
            assert!(!run.contains("${{"), "{run}");
            let env = step.get("env").and_then(Value::as_mapping);
            let env = env.into_iter().flatten().map(|(name, value)| (text(name), filled(&text(value)))).collect();
            Step { name: text(&step["name"]), run, env }
        })
        .collect()
}

/// Runs the action; returns its exit status, what it printed, and the job's summary.
fn action(dir: &Path, base: &str) -> (Option<i32>, String, String) {
    let mut shown = String::new();
    let mut last = None;
    let (output, summary) = (dir.join(".output"), dir.join(".summary"));
    for file in [&output, &summary] {
        std::fs::write(file, "").unwrap();
    }
    let mut given: BTreeMap<&str, String> = [
        ("inputs.install", "pgward --version".to_owned()),
        ("inputs.base", base.to_owned()),
        ("inputs.database-url", server_url()),
        ("inputs.token", "a token".to_owned()),
        ("github.repository", "owner/project".to_owned()),
        ("github.event.pull_request.number", "7".to_owned()),
        ("steps.gate.outputs.status", String::new()),
    ]
    .into();
    // A step's outputs are known to those after it.
    for n in 0..steps(&given).len() {
        let step = steps(&given).swap_remove(n);
        let mut env = step.env;
        env.insert("GITHUB_OUTPUT".into(), output.display().to_string());
        env.insert("GITHUB_STEP_SUMMARY".into(), summary.display().to_string());
        let (exit, said) = bash(dir, &step.run, &env);
        shown.push_str(&format!("== {} ({exit:?})\n{said}", step.name));
        last = exit;
        let outputs = std::fs::read_to_string(&output).unwrap();
        let status = outputs.lines().find_map(|line| line.strip_prefix("status="));
        given.insert("steps.gate.outputs.status", status.unwrap_or_default().to_owned());
        if exit != Some(0) {
            break;
        }
    }
    (last, shown, std::fs::read_to_string(&summary).unwrap())
}

#[test]
fn githubs_action_is_green_for_the_bundle_and_shows_what_is_wrong() {
    let dir = repository();
    let (exit, shown, summary) = action(dir.path(), "HEAD");
    assert_eq!(exit, Some(0), "{shown}");
    assert!(summary.starts_with("<!-- pgward gate -->\n### ✅ pgward gate: "), "{summary}");
    assert_eq!(comments(dir.path())[1..], [summary], "{shown}");

    let file = dir.path().join("migrations/V20991231000000__planted.sql");
    std::fs::write(&file, "alter table ops.tools disable row level security;\n").unwrap();
    let down = dir.path().join("migrations/V20991231000000__planted.down.sql");
    std::fs::write(&down, "alter table ops.tools enable row level security;\n").unwrap();
    let (exit, shown, summary) = action(dir.path(), "HEAD");
    assert_eq!(exit, Some(1), "{shown}");
    assert!(shown.contains("::error file=schema/ops.toml,line="), "{shown}");
    assert!(summary.contains("row\\_level\\_security of table ops.tools"), "{summary}");
    assert!(summary.contains("### Schema: "), "what differs from the base: {summary}");
    // The first one is brought up to date.
    assert_eq!(comments(dir.path())[1..], [summary], "{shown}");
    let sarif = std::fs::read_to_string(dir.path().join("pgward.sarif")).unwrap();
    assert!(sarif.contains("\"ruleId\": \"VF002\""), "{sarif}");

    std::fs::write(&file, "alter tabel ops.tools;\n").unwrap();
    let (exit, shown, summary) = action(dir.path(), "");
    assert_eq!(exit, Some(2), "{shown}");
    assert!(summary.starts_with("<!-- pgward gate -->\n### ❌ pgward gate: "), "{summary}");
}

#[test]
fn gitlabs_template_leaves_its_reports() {
    let template = yaml("ci/gitlab/pgward.yml");
    let job = &template["pgward"];
    let line = text(&job["script"][0]);
    let dir = repository();
    let env = BTreeMap::from([("CI_MERGE_REQUEST_DIFF_BASE_SHA".to_owned(), "HEAD".to_owned())]);
    let env = env.into_iter().chain([("DATABASE_URL".to_owned(), server_url())]).collect();
    let (exit, shown) = bash(dir.path(), &line, &env);
    assert_eq!(exit, Some(0), "{shown}");
    for report in ["codequality", "junit"] {
        let file = dir.path().join(text(&job["artifacts"]["reports"][report]));
        assert!(file.exists(), "{}: {shown}", file.display());
    }
}

#[test]
fn hooks_run_the_gate() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let dir = repository();
    let env = BTreeMap::from([("DATABASE_URL".to_owned(), server_url())]);
    for hook in hooks.as_sequence().unwrap() {
        let (exit, shown) = bash(dir.path(), &text(&hook["entry"]), &env);
        assert_eq!(exit, Some(0), "{shown}");
    }
}

#[test]
fn the_workflow_uses_the_action() {
    let workflow = yaml("ci/github/workflow.yml");
    let steps = workflow["jobs"]["gate"]["steps"].as_sequence().unwrap();
    assert!(steps.iter().any(|step| text(&step["uses"]).starts_with("OWNER/pgward/ci/github@")));
    assert_eq!(steps[0]["with"]["fetch-depth"].as_u64(), Some(0), "the base is there");
}
