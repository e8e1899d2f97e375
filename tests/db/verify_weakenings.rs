//! Every way in which somebody may quietly weaken the bundle is a finding of `verify`, and a clean copy raises none.

use pgward::model::{SchemaFilter, Shape};
use pgward::runner::Runner;
use pgward::source::Migrations;
use pgward::verify::{Manifest, Outcome, Verdict, verify};
use pgward::{introspect, kinds};
use tokio_postgres::Client;

use crate::support::TestDb;

/// What is done by hand, and the object that a finding must name.
const WEAKENINGS: &[(&str, &str)] = &[
    // Row level security.
    ("alter table ops.runs disable row level security", "table ops.runs"),
    ("alter table ops.runs force row level security", "table ops.runs"),
    ("drop policy runs_select_member on ops.runs", "policy ops.runs.runs_select_member"),
    ("alter policy runs_select_member on ops.runs using (true)", "policy ops.runs.runs_select_member"),
    ("alter policy runs_select_member on ops.runs to public", "policy ops.runs.runs_select_member"),
    ("create policy all_of_it on ops.runs using (true)", "policy ops.runs.all_of_it"),
    (
        "alter policy project_memberships_insert_admin on ops.project_memberships with check (true)",
        "policy ops.project_memberships.project_memberships_insert_admin",
    ),
    // Functions.
    ("alter function ops.my_project_ids(text[]) security invoker", "function ops.my_project_ids(text[])"),
    ("alter function ops.set_updated_at() security definer", "function ops.set_updated_at()"),
    ("alter function ops.my_project_ids(text[]) reset search_path", "function ops.my_project_ids(text[])"),
    (
        "alter function ops.my_project_ids(text[]) set search_path = public, pg_temp",
        "function ops.my_project_ids(text[])",
    ),
    ("alter function ops.current_user_id() immutable", "function ops.current_user_id()"),
    ("alter function ops.current_user_id() leakproof", "function ops.current_user_id()"),
    (
        "create or replace function ops.current_user_id() returns uuid language sql stable
         set search_path = pg_catalog, pg_temp as 'select null::uuid'",
        "function ops.current_user_id()",
    ),
    ("create function ops.back_door() returns void language sql as ''", "function ops.back_door()"),
    (
        "create function ops.my_project_ids(text) returns uuid[] language sql as 'select null::uuid[]'",
        "function ops.my_project_ids(text)",
    ),
    // Rights.
    ("grant select on ops.runs to anon", "grant to anon on ops.runs"),
    ("grant select on ops.runs to public", "grant to public on ops.runs"),
    ("grant update on ops.runs to authenticated", "grant to authenticated on ops.runs"),
    ("grant select on ops.runs to authenticated with grant option", "grant to authenticated on ops.runs"),
    ("revoke select on ops.runs from authenticated", "grant to authenticated on ops.runs"),
    ("grant truncate on ops.run_events to service_role", "grant to service_role on ops.run_events"),
    ("grant update (status) on ops.runs to authenticated", "grant to authenticated on ops.runs.status"),
    ("grant execute on function ops.current_user_id() to public", "grant to public on ops.current_user_id()"),
    ("grant create on schema ops to authenticated", "grant to authenticated on ops"),
    (
        "alter default privileges in schema ops grant select on tables to anon",
        "default privilege ops.\"tables of postgres\"",
    ),
    // Triggers.
    ("alter table ops.run_events disable trigger all", "trigger ops.run_events.protect_rows"),
    ("alter table ops.projects disable trigger set_updated_at", "trigger ops.projects.set_updated_at"),
    ("alter table ops.projects enable always trigger set_updated_at", "trigger ops.projects.set_updated_at"),
    ("drop trigger set_updated_at on ops.projects", "trigger ops.projects.set_updated_at"),
    (
        "create or replace trigger set_updated_at before update on ops.projects for each row
         when (false) execute function ops.set_updated_at()",
        "trigger ops.projects.set_updated_at",
    ),
    (
        "create trigger aaa before insert on ops.projects for each row execute function ops.set_updated_at()",
        "trigger ops.projects.aaa",
    ),
    // Constraints and indexes.
    (
        "alter table ops.run_logs drop constraint run_logs_metadata_check",
        "constraint ops.run_logs.run_logs_metadata_check",
    ),
    (
        "alter table ops.project_memberships drop constraint project_memberships_role_check,
         add constraint project_memberships_role_check check (role in ('owner', 'admin', 'developer', 'viewer')) not valid",
        "constraint ops.project_memberships.project_memberships_role_check",
    ),
    (
        "alter table ops.project_memberships drop constraint project_memberships_role_check,
         add constraint project_memberships_role_check
         check (role in ('owner', 'admin', 'developer', 'viewer', 'root'))",
        "constraint ops.project_memberships.project_memberships_role_check",
    ),
    (
        "alter table ops.project_memberships alter constraint project_memberships_project_id_fkey deferrable",
        "constraint ops.project_memberships.project_memberships_project_id_fkey",
    ),
    (
        "alter table ops.project_memberships drop constraint project_memberships_user_id_fkey,
         add constraint project_memberships_user_id_fkey foreign key (user_id) references auth.users (id)",
        "constraint ops.project_memberships.project_memberships_user_id_fkey",
    ),
    ("drop index ops.project_memberships_user_id_idx", "index ops.project_memberships.project_memberships_user_id_idx"),
    (
        "update pg_index set indisvalid = false where indexrelid = 'ops.project_memberships_user_id_idx'::regclass",
        "index ops.project_memberships.project_memberships_user_id_idx",
    ),
    (
        "drop index ops.project_memberships_user_id_idx;
         create index project_memberships_user_id_idx on ops.project_memberships (user_id) where false",
        "index ops.project_memberships.project_memberships_user_id_idx",
    ),
    // Columns and tables.
    ("alter table ops.runs alter column status drop not null", "column ops.runs.status"),
    ("alter table ops.runs alter column status set default 'succeeded'", "column ops.runs.status"),
    ("alter table ops.runs alter column status drop default", "column ops.runs.status"),
    ("alter table ops.projects alter column name type varchar(20)", "column ops.projects.name"),
    ("alter table ops.projects alter column name type text collate \"C\"", "column ops.projects.name"),
    ("alter table ops.projects drop column description", "column ops.projects.description"),
    ("alter table ops.projects add column secret text", "column ops.projects.secret"),
    ("create table ops.scratch ()", "table ops.scratch"),
    ("alter table ops.upgrade_advisories set unlogged", "table ops.upgrade_advisories"),
    ("drop table ops.upgrade_advisories cascade", "table ops.upgrade_advisories"),
    ("create view ops.leak as select * from ops.runs", "view ops.leak"),
    ("create materialized view ops.copied as select * from ops.runs", "materialized view ops.copied"),
    ("create sequence ops.numbers", "sequence ops.numbers"),
    ("create type ops.mood as enum ('ok')", "enum ops.mood"),
    ("alter table ops.runs owner to authenticated", "table ops.runs"),
    ("alter function ops.my_project_ids(text[]) owner to authenticated", "function ops.my_project_ids(text[])"),
    ("create rule quiet as on delete to ops.run_logs do instead nothing", "rule ops.run_logs.quiet"),
];

