//! Thirty-seven mistakes with row-level security, each beside its repair, and one that is none.
//!
//! A probe shows that the two behave differently on the server, so that a mistake is one and a repair repairs.

use futures_util::future::join_all;
use pgward::advise::Options;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::advise::{advice, database};

/// A schema without a fault: members of tenants, and their jobs.
const BASE: &str = "create role app_owner login
create role app_caller login
create role app_bypass bypassrls
grant app_bypass to app_caller
create schema app;
grant usage on schema app to anon, authenticated;
create table app.memberships (
    tenant_id uuid not null, user_id uuid not null, role text not null default 'viewer', primary key (tenant_id, user_id));
create index on app.memberships (user_id);
create table app.jobs (id bigint primary key, tenant_id uuid not null, owner_id uuid, title text not null default '');
create function app.my_tenants() returns setof uuid language sql stable set search_path = ''
    as 'select m.tenant_id from app.memberships m where m.user_id = (select auth.uid())';
alter table app.memberships enable row level security;
alter table app.jobs enable row level security;
grant select on app.memberships, app.jobs to authenticated;
create policy own on app.memberships for select to authenticated using (user_id = (select auth.uid()));
create policy tenant on app.jobs for select to authenticated using (tenant_id in (select app.my_tenants()));
insert into app.memberships values
    ('11111111-0000-0000-0000-000000000000', 'aaaaaaaa-0000-0000-0000-000000000000', 'viewer'),
    ('22222222-0000-0000-0000-000000000000', 'bbbbbbbb-0000-0000-0000-000000000000', 'admin');
insert into app.jobs values
    (1, '11111111-0000-0000-0000-000000000000', 'aaaaaaaa-0000-0000-0000-000000000000'),
    (2, '22222222-0000-0000-0000-000000000000', 'bbbbbbbb-0000-0000-0000-000000000000'),
    (3, '22222222-0000-0000-0000-000000000000', null);
";

struct Pair {
    name: &'static str,
    /// The codes of warnings and errors; none for the control.
    codes: &'static [&'static str],
    /// What has to be named.
    object: &'static str,
    bad: &'static str,
    good: &'static str,
    role: &'static str,
    probe: &'static str,
}

const READ: &str = "select count(*) from app.jobs";
const NO_CHANGE: &str = "";

