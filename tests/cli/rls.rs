//! `pgward rls`.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Project, pgward, run, server_url};

const MANIFEST: &str = r#"format_version = 1
schemas = ["app"]
tenant = ["tenant_id"]

[roles]
rls_cli = ["member", "stranger"]

[identities.member]
set."app.tenant" = "${own:app.jobs.tenant_id}"

[identities.stranger]
set."app.tenant" = "${other:app.jobs.tenant_id}"
"#;

fn project() -> Project {
    let project = Project::new();
    project.write("pgward.toml", "rls = \"app.rls.toml\"\nroles = [\"rls_cli\"]\n[migrations]\ndir = \"db\"\n");
    project.write("app.rls.toml", MANIFEST);
    project.write(
        "db/V1__jobs.sql",
        "create schema app;
         grant usage on schema app to rls_cli;
         create table app.jobs (id bigint primary key, tenant_id integer not null, title text);
         alter table app.jobs enable row level security;
         grant select, update (title) on app.jobs to rls_cli;
         create policy mine on app.jobs to rls_cli using (tenant_id::text = current_setting('app.tenant', true));
         create function app.f() returns integer language sql as 'select 1';
         revoke execute on function app.f() from public;",
    );
    project
}

fn rls(project: &Project, args: &[&str]) -> String {
    let shadow = server_url();
    let mut all = vec!["rls", "--shadow-url", &shadow];
    all.extend(args);
    project.run(&all)
}

#[test]
fn help() {
    assert_snapshot!("rls", run(&["rls", "--help"]));
}

#[test]
fn what_is_there_is_written_and_then_holds() {
    let project = project();
    assert_snapshot!(rls(&project, &["--write"]), @"
    exit: 0
    --- stderr
    wrote app.rls.toml from 18 tries
    ");
    assert_snapshot!("rls_manifest", std::fs::read_to_string(project.dir.path().join("app.rls.toml")).unwrap());
    assert_snapshot!("rls_clean", rls(&project, &[]));
    // Written again, it is the same.
    let before = std::fs::read_to_string(project.dir.path().join("app.rls.toml")).unwrap();
    rls(&project, &["--write"]);
    assert_eq!(std::fs::read_to_string(project.dir.path().join("app.rls.toml")).unwrap(), before);
}

#[test]
fn what_is_not_as_declared_is_found_in_every_format() {
    let project = project();
    rls(&project, &["--write"]);
    project.write(
        "db/V2__open.sql",
        "alter policy mine on app.jobs using (true); grant truncate on app.jobs to rls_cli;
         grant update (tenant_id) on app.jobs to rls_cli; grant execute on function app.f() to rls_cli;",
    );
    assert_snapshot!("rls_findings", rls(&project, &[]));
    let schema: Value = serde_json::from_str(include_str!("../../schema/json/pgward.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let args = ["rls", "--shadow-url", &server_url(), "--format", "json"];
    let output = pgward(project.dir.path(), &args).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems: Vec<_> = schema.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(problems.is_empty(), "{problems:?}\n{document:#}");
    assert_eq!(document["matrix"].as_array().unwrap().len(), 18);
    for format in ["markdown", "sarif", "junit", "github", "gitlab"] {
        let shown = rls(&project, &["--format", format]);
        assert!(shown.starts_with("exit: 1\n") && shown.contains("RL001"), "{format}: {shown}");
    }
}

#[test]
fn what_proves_nothing_is_never_green() {
    let project = project();
    rls(&project, &["--write"]);
    project.write(
        "db/V2__odd.sql",
        "create table app.odd (id bigint primary key check (id > 5000 and id % 7 = 3));
         alter table app.odd enable row level security; grant select on app.odd to rls_cli;",
    );
    assert_snapshot!("rls_unreliable", rls(&project, &[]));
    // Without the row that says who somebody is, nothing can be tried.
    project.write("db/V3__odder.sql", "alter table app.jobs add check (id > 5000 and id % 7 = 3);");
    assert_snapshot!("rls_no_identity", rls(&project, &[]));
}

#[test]
fn bad_manifests_are_told_with_their_place() {
    let project = project();
    project.write("app.rls.toml", &MANIFEST.replace("[\"member\", \"stranger\"]", "[\"member\", \"strange\"]"));
    assert_snapshot!("rls_bad_manifest_1", rls(&project, &[]));
    project
        .write("app.rls.toml", &format!("{MANIFEST}\n[tables.\"app.jobs\"]\n\"rls_cli\" = {{ select = \"yes\" }}\n"));
    assert_snapshot!("rls_bad_manifest_2", rls(&project, &[]));
    project
        .write("app.rls.toml", &format!("{MANIFEST}\n[tables.\"app.jobs\"]\n\"rls_cly\" = {{ select = \"allow\" }}\n"));
    assert_snapshot!("rls_bad_manifest_3", rls(&project, &[]));
    project.write("app.rls.toml", &MANIFEST.replace("own:app.jobs", "own:app.job"));
    assert_snapshot!("rls_bad_manifest_4", rls(&project, &[]));
    project.write("pgward.toml", "roles = [\"rls_cli\"]\n[migrations]\ndir = \"db\"\n");
    assert_snapshot!("rls_bad_manifest_5", rls(&project, &[]));
}
