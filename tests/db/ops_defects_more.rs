//! The defects of the SQL that the bundle comes from, continued: numbers 12 to 21.
//!
//! Number 20, a dead worker's run that stays in flight for ever, is in `queue_leases`.

use std::fs;

use serde_json::json;

use crate::ops_catalog::catalog;
use crate::ops_fixtures::{
    DEVELOPER, ONE, OUTSIDER, OWNER, VIEWER, act_as, act_as_superuser, become_role, queue, run_in,
};
use crate::ops_support::{apply, attempt, bundle, call, code, column, one, rows, run};
use crate::support::TestDb;

#[tokio::test]
async fn defect_12_public_has_nothing_and_users_have_what_they_need() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    let of_public = "
        select 'function ' || p.oid::regprocedure
        from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        where p.pronamespace = 'ops'::regnamespace and a.grantee = 0
        union all
        select 'relation ' || c.oid::regclass from pg_class c, aclexplode(c.relacl) a
        where c.relnamespace = 'ops'::regnamespace and a.grantee = 0
        union all
        select 'schema' from pg_namespace n, aclexplode(n.nspacl) a where n.nspname = 'ops' and a.grantee = 0";
    assert_eq!(column(&client, of_public).await, Vec::<String>::new());
    act_as(&client, VIEWER).await;
    attempt(&client, "select ops.claim_next_run('w1')").await.expect_refused("42501");
    attempt(&client, "select * from ops.runs").await.expect_rows(1);
    become_role(&client, "service_role", "").await;
    attempt(&client, "select ops.claim_next_run('w1')").await.expect_rows(1);
}

/// Everything that a function might find in the caller's `search_path`, or in `pg_temp`, is a trap here.
#[tokio::test]
async fn defect_13_no_function_follows_the_callers_search_path() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let unpinned = "select oid::regprocedure from pg_proc where pronamespace = 'ops'::regnamespace
                    and not coalesce(proconfig, '{}') @> array['search_path=pg_catalog, pg_temp']";
    assert_eq!(column(&client, unpinned).await, Vec::<String>::new());

    client
        .batch_execute(
            "create schema trap;
             create function trap.current_setting(text, boolean) returns text language plpgsql as $$ begin raise 'trapped'; end $$;
             create function trap.has_table_privilege(oid, text) returns boolean language plpgsql as $$ begin raise 'trapped'; end $$;
             create function trap.now() returns timestamptz language plpgsql as $$ begin raise 'trapped'; end $$;
             create function trap.btrim(text) returns text language plpgsql as $$ begin raise 'trapped'; end $$;
             create function trap.equal(text, text) returns boolean language plpgsql as $$ begin raise 'trapped'; end $$;
             create operator trap.= (leftarg = text, rightarg = text, function = trap.equal);
             grant usage on schema trap to authenticated, service_role;
             create domain pg_temp.uuid as pg_catalog.uuid check (false);
             create domain pg_temp.jsonb as pg_catalog.jsonb check (false);
             create domain pg_temp.text as pg_catalog.text check (false);
             set search_path = trap, pg_catalog;",
        )
        .await
        .unwrap();
    for trap in ["select now()", "select btrim('x'::pg_catalog.text)", "select 'a'::pg_catalog.text = 'b'"] {
        attempt(&client, trap).await.expect_refused("P0001");
    }
    attempt(&client, "set local search_path = default; select 'x'::text").await.expect_refused("23514");

    act_as(&client, DEVELOPER).await;
    let run_id = queue(&client).await;
    for function in [
        "claim_next_run('w1')".to_owned(),
        format!("start_workflow_run('{run_id}', 'w1')"),
        format!("append_run_log('{run_id}', 'info', 'm')"),
        format!("add_run_artifact('{run_id}', 'k', 'u')"),
        format!("complete_workflow_run('{run_id}', 0, null, 'w1')"),
        format!("cancel_run('{run_id}')"),
        "purge_run_events(pg_catalog.now())".to_owned(),
    ] {
        become_role(&client, "service_role", "").await;
        // The second time round, what trapped nothing at first is parsed with pg_temp in front.
        assert_ne!(code(&call(&client, &function).await), "run_not_found", "{function}");
    }
    act_as(&client, DEVELOPER).await;
    let second = queue(&client).await;
    become_role(&client, "service_role", "").await;
    for direct in [
        format!("insert into ops.run_events (run_id, event_type, message) values ('{second}', 'info', 'm')"),
        format!("update ops.runs set status = 'canceled' where id = '{second}'"),
    ] {
        run(&client, &direct).await.expect_rows(1);
    }
    for user in [OWNER, OUTSIDER] {
        act_as(&client, user).await;
        attempt(&client, "select * from ops.projects").await.expect_rows(1);
        attempt(&client, "select * from ops.list_queued_runs()").await.expect_rows(0);
    }
}