const PAIRS: &[Pair] = &[
    Pair {
        name: "rls_disabled",
        codes: &["AD001"],
        object: "jobs",
        bad: "drop policy tenant on app.jobs; alter table app.jobs disable row level security;",
        good: NO_CHANGE,
        role: "authenticated",
        probe: READ,
    },
    Pair {
        name: "policy_but_rls_off",
        codes: &["AD002"],
        object: "jobs",
        bad: "alter table app.jobs disable row level security;",
        good: NO_CHANGE,
        role: "authenticated",
        probe: READ,
    },
    Pair {
        name: "no_force_owner",
        codes: &["AD003"],
        object: "jobs",
        bad: "grant usage on schema app to app_owner; alter table app.jobs owner to app_owner;",
        good: "grant usage on schema app to app_owner; alter table app.jobs owner to app_owner;
               alter table app.jobs force row level security;",
        role: "app_owner",
        probe: READ,
    },
    Pair {
        name: "rls_on_no_policy",
        codes: &["AD004"],
        object: "jobs",
        bad: "drop policy tenant on app.jobs;",
        good: NO_CHANGE,
        role: "authenticated",
        probe: READ,
    },
    Pair {
        name: "restrictive_only",
        codes: &["AD005"],
        object: "jobs",
        bad: "drop policy tenant on app.jobs;
              create policy own on app.jobs as restrictive for select to authenticated using (tenant_id in (select app.my_tenants()));",
        good: "create policy own on app.jobs as restrictive for select to authenticated using (tenant_id in (select app.my_tenants()));",
        role: "authenticated",
        probe: READ,
    },
    Pair {
        name: "using_true_all",
        codes: &["AD006"],
        object: "open",
        bad: "drop policy tenant on app.jobs; create policy open on app.jobs for all to authenticated using (true);",
        good: NO_CHANGE,
        role: "authenticated",
        probe: READ,
    },
    Pair {
        name: "insert_check_true",
        codes: &["AD006"],
        object: "add",
        bad: "grant insert on app.jobs to authenticated; create policy add on app.jobs for insert to authenticated with check (true);",
        good: "grant insert on app.jobs to authenticated;
               create policy add on app.jobs for insert to authenticated with check (tenant_id in (select app.my_tenants()));",
        role: "authenticated",
        probe: "insert into app.jobs values (9, '22222222-0000-0000-0000-000000000000')",
    },
    Pair {
        name: "select_using_true",
        codes: &["AD007"],
        object: "tenant",
        bad: "alter policy tenant on app.jobs using (true);",
        good: NO_CHANGE,
        role: "authenticated",
        probe: READ,
    },
    Pair {
        name: "update_check_true",
        codes: &["AD006"],
        object: "edit",
        bad: "grant update (tenant_id) on app.jobs to authenticated;
              create policy edit on app.jobs for update to authenticated using (tenant_id in (select app.my_tenants())) with check (true);
              alter policy tenant on app.jobs using (tenant_id in (select app.my_tenants()) or id = 1);",
        good: "grant update (tenant_id) on app.jobs to authenticated;
               create policy edit on app.jobs for update to authenticated using (tenant_id in (select app.my_tenants()));
               alter policy tenant on app.jobs using (tenant_id in (select app.my_tenants()) or id = 1);",
        role: "authenticated",
        probe: "update app.jobs set tenant_id = '22222222-0000-0000-0000-000000000000' where id = 1",
    },
    Pair {
        name: "any_authenticated",
        codes: &["AD008"],
        object: "tenant",
        bad: "alter policy tenant on app.jobs using ((select auth.uid()) is not null);",
        good: NO_CHANGE,
        role: "authenticated",
        probe: READ,
    },
    Pair {
        name: "inverted_anon",
        codes: &["AD009"],
        object: "tenant",
        bad: "grant select on app.jobs to anon; grant select on app.memberships to anon;
              drop policy tenant on app.jobs;
              create policy tenant on app.jobs for select using ((select auth.uid()) is null or tenant_id in (select app.my_tenants()));
              drop policy own on app.memberships;
              create policy own on app.memberships for select using (user_id = (select auth.uid()));",
        good: "grant select on app.jobs to anon; grant select on app.memberships to anon;
              drop policy tenant on app.jobs;
              create policy tenant on app.jobs for select using (tenant_id in (select app.my_tenants()));
              drop policy own on app.memberships;
              create policy own on app.memberships for select using (user_id = (select auth.uid()));",
        role: "anon",
        probe: READ,
    },
    Pair {
        name: "correlated_shadow",
        codes: &["AD011"],
        object: "tenant",
        bad: "alter policy tenant on app.jobs using (exists (
                select from app.memberships m where m.user_id = (select auth.uid()) and m.tenant_id = tenant_id));",
        good: "alter policy tenant on app.jobs using (exists (
                select from app.memberships m where m.user_id = (select auth.uid()) and m.tenant_id = jobs.tenant_id));",
        role: "authenticated",
        probe: READ,
    },
    Pair {
        name: "tautology_self_compare",
        codes: &["AD011"],
        object: "tenant",
        bad: "alter policy tenant on app.jobs using (tenant_id = tenant_id);",
        good: NO_CHANGE,
        role: "authenticated",
        probe: READ,
    },
    Pair {
        name: "null_owner_public",
        codes: &["AD010"],
        object: "tenant",
        bad: "alter policy tenant on app.jobs using (owner_id = (select auth.uid()) or owner_id is null);",
        good: "alter policy tenant on app.jobs using (owner_id = (select auth.uid()));",
        role: "authenticated",
        probe: READ,
    },
    Pair {
        name: "policy_wrong_role",
        codes: &["AD012"],
        object: "see",
        bad: "grant select on app.jobs to anon; create policy see on app.jobs for select to anon using (id > 0);",
        good: "grant select on app.jobs to authenticated;",
        role: "anon",
        probe: READ,
    },
    Pair {
        name: "recursive_policy",
        codes: &["AD014"],
        object: "own",
        bad: "alter policy own on app.memberships using (tenant_id in (
                select m.tenant_id from app.memberships m where m.user_id = (select auth.uid())));",
        good: NO_CHANGE,
        role: "authenticated",
        probe: READ,
    },
    Pair {
        name: "mutual_recursion",
        codes: &["AD014"],
        object: "own",
        bad: "alter policy own on app.memberships using (exists (select from app.jobs j where j.tenant_id = memberships.tenant_id));
              alter policy tenant on app.jobs using (exists (select from app.memberships m where m.tenant_id = jobs.tenant_id));",
        good: "alter policy tenant on app.jobs using (exists (select from app.memberships m where m.tenant_id = jobs.tenant_id));",
        role: "authenticated",
        probe: READ,
    },
    Pair {
        name: "definer_view",
        codes: &["AD023"],
        object: "job_list",
        bad: "create view app.job_list as select * from app.jobs; grant select on app.job_list to authenticated;",
        good: "create view app.job_list with (security_invoker) as select * from app.jobs; grant select on app.job_list to authenticated;",
        role: "authenticated",
        probe: "select count(*) from app.job_list",
    },
    Pair {
        name: "matview_exposed",
        codes: &["AD025"],
        object: "job_list",
        bad: "create materialized view app.job_list as select * from app.jobs; grant select on app.job_list to authenticated;",
        good: "create materialized view app.job_list as select * from app.jobs;",
        role: "authenticated",
        probe: "select count(*) from app.job_list",
    },
    Pair {
        name: "definer_public_execute",
        codes: &["AD028"],
        object: "helper()",
        bad: "create function app.helper() returns bigint language sql security definer set search_path = '' as 'select count(*) from app.jobs';",
        good: "create function app.helper() returns bigint language sql security definer set search_path = '' as 'select count(*) from app.jobs';
               revoke execute on function app.helper() from public;",
        role: "authenticated",
        probe: "select app.helper()",
    },
    Pair {
        name: "definer_no_search_path",
        codes: &["AD031"],
        object: "helper()",
        bad: "set local check_function_bodies = off;
              create function app.helper() returns bigint language sql security definer
                as 'select count(*) from memberships where role = ''admin''';
              revoke execute on function app.helper() from public;",
        good: "create function app.helper() returns bigint language sql security definer set search_path = ''
                as 'select count(*) from app.memberships where role = ''admin''';
              revoke execute on function app.helper() from public;",
        role: "none",
        probe: "set local search_path = app; create temporary table memberships (role text) on commit drop; select app.helper()",
    },
    Pair {
        name: "invoker_mutable_search_path",
        codes: &["AD032"],
        object: "my_tenants()",
        bad: "set local check_function_bodies = off; alter function app.my_tenants() reset search_path;
              create or replace function app.my_tenants() returns setof uuid language sql stable
                as 'select tenant_id from memberships where user_id = (select auth.uid())';",
        good: NO_CHANGE,
        role: "authenticated",
        probe: "create temporary table memberships (tenant_id uuid, user_id uuid);
                insert into memberships values
                    ('22222222-0000-0000-0000-000000000000', 'aaaaaaaa-0000-0000-0000-000000000000');
                select min(id) from app.jobs",
    },
    Pair {
        name: "self_promotion",
        codes: &["AD015"],
        object: "role",
        bad: "grant update on app.memberships to authenticated; revoke update (tenant_id) on app.memberships from authenticated;
              create policy edit on app.memberships for update to authenticated
                using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()) and tenant_id in (select app.my_tenants()));",
        good: "grant update (user_id) on app.memberships to authenticated;
              create policy edit on app.memberships for update to authenticated
                using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()) and tenant_id in (select app.my_tenants()));",
        role: "authenticated",
        probe: "update app.memberships set role = 'admin'",
    },
    Pair {
        name: "self_join_tenant",
        codes: &["AD016"],
        object: "tenant_id",
        bad: "grant insert on app.memberships to authenticated;
              create policy add on app.memberships for insert to authenticated with check (user_id = (select auth.uid()));",
        good: "grant insert on app.memberships to authenticated;
              create policy add on app.memberships for insert to authenticated
                with check (user_id = (select auth.uid()) and role = 'viewer' and tenant_id in (select app.my_tenants()));",
        role: "authenticated",
        probe: "insert into app.memberships values
                ('22222222-0000-0000-0000-000000000000', 'aaaaaaaa-0000-0000-0000-000000000000', 'admin')",
    },
    Pair {
        name: "insert_returning_needs_select",
        codes: &["AD019"],
        object: "jobs",
        bad: "drop policy tenant on app.jobs; grant insert on app.jobs to authenticated;
              create policy add on app.jobs for insert to authenticated with check (tenant_id in (select app.my_tenants()));",
        good: "grant insert on app.jobs to authenticated;
              create policy add on app.jobs for insert to authenticated with check (tenant_id in (select app.my_tenants()));",
        role: "authenticated",
        probe: "insert into app.jobs values (9, '11111111-0000-0000-0000-000000000000') returning id",
    },
    Pair {
        name: "update_needs_select",
        codes: &["AD019"],
        object: "jobs",
        bad: "drop policy tenant on app.jobs; grant update (title) on app.jobs to authenticated;
              create policy edit on app.jobs for update to authenticated using (tenant_id in (select app.my_tenants()));",
        good: "grant update (title) on app.jobs to authenticated;
              create policy edit on app.jobs for update to authenticated using (tenant_id in (select app.my_tenants()));",
        role: "authenticated",
        probe: "update app.jobs set title = 'x' where id = 1",
    },
    Pair {
        name: "truncate_granted",
        codes: &["AD017"],
        object: "jobs",
        bad: "grant truncate on app.jobs to authenticated;",
        good: NO_CHANGE,
        role: "authenticated",
        probe: "truncate app.jobs",
    },
    Pair {
        name: "bypassrls_reachable",
        codes: &["AD035"],
        object: "app_caller",
        bad: "revoke all on all tables in schema app from authenticated; drop policy own on app.memberships; drop policy tenant on app.jobs;
              revoke usage on schema app from anon, authenticated; grant usage on schema app to app_caller;
              grant select on app.memberships, app.jobs to app_caller, app_bypass;
              grant usage on schema app to app_bypass; grant usage on schema auth to app_caller;
              create policy own on app.memberships for select to app_caller using (user_id = (select auth.uid()));
              create policy tenant on app.jobs for select to app_caller using (tenant_id in (select app.my_tenants()));",
        good: "revoke all on all tables in schema app from authenticated; drop policy own on app.memberships; drop policy tenant on app.jobs;
              revoke usage on schema app from anon, authenticated; grant usage on schema app to app_owner;
              grant select on app.memberships, app.jobs to app_owner; grant usage on schema auth to app_owner;
              create policy own on app.memberships for select to app_owner using (user_id = (select auth.uid()));
              create policy tenant on app.jobs for select to app_owner using (tenant_id in (select app.my_tenants()));",
        role: "none",
        probe: "select bool_or(pg_has_role(role, 'app_bypass', 'MEMBER')) from pg_policies, unnest(roles) role where schemaname = 'app'",
    },
    Pair {
        name: "partition_child_no_rls",
        codes: &["AD026"],
        object: "parts_1",
        bad: "create table app.parts (id bigint, tenant_id uuid, primary key (id)) partition by range (id);
              create table app.parts_1 partition of app.parts for values from (0) to (100);
              insert into app.parts select id, tenant_id from app.jobs;
              alter table app.parts enable row level security; grant select on app.parts, app.parts_1 to authenticated;
              create policy tenant on app.parts for select to authenticated using (tenant_id in (select app.my_tenants()));",
        good: "create table app.parts (id bigint, tenant_id uuid, primary key (id)) partition by range (id);
              create table app.parts_1 partition of app.parts for values from (0) to (100);
              insert into app.parts select id, tenant_id from app.jobs;
              alter table app.parts enable row level security; grant select on app.parts to authenticated;
              create policy tenant on app.parts for select to authenticated using (tenant_id in (select app.my_tenants()));",
        role: "authenticated",
        probe: "select count(*) from app.parts_1",
    },
    Pair {
        name: "user_metadata_claim",
        codes: &["AD041"],
        object: "tenant",
        bad: "alter policy tenant on app.jobs using (tenant_id::text = ((select auth.jwt()) -> 'user_metadata' ->> 'tenant'));",
        good: "alter policy tenant on app.jobs using (tenant_id::text = ((select auth.jwt()) -> 'app_metadata' ->> 'tenant'));",
        role: "authenticated",
        probe: "select set_config('request.jwt.claims', '{\"user_metadata\": {\"tenant\": \"22222222-0000-0000-0000-000000000000\"}}', true);
                select count(*) from app.jobs",
    },
    Pair {
        name: "immutable_session_fn",
        codes: &["AD037"],
        object: "me()",
        bad: "create function app.me() returns uuid language sql immutable set search_path = '' as 'select auth.uid()';
              alter policy tenant on app.jobs using (owner_id = (select app.me()));",
        good: "create function app.me() returns uuid language sql stable set search_path = '' as 'select auth.uid()';
              alter policy tenant on app.jobs using (owner_id = (select app.me()));",
        role: "authenticated",
        probe: "set local plan_cache_mode = force_generic_plan;
                prepare q as select min(id) from app.jobs; execute q;
                select set_config('request.jwt.claim.sub', 'bbbbbbbb-0000-0000-0000-000000000000', true); execute q",
    },
    Pair {
        name: "initplan_auth_uid",
        codes: &["AD020"],
        object: "tenant",
        bad: "alter policy tenant on app.jobs using (owner_id = auth.uid());",
        good: "alter policy tenant on app.jobs using (owner_id = (select auth.uid()));",
        role: "authenticated",
        probe: "explain (costs off) select id from app.jobs",
    },
    Pair {
        name: "initplan_custom_fn",
        codes: &["AD021"],
        object: "tenant",
        bad: "create function app.me() returns uuid language sql stable set search_path = '' as 'select auth.uid()';
              alter policy tenant on app.jobs using (owner_id = app.me());",
        good: "create function app.me() returns uuid language sql stable set search_path = '' as 'select auth.uid()';
              alter policy tenant on app.jobs using (owner_id = (select app.me()));",
        role: "authenticated",
        probe: "explain (costs off) select id from app.jobs",
    },
    Pair {
        name: "default_privs_open",
        codes: &["AD018"],
        object: "app",
        bad: "alter default privileges in schema app grant select on tables to anon;",
        good: NO_CHANGE,
        role: "none",
        probe: "create table app.next (id bigint); select has_table_privilege('anon', 'app.next', 'select')",
    },
    Pair {
        name: "leakproof_user_fn",
        codes: &["AD036"],
        object: "is_it(text)",
        bad: "create function app.is_it(t text) returns boolean language plpgsql cost 0.0001 leakproof set search_path = ''
                as $$ begin raise notice '%', t; return true; end $$;",
        good: "create function app.is_it(t text) returns boolean language plpgsql cost 0.0001 set search_path = ''
                as $$ begin raise notice '%', t; return true; end $$;",
        role: "authenticated",
        probe: "explain (costs off) select id from app.jobs where app.is_it(title)",
    },
    Pair {
        name: "fk_existence_oracle",
        codes: &["AD038"],
        object: "notes_job_id_fkey",
        bad: "create table app.notes (id bigint primary key, user_id uuid, job_id bigint references app.jobs); create index on app.notes (job_id);
              alter table app.notes enable row level security; grant select, insert on app.notes to authenticated;
              create policy own on app.notes for select to authenticated using (user_id = (select auth.uid()));
              create policy add on app.notes for insert to authenticated with check (user_id = (select auth.uid()));",
        good: "create table app.notes (id bigint primary key, user_id uuid, job_id bigint references app.jobs); create index on app.notes (job_id);
              alter table app.notes enable row level security; grant select, insert on app.notes to authenticated;
              create policy own on app.notes for select to authenticated using (user_id = (select auth.uid()));
              create policy add on app.notes for insert to authenticated
                with check (user_id = (select auth.uid()) and exists (select from app.jobs j where j.id = notes.job_id));",
        role: "authenticated",
        probe: "insert into app.notes values (1, 'aaaaaaaa-0000-0000-0000-000000000000', 2)",
    },
    Pair {
        name: "secret_under_whole_table_grant",
        codes: &["AD039"],
        object: "lease_token",
        bad: "alter table app.jobs add column lease_token uuid;",
        good: "alter table app.jobs add column lease_token uuid;
               revoke select on app.jobs from authenticated; grant select (id, tenant_id, title) on app.jobs to authenticated;",
        role: "authenticated",
        probe: "select lease_token from app.jobs",
    },
];

