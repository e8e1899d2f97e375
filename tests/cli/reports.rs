//! The formats that other programs read: golden files, each validated against the published schema.

use std::io::Write as _;
use std::process::{Command, Stdio};

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Project, pgward, run};

/// A database with something wrong of every severity, names that need escaping, and what is allowed.
fn project() -> Project {
    let project = Project::new();
    project.sql(
        "create schema app; create table app.\"a,b:c%d\" (); create table app.old ();
         create function app.f() returns text language sql as 'select ''<&>'' || E''\\n::error::''';",
    );
    project.write(
        "app.toml",
        "format_version = 1\n[schemas.app]\n[tables.\"app.gone\"]\n\n[functions.\"app.f()\"]\nreturns = \"text\"\n\
         language = \"sql\"\nbody = \"select 1\"\nsecurity_definer = true\n\
         [functions.\"app.f()\".grants]\npublic = [\"EXECUTE\"]\n",
    );
    project.write(
        "pgward.toml",
        "manifest = \"app.toml\"\n[rules]\nmissing-object = \"warning\"\n\
         [[allow]]\ncode = \"VF003\"\nobject = \"app.old\"\nreason = \"goes with \\\"2.0\\\"\"\nuntil = 9999-12-31\n\
         [[allow]]\ncode = \"VF003\"\nobject = \"app.nothing\"\nreason = \"was renamed\"\n",
    );
    project
}

/// What a run writes in a format, and what it fails with.
fn both(format: &str) -> [String; 3] {
    let project = project();
    let stdout = |args: &[&str]| {
        let mut args = args.to_vec();
        args.extend(["--format", format]);
        let output = pgward(project.dir.path(), &args).env("DATABASE_URL", project.url()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (exit, found) = stdout(&["verify"]);
    assert_eq!(exit, Some(1));
    project.write("bad.toml", "format_version = 1\n[tables.\"app.t\"]\ncolour = 1\n");
    let (exit, failed) = stdout(&["verify", "--manifest", "bad.toml"]);
    assert_eq!(exit, Some(2));
    let (exit, misused) = stdout(&["verify", "--no-such-option"]);
    assert_eq!(exit, Some(2));
    [found, failed, misused]
}

pub fn holds(schema: &str, text: &str) {
    // SARIF's pattern for languages has a bracket that closes nothing, which strict readers of patterns refuse.
    let schema: Value = serde_json::from_str(&schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let document: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let problems: Vec<_> = schema.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:?}\n{text}");
}

#[test]
fn sarif_is_what_oasis_published() {
    for (n, text) in both("sarif").into_iter().enumerate() {
        holds(include_str!("../schemas/sarif-2.1.0.json"), &text);
        let text = text.replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
        assert_snapshot!(format!("sarif-{n}"), text);
    }
}

#[test]
fn fingerprints_are_those_of_code_and_object() {
    let project = project();
    let fingerprints = || {
        let mut command = pgward(project.dir.path(), &["verify", "--format", "sarif"]);
        let document: Value =
            serde_json::from_slice(&command.env("DATABASE_URL", project.url()).output().unwrap().stdout).unwrap();
        let results = document["runs"][0]["results"].as_array().unwrap().clone();
        results
            .iter()
            .map(|result| (result["message"]["text"].clone(), result["partialFingerprints"]["pgwardObject/v1"].clone()))
            .collect::<Vec<_>>()
    };
    let first = fingerprints();
    let mut alone: Vec<_> = first.iter().map(|(_, fingerprint)| fingerprint.as_str().unwrap()).collect();
    alone.sort_unstable();
    alone.dedup();
    assert_eq!(alone.len(), first.len(), "each has its own");
    let manifest = std::fs::read_to_string(project.dir.path().join("app.toml")).unwrap();
    project.write("app.toml", &format!("# a line\n# and another\n{manifest}"));
    assert_eq!(fingerprints(), first, "lines do not count");
}

#[test]
fn gitlabs_report_is_what_it_reads() {
    for (n, text) in both("gitlab").into_iter().enumerate() {
        holds(include_str!("../schemas/gitlab-code-quality.json"), &text);
        assert_snapshot!(format!("gitlab-{n}"), text);
    }
}

#[test]
fn githubs_annotations_are_a_line_each() {
    for (n, text) in both("github").into_iter().enumerate() {
        for line in text.lines() {
            let command =
                line.starts_with("::error ") || line.starts_with("::warning ") || line.starts_with("::notice ");
            assert!(command || line.starts_with("pgward verify: "), "{line}");
        }
        assert_snapshot!(format!("github-{n}"), without_times(&text));
    }
}

#[test]
fn junit_is_what_jenkins_reads() {
    for (n, text) in both("junit").into_iter().enumerate() {
        valid_junit(&text);
        assert_snapshot!(format!("junit-{n}"), text);
    }
}

#[test]
fn markdown_is_a_comment_that_is_found_again() {
    for (n, text) in both("markdown").into_iter().enumerate() {
        assert!(text.starts_with("<!-- pgward verify -->\n"), "{text}");
        assert_snapshot!(format!("markdown-{n}"), without_times(&text));
    }
}

#[test]
fn a_person_sees_the_line() {
    assert_snapshot!(project().run(&["verify"]), @r#"
exit: 1
--- stdout
Verified against app.toml
  schemas    1 ok
  tables           3 wrong
  functions        1 wrong
  grants     1 ok

error[VF003]: table app."a,b:c%d" is not declared

error[VF002]: security_definer of function app.f() is not as declared
 --> app.toml:5:12
  |
5 | [functions."app.f()"]
  |            ^^^^^^^^^^
  expected  true
  actual    (default)

error[VF002]: body of function app.f() is not as declared
 --> app.toml:5:12
  |
5 | [functions."app.f()"]
  |            ^^^^^^^^^^
  expected  select 1
  actual    select '<&>' || E'\n::error::'

warning[VF001]: table app.gone is missing
 --> app.toml:3:9
  |
3 | [tables."app.gone"]
  |         ^^^^^^^^^^^

warning[RU001]: there is no VF003 of app.nothing to be allowed
  --> pgward.toml:10:8
   |
10 | code = "VF003"
   |        ^^^^^^^
  hint: take it out, so that it hides nothing later

allowed[VF003]: table app.old is not declared: goes with "2.0" (until 9999-12-31)

4 of 6 objects not as declared ([TIME])
"#);
}

#[test]
fn help_names_the_formats() {
    let help = run(&["verify", "--help"]);
    assert!(help.contains("[possible values: terminal, json, markdown, sarif, junit, github, gitlab]"), "{help}");
}

fn without_times(text: &str) -> String {
    regex::Regex::new(r"\d+(\.\d+)? (µs|ms|s)\b").unwrap().replace_all(text, "[TIME]").into_owned()
}

/// Validates with libxml2's xmllint, which `ci/test` installs; a machine without it says so and is not failed for it.
#[expect(clippy::print_stderr, reason = "a check that is passed over is said")]
pub fn valid_junit(text: &str) {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemas/junit-10.xsd");
    let started = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema", schema, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("not validated against JUnit's schema: xmllint is missing (Debian: libxml2-utils)");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
}