#[tokio::test]
async fn defect_14_both_settings_of_the_claim_are_read() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    let claims = format!(r#"{{"sub": "{OWNER}"}}"#);
    for (setting, value, user) in [
        ("request.jwt.claims", claims.as_str(), OWNER),
        ("request.jwt.claims", r#"{"sub": "nobody"}"#, "null"),
        ("request.jwt.claims", "no json", "null"),
        ("request.jwt.claim.sub", OWNER, OWNER),
        ("request.jwt.claim.sub", "nobody", "null"),
    ] {
        client.batch_execute("begin; set local role authenticated").await.unwrap();
        one(&client, &format!("select set_config('{setting}', '{value}', true)")).await;
        assert_eq!(one(&client, "select ops.current_user_id()").await, user, "{setting} {value}");
        let projects = if user == OWNER { "1" } else { "0" };
        assert_eq!(one(&client, "select count(*) from ops.projects").await, projects, "{setting} {value}");
        client.batch_execute("rollback").await.unwrap();
    }
}

#[tokio::test]
async fn defect_15_a_run_is_completed_by_its_worker_once() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let run_id = run_in(&client, "running").await;
    let complete =
        |exit_code: i32, worker: &str| format!("complete_workflow_run('{run_id}', {exit_code}, null, {worker})");
    assert_eq!(code(&call(&client, &complete(0, "'w2'")).await), "not_claimed_by_worker");
    let first = call(&client, &complete(0, "'w1'")).await;
    let second = call(&client, &complete(0, "'w1'")).await;
    assert_eq!([&first["already_completed"], &second["already_completed"]], [&json!(false), &json!(true)]);
    assert_eq!(first["finished_at"], second["finished_at"]);
    assert_eq!(code(&call(&client, &complete(1, "'w1'")).await), "completion_conflict");
    assert_eq!(code(&call(&client, &complete(1, "null")).await), "completion_conflict");
}

#[tokio::test]
async fn defect_16_an_unknown_run_is_an_answer_not_an_error() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for function in [
        "start_workflow_run(gen_random_uuid(), 'w1')",
        "complete_workflow_run(gen_random_uuid(), 0)",
        "append_run_log(gen_random_uuid(), 'info', 'm')",
        "add_run_artifact(gen_random_uuid(), 'k', 'u')",
        "cancel_run(gen_random_uuid())",
    ] {
        assert_eq!(code(&call(&client, function).await), "run_not_found", "{function}");
    }
}

#[tokio::test]
async fn defect_17_events_are_not_forged() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    client.batch_execute("grant all on ops.run_events to service_role").await.unwrap();
    for role in ["none", "service_role"] {
        become_role(&client, role, "").await;
        for forgery in [
            "update ops.run_events set message = 'forged'",
            "delete from ops.run_events",
            "truncate ops.run_events",
            "truncate ops.runs cascade",
            "insert into ops.run_events (run_id, event_type, message)
             select id, 'state_change', 'forged' from ops.runs",
        ] {
            let outcome = attempt(&client, forgery).await;
            match (role, forgery) {
                ("service_role", "truncate ops.runs cascade") => outcome.expect_refused("42501"),
                _ => outcome.expect_refused("55000"),
            }
        }
        attempt(
            &client,
            "insert into ops.run_events (run_id, event_type, message) select id, 'info', 'm' from ops.runs",
        )
        .await
        .expect_rows(2);
    }
    // The two ways out: the run goes, or retention comes, for what has ended.
    let (purge, events) = ("purge_run_events(now() + interval '1 day')", "select count(*) from ops.run_events");
    assert_eq!(call(&client, purge).await["deleted"], 0);
    call(&client, &format!("cancel_run('{}')", ONE.run)).await;
    assert_eq!(call(&client, purge).await["deleted"], 2);
    attempt(&client, "delete from ops.run_events").await.expect_refused("55000");
    become_role(&client, "none", "").await;
    run(&client, "delete from ops.runs").await.expect_rows(2);
    assert_eq!(one(&client, events).await, "0");
}

#[tokio::test]
async fn defect_18_runs_that_tie_have_an_order_and_an_index_that_serves_it() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    client
        .batch_execute(&format!(
            "insert into ops.runs (project_id, workflow_id) select '{}', '{}' from generate_series(1, 1000);
             analyze ops.runs;",
            ONE.id, ONE.workflow
        ))
        .await
        .unwrap();
    assert_eq!(one(&client, "select count(distinct created_at) from ops.runs").await, "1");
    let by_id = column(&client, "select id from ops.runs order by id limit 5").await;
    // A connection counts its scans since it began.
    let client = db.connect().await;
    client.batch_execute("begin").await.unwrap();
    for run_id in by_id {
        assert_eq!(call(&client, "claim_next_run('w1')").await["run_id"], json!(run_id));
    }
    let scans = "select pg_stat_get_xact_numscans('ops.runs'::regclass),
                        pg_stat_get_xact_numscans('ops.run_queue_ready_idx'::regclass) >= 5";
    assert_eq!(rows(&client, scans).await, [["0", "t"]], "no scan of the table, but of the index");
    client.batch_execute("rollback").await.unwrap();
    let plan = "explain select run_id from ops.run_queue where lane_id is null and due_at is null and not in_flight
                order by priority, created_at, run_id limit 1 for no key update skip locked";
    let plan = column(&client, plan).await.join("\n");
    assert!(plan.contains("run_queue_ready_idx") && !plan.contains("Sort"), "{plan}");
}