/// Runs a probe as a role and says what came of it: values, rows, or the error.
async fn tried(client: &Client, pair: &Pair) -> String {
    client.batch_execute("begin").await.unwrap();
    let as_whom = format!(
        "select set_config('request.jwt.claim.sub', '{}', true); set local role {}",
        if pair.role == "anon" { "" } else { "aaaaaaaa-0000-0000-0000-000000000000" },
        pair.role
    );
    client.batch_execute(&as_whom).await.unwrap();
    let result = match client.simple_query(pair.probe).await {
        Ok(messages) => {
            let shown = messages.iter().map(|message| match message {
                SimpleQueryMessage::Row(row) => (0..row.len()).map(|n| row.get(n).unwrap_or("null")).collect(),
                SimpleQueryMessage::CommandComplete(rows) => format!("{rows} rows"),
                _ => String::new(),
            });
            shown.collect::<Vec<_>>().join("\n")
        }
        Err(error) => format!("error {}", error.code().unwrap().code()),
    };
    client.batch_execute("rollback").await.unwrap();
    result
}

#[tokio::test]
async fn every_mistake_is_named_and_no_repair() {
    assert_eq!(PAIRS.len(), 37);
    let mut wrong = Vec::new();
    for few in PAIRS.chunks(4) {
        wrong.extend(join_all(few.iter().map(what_is_wrong)).await.concat());
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

async fn what_is_wrong(pair: &Pair) -> Vec<String> {
    let mut wrong = Vec::new();
    let bad = database(&format!("{BASE}{}", pair.bad)).await;
    let good = database(&format!("{BASE}{}", pair.good)).await;
    let (one, other) = (tried(&bad.connect().await, pair).await, tried(&good.connect().await, pair).await);
    if one == other {
        wrong.push(format!("{}: both behave the same: {one}", pair.name));
    }
    let found = advice(&bad, &Options::default()).await;
    let named = |code: &str| {
        found.findings.iter().any(|f| f.code == code && f.object.as_ref().is_some_and(|o| o.name == pair.object))
    };
    if !pair.codes.iter().all(|code| named(code)) {
        wrong.push(format!("{}: not named in {:#?}", pair.name, found.findings));
    }
    let repaired = advice(&good, &Options::default()).await;
    if !repaired.findings.is_empty() || !repaired.not_evaluated.is_empty() {
        wrong.push(format!("{}: the repair gives {:#?}{:?}", pair.name, repaired.findings, repaired.not_evaluated));
    }
    wrong
}

#[tokio::test]
async fn what_postgresql_refuses_is_no_mistake() {
    // Without WITH CHECK, a policy for INSERT lets no row in.
    let db = database(&format!(
        "{BASE}grant insert on app.jobs to authenticated; create policy add on app.jobs for insert to authenticated;"
    ))
    .await;
    let pair = Pair {
        name: "control",
        codes: &[],
        object: "",
        bad: "",
        good: "",
        role: "authenticated",
        probe: "insert into app.jobs values (9, '11111111-0000-0000-0000-000000000000')",
    };
    assert_eq!(tried(&db.connect().await, &pair).await, "error 42501");
    let found = advice(&db, &Options::default()).await;
    assert_eq!(found.findings, []);
    assert_eq!(found.not_evaluated, []);
}
