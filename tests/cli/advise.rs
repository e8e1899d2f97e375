//! `pgward advise`.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Project, pgward, run};

/// Who may do what is granted to a role of its own, so that the roles of other tests play no part.
const SCHEMA: &str = "
    do $$ begin create role adv_web; exception when duplicate_object or unique_violation then null; end $$;
    create schema app;
    grant usage on schema app to adv_web;
    create table app.jobs (id bigint primary key, tenant_id uuid);
    create table app.notes (id bigint primary key, job_id bigint references app.jobs);
    grant select, truncate on app.jobs to adv_web;
    grant select on app.notes to adv_web;
    alter table app.jobs enable row level security;
    create policy see on app.jobs for select to adv_web using (tenant_id = tenant_id);
    create function app.purge() returns void language sql security definer as 'select';";

fn project() -> Project {
    let project = Project::new();
    project.write("pgward.toml", "schemas = [\"app\"]\n[migrations]\ndir = \"db\"\n");
    project.sql(SCHEMA);
    project
}

#[test]
fn help() {
    assert_snapshot!("advise", run(&["advise", "--help"]));
}

#[test]
fn what_is_wrong_is_named() {
    assert_snapshot!("advise_findings", project().run(&["advise"]));
}

#[test]
fn what_is_found_is_the_same_in_every_format() {
    let project = project();
    let schema: Value = serde_json::from_str(include_str!("../../schema/json/pgward.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let output = pgward(project.dir.path(), &["advise", "--format", "json"])
        .env("DATABASE_URL", project.url())
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems: Vec<_> = schema.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:?}\n{document:#}");
    assert_eq!(document["advised"]["api_roles"], serde_json::json!(["adv_web", "public"]));
    let codes: Vec<_> = document["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    for format in ["markdown", "sarif", "junit", "github", "gitlab"] {
        let shown = project.run(&["advise", "--format", format]);
        assert!(shown.starts_with("exit: 1\n"), "{shown}");
        assert!(codes.iter().all(|code| shown.contains(code)), "{format}: {shown}");
    }
}

#[test]
fn the_bundle_is_clean() {
    let project = Project::new();
    assert!(project.run(&["up"]).starts_with("exit: 0\n"));
    let shown = project.run(&["advise"]);
    assert!(shown.starts_with("exit: 0\n"), "{shown}");
    assert!(project.run(&["advise", "--fail-on", "error"]).starts_with("exit: 0\n"));
}

#[test]
fn the_threshold_and_the_configuration_decide() {
    let project = project();
    project.sql(
        "drop policy see on app.jobs; drop function app.purge(); drop table app.notes;
                 revoke select on app.jobs from adv_web",
    );
    assert!(project.run(&["advise"]).starts_with("exit: 1\n"));
    assert!(project.run(&["advise", "--fail-on", "error"]).starts_with("exit: 0\n"));
    project.write(
        "pgward.toml",
        "schemas = [\"app\"]\n[migrations]\ndir = \"db\"\n[rules]\nAD017 = \"off\"\n[advise]\napi_roles = [\"adv_web\"]\n",
    );
    assert_snapshot!(project.run(&["advise"]), @"
    exit: 0
    --- stdout
    nothing found: 59 rules for adv_web, public ([TIME])
    ");
}

#[test]
fn what_can_not_be_read_is_never_green() {
    let project = project();
    project.sql(
        "drop table app.notes; drop function app.purge(); revoke truncate on app.jobs from adv_web;
         alter table app.jobs add column doc xml;
         alter policy see on app.jobs using (tenant_id is not null and doc is document)",
    );
    assert_snapshot!(project.run(&["advise", "--fail-on", "error"]), @"
    exit: 2
    --- stdout
    error[AD000]: policy see on app.jobs: USING can't be read: Expected: [NOT] NULL | TRUE | FALSE | DISTINCT | [NOT] JSON [VALUE | SCALAR | ARRAY | OBJECT] [WITH | WITHOUT UNIQUE [KEYS]] | [form] NORMALIZED FROM after IS, found: DOCUMENT at Line: 1, Column: 37

    1 not evaluated: 59 rules for adv_web, public ([TIME])
    ");
}

#[test]
fn names_that_are_not_there_are_refused() {
    let project = project();
    assert_snapshot!(project.run(&["advise", "--api-role", "adv_wbe"]), @r"
    exit: 2
    --- stderr
    error: there is no role adv_wbe to be an API role

    hint: name roles of this server with --api-role, or as `api_roles` under [advise] in pgward.toml
    ");
    assert_snapshot!(project.run(&["advise", "--schema", "ap"]), @r"
    exit: 2
    --- stderr
    error: there is no schema ap in the database

    hint: `pgward up` applies migrations; --schema NAME names another schema
    ");
}

#[test]
fn a_role_without_rights_sees_the_same() {
    let project = project();
    project.sql(
        "do $$ begin create role adv_nobody login; exception when duplicate_object or unique_violation then null; end $$",
    );
    let url = project.url();
    let (_, rest) = url.rsplit_once('@').unwrap();
    let as_nobody = format!("postgres://adv_nobody@{rest}");
    let output = pgward(project.dir.path(), &["advise"]).env("DATABASE_URL", as_nobody).output().unwrap();
    assert_eq!(project.shown(&output), project.run(&["advise"]));
}