/// An index is superfluous when another begins with the same columns, under the same predicate, and it is not the one
/// that makes them unique.
#[tokio::test]
async fn defect_19_no_index_does_anothers_work() {
    const SUPERFLUOUS: &str = "
        select a.indexrelid::regclass
        from pg_index a
        join pg_index b on b.indrelid = a.indrelid and b.indexrelid <> a.indexrelid
        join pg_class ca on ca.oid = a.indexrelid
        join pg_class cb on cb.oid = b.indexrelid and cb.relam = ca.relam
        where ca.relnamespace = 'ops'::regnamespace
          and b.indkey::text || ' ' like a.indkey::text || ' %'
          and b.indclass::text || ' ' like a.indclass::text || ' %'
          and b.indoption::text || ' ' like a.indoption::text || ' %'
          and pg_get_expr(a.indexprs, a.indrelid) is not distinct from pg_get_expr(b.indexprs, b.indrelid)
          and (b.indpred is null or pg_get_expr(a.indpred, a.indrelid) = pg_get_expr(b.indpred, b.indrelid))
          and (not a.indisunique or (b.indisunique and a.indnkeyatts = b.indnkeyatts))
        order by 1";
    let db = TestDb::with_bundle().await;
    let client = db.connect().await;
    assert_eq!(column(&client, SUPERFLUOUS).await, Vec::<String>::new());
    // The source's own, which the question must find.
    client
        .batch_execute(
            "create index idx_ops_projects_slug on ops.projects (slug);
             create index idx_ops_projects_status on ops.projects (slug) where status = 'active';
             create index idx_ops_runs_queued on ops.run_queue (priority, created_at, run_id)
               where lane_id is null and due_at is null and not in_flight;",
        )
        .await
        .unwrap();
    let found = column(&client, SUPERFLUOUS).await;
    for index in ["idx_ops_projects_slug", "idx_ops_projects_status", "idx_ops_runs_queued"] {
        assert!(found.contains(&format!("ops.{index}")), "{index}: {found:?}");
    }
}

/// That a down with rows in its tables asks first is the runner's part, and is tested there.
#[tokio::test]
async fn defect_21_each_down_takes_back_its_up_and_nothing_else() {
    for (up, down) in bundle() {
        let sql = fs::read_to_string(&down).unwrap();
        let code = sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join(" ");
        assert!(!code.to_lowercase().contains("cascade"), "{}", down.display());
        assert!(up.exists());
    }
    for db in [TestDb::new().await, TestDb::with_agent_tables().await] {
        let client = db.connect().await;
        let mut before = vec![catalog(&client).await];
        for (up, down) in bundle() {
            apply(&client, &up).await.unwrap();
            let after = catalog(&client).await;
            apply(&client, &down).await.unwrap();
            assert_eq!(catalog(&client).await, *before.last().unwrap(), "{}", down.display());
            apply(&client, &up).await.unwrap();
            assert_eq!(catalog(&client).await, after, "{}", up.display());
            before.push(after);
        }
        for (_, down) in bundle().iter().rev() {
            before.pop();
            apply(&client, down).await.unwrap();
            assert_eq!(catalog(&client).await, *before.last().unwrap(), "{}", down.display());
        }
    }
}

#[tokio::test]
async fn defect_21_a_down_stops_at_what_others_attached() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    client
        .batch_execute(
            "create view public.of_others as select id from ops.runs;
             create table public.by_others (project_id uuid references ops.projects);",
        )
        .await
        .unwrap();
    let mut refused = 0;
    for (_, down) in bundle().iter().rev() {
        if down.to_str().unwrap().contains("core_schema") {
            for attached in ["view public.of_others", "table public.by_others"] {
                let error = apply(&client, down).await.unwrap_err();
                assert_eq!(error.code().unwrap().code(), "2BP01");
                client.batch_execute(&format!("drop {attached}")).await.unwrap();
                refused += 1;
            }
        }
        apply(&client, down).await.unwrap();
        if down.to_str().unwrap().contains("rls_policies") {
            // Row level security is off again, but the tables are not open: the rights went with the policies.
            for role in ["anon", "authenticated", "service_role"] {
                become_role(&client, role, "").await;
                attempt(&client, "select * from ops.projects").await.expect_refused("42501");
            }
            act_as_superuser(&client).await;
        }
    }
    assert_eq!(refused, 2);
}
