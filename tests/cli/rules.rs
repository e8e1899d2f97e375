//! `[rules]`, `[[overrides]]` and `[[allow]]` in pgward.toml.

use insta::assert_snapshot;

use crate::support::Project;

fn project(config: &str) -> Project {
    let project = Project::new();
    project.sql("create schema app; create table app.a (); create table app.b (); create table app.total_1 ();");
    project.write("app.toml", "format_version = 1\n[schemas.app]\n[tables.\"app.c\"]\n");
    project.write("pgward.toml", &format!("manifest = \"app.toml\"\n{config}"));
    project
}

#[test]
fn findings_have_the_severity_that_was_asked_for() {
    let project = project(
        "[rules]\nundeclared-object = \"info\"\nVF001 = \"warning\"\n\
         [[overrides]]\npaths = [\"*.toml\"]\nrules = { missing-object = \"off\" }\n",
    );
    assert_snapshot!(project.run(&["verify", "--fail-on", "info"]), @"
    exit: 1
    --- stdout
    Verified against app.toml
      schemas  1 ok
      tables         4 wrong

    info[VF003]: table app.a is not declared

    info[VF003]: table app.b is not declared

    info[VF003]: table app.total_1 is not declared

    4 of 5 objects not as declared ([TIME])
    ");
    assert_snapshot!(project.run(&["verify", "--format", "markdown"]), @r"
    exit: 0
    --- stdout
    <!-- pgward verify -->
    ### ❌ pgward verify: 4 of 5 objects not as declared ([TIME])

    Verified against app.toml

    | | | | | |
    | --- | --- | --- | --- | --- |
    | schemas | 1 ok |  |  |  |
    | tables |  | 4 wrong |  |  |

    - ℹ️ **VF003** table app.a is not declared
    - ℹ️ **VF003** table app.b is not declared
    - ℹ️ **VF003** table app.total\_1 is not declared
    ");
}

#[test]
fn what_is_allowed_is_shown_and_does_not_count() {
    let project = project(
        "[[allow]]\ncode = \"VF003\"\nobject = \"app.total_*\"\nreason = \"old totals\"\nuntil = 9999-12-31\n\
         [[allow]]\ncode = \"undeclared-object\"\nobject = \"table app.a\"\nreason = \"of another team\"\n\
         [[allow]]\ncode = \"VF003\"\nobject = \"app.b\"\nreason = \"was meant to go\"\nuntil = \"2026-01-31\"\n\
         [[allow]]\ncode = \"VF001\"\nobject = \"app.gone\"\nreason = \"none\"\n\
         [rules]\nmissing-object = \"off\"\n",
    );
    assert_snapshot!(project.run(&["verify"]), @r#"
    exit: 1
    --- stdout
    Verified against app.toml
      schemas  1 ok
      tables         4 wrong

    error[VF003]: table app.b is not declared
      hint: it was allowed until 2026-01-31, in pgward.toml:12:8

    warning[RU001]: there is no VF001 of app.gone to be allowed
      --> pgward.toml:17:8
       |
    17 | code = "VF001"
       |        ^^^^^^^
      hint: take it out, so that it hides nothing later

    allowed[VF003]: table app.a is not declared: of another team
    allowed[VF003]: table app.total_1 is not declared: old totals (until 9999-12-31)

    4 of 5 objects not as declared ([TIME])
    "#);
    assert_snapshot!(project.run(&["verify", "--format", "json"]), @r#"
    exit: 1
    --- stdout
    {
      "allowed": [
        {
          "code": "VF003",
          "message": "table app.a is not declared",
          "object": {
            "kind": "table",
            "name": "a",
            "schema": "app"
          },
          "severity": "error",
          "waiver": {
            "in_source": false,
            "reason": "of another team"
          }
        },
        {
          "code": "VF003",
          "message": "table app.total_1 is not declared",
          "object": {
            "kind": "table",
            "name": "total_1",
            "schema": "app"
          },
          "severity": "error",
          "waiver": {
            "in_source": false,
            "reason": "old totals",
            "until": "9999-12-31"
          }
        }
      ],
      "checks": [
        {
          "object": {
            "kind": "schema",
            "name": "app"
          },
          "verdict": "pass"
        },
        {
          "object": {
            "kind": "table",
            "name": "a",
            "schema": "app"
          },
          "verdict": "fail"
        },
        {
          "object": {
            "kind": "table",
            "name": "b",
            "schema": "app"
          },
          "verdict": "fail"
        },
        {
          "object": {
            "kind": "table",
            "name": "c",
            "schema": "app"
          },
          "verdict": "fail"
        },
        {
          "object": {
            "kind": "table",
            "name": "total_1",
            "schema": "app"
          },
          "verdict": "fail"
        }
      ],
      "command": "verify",
      "findings": [
        {
          "code": "VF003",
          "hint": "it was allowed until 2026-01-31, in pgward.toml:12:8",
          "message": "table app.b is not declared",
          "object": {
            "kind": "table",
            "name": "b",
            "schema": "app"
          },
          "severity": "error"
        },
        {
          "code": "RU001",
          "hint": "take it out, so that it hides nothing later",
          "location": {
            "column": 8,
            "file": "pgward.toml",
            "line": 17
          },
          "message": "there is no VF001 of app.gone to be allowed",
          "severity": "warning"
        }
      ],
      "format_version": 1,
      "manifest": "app.toml",
      "summary": {
        "absent": 0,
        "fail": 4,
        "not_covered": 0,
        "not_evaluated": 0,
        "pass": 1
      }
    }
    "#);
}

#[test]
fn only_what_is_allowed_is_clean() {
    let project = project(
        "[rules]\nVF001 = \"off\"\n\
         [[allow]]\ncode = \"VF003\"\nobject = \"*\"\nreason = \"not ours\"\n",
    );
    assert_snapshot!(project.run(&["verify"]), @"
    exit: 0
    --- stdout
    Verified against app.toml
      schemas  1 ok
      tables         4 wrong

    allowed[VF003]: table app.a is not declared: not ours
    allowed[VF003]: table app.b is not declared: not ours
    allowed[VF003]: table app.total_1 is not declared: not ours

    4 of 5 objects not as declared, as is allowed ([TIME])
    ");
}

#[test]
fn mistakes_have_their_place() {
    let run = |config: &str| project(config).run(&["verify"]);
    assert_snapshot!(run("[rules]\nundeclared-objects = \"off\"\n"), @r#"
    exit: 2
    --- stderr
    error: there is no code "undeclared-objects"
     --> pgward.toml:3:1
      |
    3 | undeclared-objects = "off"
      | ^^^^^^^^^^^^^^^^^^

    hint: did you mean undeclared-object?
    "#);
    assert_snapshot!(run("[rules]\nXX999 = \"off\"\n"), @r#"
    exit: 2
    --- stderr
    error: there is no code "XX999"
     --> pgward.toml:3:1
      |
    3 | XX999 = "off"
      | ^^^^^

    hint: `pgward explain` lists all codes
    "#);
    assert_snapshot!(run("[rules]\nVF001 = \"loud\"\n"), @r#"
    exit: 2
    --- stderr
    error: pgward.toml can't be used: unknown variant `loud`, expected one of `off`, `info`, `warning`, `error`
     --> pgward.toml:3:9
      |
    3 | VF001 = "loud"
      |         ^^^^^^
    "#);
    assert_snapshot!(run("[[overrides]]\npaths = [\"a[\"]\nrules = {}\n"), @r#"
    exit: 2
    --- stderr
    error: "a[" is no pattern of paths: unclosed character class; missing ']'
     --> pgward.toml:3:10
      |
    3 | paths = ["a["]
      |          ^^^^
    "#);
    assert_snapshot!(run("[[allow]]\ncode = \"VF001\"\nobject = \"app.c\"\n"), @"
    exit: 2
    --- stderr
    error: pgward.toml can't be used: missing field `reason`
     --> pgward.toml:2:1
      |
    2 | [[allow]]
      | ^^^^^^^^^
    ");
    assert_snapshot!(run("[[allow]]\ncode = \"VF001\"\nobject = \"app.c\"\nreason = \" \"\n"), @r#"
    exit: 2
    --- stderr
    error: an allowance needs a reason
     --> pgward.toml:5:10
      |
    5 | reason = " "
      |          ^^^
    "#);
    assert_snapshot!(run("[[allow]]\ncode = \"VF001\"\nobject = \"app.c\"\nreason = \"x\"\nuntil = \"soon\"\n"), @r#"
    exit: 2
    --- stderr
    error: "soon" is not a day
     --> pgward.toml:6:9
      |
    6 | until = "soon"
      |         ^^^^^^

    hint: write it as 2027-01-31
    "#);
    assert_snapshot!(run("[[allow]]\ncode = \"VF001\"\nobject = \"app.c\"\nreason = \"x\"\nuntil = 2026-02-30\n"), @"
    exit: 2
    --- stderr
    error: pgward.toml can't be used: invalid date, expected day between 01 and 28
     --> pgward.toml:6:9
      |
    6 | until = 2026-02-30
      |         ^^^^^^^^^^
    ");
    assert_snapshot!(run("[[allow]]\ncode = \"VF9\"\nobject = \"app.c\"\nreason = \"x\"\n"), @r#"
    exit: 2
    --- stderr
    error: there is no code "VF9"
     --> pgward.toml:3:8
      |
    3 | code = "VF9"
      |        ^^^^^

    hint: `pgward explain` lists all codes
    "#);
}
