//! The behaviour matrix: the bundle is as its manifest says, every planted fault is caught by name, and what proves nothing
//! is never taken for secure.

use futures_util::future::join_all;
use pgward::base::Finding;
use pgward::rls::{Cell, Command, Manifest, Verdict, compare, observe};
use pgward::runner::Runner;
use pgward::source::Migrations;

use crate::support::TestDb;

const BUNDLE: &str = include_str!("../../schema/ops.rls.toml");

async fn bundle() -> TestDb {
    let db = TestDb::new().await;
    Runner::new(Migrations::bundle().unwrap()).up(&mut db.connect().await).await.unwrap();
    db
}

async fn tried(db: &TestDb, manifest: &Manifest) -> (Vec<Cell>, Vec<Finding>) {
    let cells = observe(&mut db.connect().await, manifest).await.unwrap();
    let findings = compare(manifest, &cells);
    (cells, findings)
}

/// A fault, what has to be named, and the code that names it.
const FAULTS: &[(&str, &str, &str)] = &[
    ("drop policy runs_select_member on ops.runs", "runs", "RL002"),
    ("alter policy runs_select_member on ops.runs using (true)", "runs", "RL001"),
    ("alter policy runs_select_member on ops.runs to anon", "runs", "RL002"),
    ("alter policy run_logs_select_member on ops.run_logs using (true)", "run_logs", "RL001"),
    ("alter policy project_memberships_select_member on ops.project_memberships using (user_id = ops.current_user_id())",
     "project_memberships", "RL002"),
    ("grant truncate on ops.run_logs to authenticated", "run_logs", "RL001"),
    ("alter table ops.workflows disable row level security", "workflows", "RL001"),
    ("alter table ops.projects disable row level security", "projects", "RL001"),
    ("grant update on ops.runs to authenticated", "runs", "RL003"),
    ("grant select on ops.projects to anon", "projects", "RL003"),
    ("grant delete on ops.projects to authenticated", "projects", "RL003"),
    ("grant execute on function ops.claim_next_run(text, text[], integer, text) to authenticated", "claim_next_run(text, text[], integer, text)", "RL001"),
    ("grant execute on function ops.start_workflow_run(uuid, text, bigint) to public", "start_workflow_run(uuid, text, bigint)", "RL001"),
    ("revoke select on ops.tools from authenticated", "tools", "RL002"),
    ("revoke execute on function ops.cancel_run(uuid, text) from authenticated", "cancel_run(uuid, text)", "RL002"),
    ("alter policy workflows_update_developer on ops.workflows
        using (project_id = any (array(select ops.my_project_ids()))) with check (true)", "workflows", "RL001"),
    ("grant insert (status) on ops.runs to authenticated", "runs", "RL001"),
    ("grant update (last_run_number) on ops.projects to authenticated", "projects", "RL001"),
    ("create view ops.all_runs as select * from ops.runs; grant select on ops.all_runs to authenticated", "all_runs", "RL001"),
    ("create materialized view ops.all_logs as select * from ops.run_logs; grant select on ops.all_logs to authenticated",
     "all_logs", "RL001"),
    ("create policy open on ops.run_artifacts for all to authenticated using (true)", "run_artifacts", "RL001"),
    ("alter policy project_memberships_update_admin on ops.project_memberships using (true) with check (true)",
     "project_memberships", "RL001"),
    ("grant insert on ops.run_logs to authenticated;
      create policy add on ops.run_logs for insert to authenticated with check (true)", "run_logs", "RL001"),
    ("create or replace function ops.my_project_ids(p_roles text[] default null) returns setof uuid language sql stable
        security definer set search_path = '' as 'select id from ops.projects'", "runs", "RL001"),
    ("create or replace function ops.current_user_id() returns uuid language sql stable
        set search_path = '' as 'select null::uuid'", "runs", "RL002"),
    ("drop trigger keep_owner_on_delete on ops.project_memberships", "project_memberships", "RL001"),
    ("create table ops.secrets (id bigint primary key, word text not null); grant select on ops.secrets to authenticated",
     "secrets", "RL001"),
    ("drop function ops.start_workflow_run(uuid, text, bigint)", "start_workflow_run(uuid, text, bigint)", "RL004"),
    ("revoke usage on schema ops from authenticated", "tools", "RL002"),
    ("alter policy run_queue_select_member on ops.run_queue using (true)", "run_queue", "RL001"),
    ("drop policy dead_letters_select_member on ops.dead_letters", "dead_letters", "RL002"),
    ("create function ops.purge() returns void language sql security definer set search_path = '' as 'delete from ops.runs'",
     "purge()", "RL001"),
];

#[tokio::test]
async fn the_bundle_is_as_its_manifest_says() {
    let db = bundle().await;
    let manifest = Manifest::parse("ops.rls.toml", BUNDLE).unwrap();
    let (cells, findings) = tried(&db, &manifest).await;
    assert_eq!(findings, []);
    assert!(cells.iter().all(|cell| cell.observed.is_ok()));
    // Everybody, on everything, with every command.
    assert!(cells.len() > 600, "{}", cells.len());
    // What is written is what was read: nothing is lost on the way.
    let written = manifest.written(&cells);
    assert_eq!(written, BUNDLE);
    let left: i64 = db.connect().await.query_one("select count(*) from ops.projects", &[]).await.unwrap().get(0);
    assert_eq!(left, 0, "everything was rolled back");
}

#[tokio::test]
async fn every_planted_fault_is_caught_by_name() {
    let template = bundle().await;
    let manifest = Manifest::parse("ops.rls.toml", BUNDLE).unwrap();
    let mut missed = Vec::new();
    for few in FAULTS.chunks(4) {
        let tries = few.iter().map(|fault| missed_in(&template, &manifest, fault));
        missed.extend(join_all(tries).await.into_iter().flatten());
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

async fn missed_in(
    template: &TestDb,
    manifest: &Manifest,
    (fault, object, code): &(&str, &str, &str),
) -> Option<String> {
    let db = TestDb::from_template(&template.name).await;
    db.connect().await.batch_execute(fault).await.unwrap_or_else(|error| panic!("{fault}: {error:?}"));
    let (_, findings) = tried(&db, manifest).await;
    if findings.iter().any(|f| f.code == *code && f.object.as_ref().is_some_and(|o| o.name == *object)) {
        return None;
    }
    let found: Vec<_> = findings.iter().map(|f| format!("{} {}", f.code, f.message)).collect();
    Some(format!("{fault}: {found:#?}"))
}

#[tokio::test]
async fn a_broken_seed_never_reads_as_secure() {
    let db = bundle().await;
    // No value that could be guessed passes.
    db.connect().await.batch_execute("alter table ops.tools add check (version ~ '^v[0-9]{2}-secret$')").await.unwrap();
    let manifest = Manifest::parse("ops.rls.toml", BUNDLE).unwrap();
    let (cells, findings) = tried(&db, &manifest).await;
    let of = |role: &str, command| {
        let mut cells =
            cells.iter().filter(|cell| cell.name == "tools" && cell.role == role && cell.command == command);
        cells.next().unwrap().observed.clone()
    };
    assert!(of("authenticated", Command::Select).unwrap_err().contains("no row could be seeded"));
    // Without the privilege, no row decides.
    assert_eq!(of("anon", Command::Select), Ok(Verdict::refused()));
    assert!(findings.iter().any(|f| f.code == "RL005" && f.object.as_ref().is_some_and(|o| o.name == "tools")));
    // The manifest may say what passes.
    let told = BUNDLE.replace("[values]\n", "[values]\n\"ops.tools.version\" = \"'v0${n}-secret'\"\n");
    let (_, findings) = tried(&db, &Manifest::parse("told", &told).unwrap()).await;
    assert_eq!(findings, []);
}

#[tokio::test]
async fn who_is_nobody_by_mistake_is_told() {
    let db = bundle().await;
    let wrong = BUNDLE.replace("${own:auth.users.id}", "00000000-0000-4000-8000-0000000000ff");
    let (_, findings) = tried(&db, &Manifest::parse("wrong", &wrong).unwrap()).await;
    assert!(findings.iter().any(|f| f.code == "RL002" && f.message.contains("authenticated as owner finds no rows")));
}

const WAYS: &str = "
    do $$ begin create role rls_web; exception when duplicate_object or unique_violation then null; end $$;
    create schema app;
    grant usage on schema app to rls_web;
    create type app.state as enum ('new', 'old');
    create domain app.code as text check (value ~ '^[A-Z]$');
    create table app.tenants (id integer generated always as identity primary key, code app.code not null unique);
    create table app.jobs (
        tenant_id integer not null references app.tenants, day date not null, state app.state not null,
        title character varying(4) not null check (title <> ''), tags text[] not null, body jsonb not null,
        seconds interval not null check (seconds > interval '0'), primary key (tenant_id, day)) partition by range (day);
    create table app.jobs_2026 partition of app.jobs for values from ('2026-01-01') to ('2027-01-01');
    create table app.loose (word text, number integer);
    create view app.mine with (security_invoker) as select * from app.jobs;
    create view app.all_jobs as select * from app.jobs;
    create function app.titles() returns setof text language sql stable as 'select title from app.jobs';
    alter table app.jobs enable row level security;
    alter table app.tenants enable row level security;
    create policy mine on app.jobs using (tenant_id::text = current_setting('app.tenant', true));
    grant select, insert, update (title) on app.jobs to rls_web;
    grant select on app.mine, app.all_jobs to rls_web;
    grant update on app.loose to rls_web;";

const WAYS_MANIFEST: &str = r#"format_version = 1
schemas = ["app"]
tenant = ["tenant_id"]
[roles]
rls_web = ["member", "stranger", "nobody"]
[identities.member]
set."app.tenant" = "${own:app.tenants.id}"
[identities.stranger]
set."app.tenant" = "${other:app.tenants.id}"
[identities.nobody]
"#;

#[tokio::test]
async fn each_way_to_a_row_is_tried() {
    let db = TestDb::new().await;
    let client = db.connect().await;
    client.batch_execute(WAYS).await.unwrap();
    let manifest = Manifest::parse("app.rls.toml", WAYS_MANIFEST).unwrap();
    let (cells, _) = tried(&db, &manifest).await;
    let of = |name: &str, identity: &str, command| {
        let mut cells =
            cells.iter().filter(|cell| cell.name == name && cell.identity == identity && cell.command == command);
        match &cells.next().unwrap_or_else(|| panic!("{name} {identity} {command:?}")).observed {
            Ok(verdict) => verdict.to_string(),
            Err(reason) => reason.clone(),
        }
    };
    for (name, command, member, stranger) in [
        ("jobs", Command::Select, "allow", "no rows"),
        ("jobs", Command::Insert, "allow", "deny 42501"),
        ("jobs", Command::InsertReturning, "allow", "deny 42501"),
        ("jobs", Command::Upsert, "allow", "deny 42501"),
        ("jobs", Command::Update, "allow: title", "no rows"),
        ("jobs", Command::Move, "deny 42501", "deny 42501"),
        ("jobs", Command::Delete, "deny 42501", "deny 42501"),
        ("jobs_2026", Command::Select, "deny 42501", "deny 42501"),
        ("mine", Command::Select, "allow", "no rows"),
        ("all_jobs", Command::Select, "allow", "allow"),
        ("titles()", Command::Execute, "allow", "allow"),
        // Whoever may write without reading is believed by what happened to the row.
        ("loose", Command::Update, "allow", "allow"),
        ("loose", Command::Select, "deny 42501", "deny 42501"),
    ] {
        assert_eq!(of(name, "member", command), member, "{name} {command:?} by a member");
        assert_eq!(of(name, "stranger", command), stranger, "{name} {command:?} by a stranger");
    }
    let declared = Manifest::parse("written", &manifest.written(&cells)).unwrap();
    assert_eq!(compare(&declared, &cells), []);

    client.batch_execute("grant select on app.jobs_2026 to rls_web").await.unwrap();
    let (_, findings) = tried(&db, &declared).await;
    let messages: Vec<_> = findings.iter().map(|f| (f.code, f.message.as_str())).collect();
    assert!(
        messages.contains(&("RL001", "rls_web as stranger can SELECT on app.jobs_2026 (a partition)")),
        "{messages:#?}"
    );
}