fn shapes() -> Vec<&'static Shape> {
    kinds::ALL.iter().map(|kind| kind.shape).collect()
}

/// The bundle's manifest; owners are declared, which it leaves open.
fn manifest() -> Manifest {
    let text = include_str!("../../schema/ops.toml");
    let text = text.replace("[tables.\"ops.runs\"]\n", "[tables.\"ops.runs\"]\nowner = \"postgres\"\n").replace(
        "[functions.\"ops.my_project_ids(text[])\"]\n",
        "[functions.\"ops.my_project_ids(text[])\"]\nowner = \"postgres\"\n",
    );
    Manifest::parse("ops.toml", &text, &shapes()).unwrap()
}

async fn look(client: &mut Client) -> Outcome {
    let catalog = introspect::read(client, &SchemaFilter::only(["ops"])).await.unwrap();
    verify(client, &manifest(), &catalog, &shapes()).await.unwrap()
}

#[tokio::test]
async fn every_weakening_is_found_and_a_clean_copy_raises_nothing() {
    let template = TestDb::new().await;
    let mut client = template.connect().await;
    Runner::new(Migrations::bundle().unwrap()).up(&mut client).await.unwrap();
    let clean = look(&mut client).await;
    assert_eq!(clean.findings().map(|finding| &finding.message).collect::<Vec<_>>(), [] as [&String; 0]);
    assert!(clean.count(Verdict::Pass) > 250);
    drop(client);

    // Those of different objects are made at once: a database for each would take long.
    let mut rounds: Vec<Vec<(&str, &str)>> = Vec::new();
    for (sql, object) in WEAKENINGS {
        match rounds.iter_mut().find(|round| round.iter().all(|(_, other)| other != object)) {
            Some(round) => round.push((sql, object)),
            None => rounds.push(vec![(sql, object)]),
        }
    }
    let mut silent = Vec::new();
    for round in rounds {
        let db = TestDb::from_template(&template.name).await;
        let mut client = db.connect().await;
        for (sql, _) in &round {
            client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        }
        let outcome = look(&mut client).await;
        let found: Vec<_> = outcome.findings().map(|finding| finding.message.as_str()).collect();
        for (sql, object) in round {
            if !found.iter().any(|message| message.contains(&format!("{object} "))) {
                silent.push(format!("{sql}\n  should name {object}, found {found:#?}"));
            }
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
