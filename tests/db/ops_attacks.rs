//! What somebody with bad intentions tries, beyond the defects of the SQL that the bundle comes from.

use std::time::Instant;

use crate::ops_catalog::catalog;
use crate::ops_fixtures::{ADMIN, DEVELOPER, ONE, OWNER, act_as, become_role};
use crate::ops_support::{apply, apply_bundle, attempt, bundle, call, code, column, one, run, until_blocked};
use crate::support::TestDb;

/// The trigger that guards state changes lets the trigger on `runs` pass: nobody passes in its place by nesting.
#[tokio::test]
async fn no_state_change_is_forged_from_within_a_trigger_of_ones_own() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    become_role(&client, "service_role", "").await;
    client
        .batch_execute(
            "create temp table mine (id integer);
             create function pg_temp.forge() returns trigger language plpgsql as $$
             begin
               insert into ops.run_events (run_id, event_type, message)
               select id, 'state_change', 'forged' from ops.runs;
               return null;
             end $$;
             create trigger forge after insert on mine for each row execute function pg_temp.forge();",
        )
        .await
        .unwrap();
    attempt(&client, "insert into mine values (1)").await.expect_refused("55000");
    attempt(&client, "update ops.runs set status = 'canceled'").await.expect_rows(2);
}

/// Each way to write a row that would make an owner out of an admin, or something less out of an owner.
#[tokio::test]
async fn no_form_of_writing_gets_past_the_owners_policies() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let one = ONE.id;
    for statement in [
        format!(
            "insert into ops.project_memberships (project_id, user_id, role) values ('{one}', '{ADMIN}', 'admin')
             on conflict (project_id, user_id) do update set role = 'owner'"
        ),
        format!(
            "insert into ops.project_memberships (project_id, user_id, role) values ('{one}', '{OWNER}', 'admin')
             on conflict (project_id, user_id) do update set role = 'viewer'"
        ),
        format!(
            "merge into ops.project_memberships m using (values (1)) v on m.user_id = '{ADMIN}'
             when matched then update set role = 'owner'"
        ),
        format!(
            "merge into ops.project_memberships m using (values (1)) v on m.user_id = '{OWNER}'
             when matched then delete"
        ),
    ] {
        act_as(&client, ADMIN).await;
        attempt(&client, &statement).await.expect_refused("42501");
    }
}

/// What the functions refuse, a row that is written directly does not get in either.
#[tokio::test]
async fn json_of_another_type_and_blank_names_are_refused_everywhere() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    act_as(&client, OWNER).await;
    let (project, workflow) = (ONE.id, ONE.workflow);
    for (statement, constraint) in [
        ("update ops.projects set config = 'null'".to_owned(), "projects_config_check"),
        ("update ops.projects set name = ' '".to_owned(), "projects_name_check"),
        ("update ops.workflows set config = '[]'".to_owned(), "workflows_config_check"),
        ("update ops.workflows set name = repeat('x', 1001)".to_owned(), "workflows_name_check"),
        (
            format!("insert into ops.runs (project_id, workflow_id, metadata) values ('{project}', '{workflow}', '1')"),
            "runs_metadata_check",
        ),
    ] {
        attempt(&client, &statement).await.expect_refused(constraint);
    }
    become_role(&client, "service_role", "").await;
    for (statement, constraint) in [
        ("update ops.runs set metadata = 'null'", "runs_metadata_check"),
        ("update ops.run_artifacts set metadata = '[]'", "run_artifacts_metadata_check"),
        ("update ops.tools set config = 'true'", "tools_config_check"),
        (
            "insert into ops.run_logs (run_id, log_level, message, metadata)
             select id, 'info', 'm', '[]' from ops.runs",
            "run_logs_metadata_check",
        ),
        (
            "insert into ops.run_events (run_id, event_type, message, payload)
             select id, 'info', 'm', '[]' from ops.runs",
            "run_events_payload_check",
        ),
    ] {
        attempt(&client, statement).await.expect_refused(constraint);
    }
}

/// PostgreSQL's text parser takes a time that grows with the square of some texts: uncut, one line of a build's output
/// kept a processor busy for minutes.
#[tokio::test]
async fn no_line_of_a_log_takes_long_to_index() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    become_role(&client, "service_role", "").await;
    for text in ["a_", "_a", "1e@", "a@1", "~/", "/.", "a-", "1."] {
        let started = Instant::now();
        let line = format!("append_run_log('{}', 'info', repeat('{text}', 500000))", ONE.run);
        assert_eq!(code(&call(&client, &line).await), "success");
        assert!(started.elapsed().as_secs() < 10, "{text}: {:?}", started.elapsed());
    }
}

/// A run that is queued while its workflow, or the whole project, goes away.
#[tokio::test]
async fn queueing_for_what_is_being_deleted_is_an_answer() {
    for (deletion, queued) in [
        (format!("delete from ops.projects where id = '{}'", ONE.id), ONE.workflow),
        (format!("delete from ops.workflows where id = '{}'", ONE.idle_workflow), ONE.idle_workflow),
    ] {
        let db = TestDb::with_rows().await;
        let (deleting, queueing) = (db.connect().await, db.connect().await);
        deleting.batch_execute(&format!("begin; {deletion}")).await.unwrap();
        let pid = one(&queueing, "select pg_backend_pid()").await;
        act_as(&queueing, DEVELOPER).await;
        let enqueue = format!("enqueue_run('{}', '{queued}')", ONE.id);
        let (answer, ()) = tokio::join!(call(&queueing, &enqueue), async {
            until_blocked(&deleting, &pid).await;
            deleting.batch_execute("commit").await.unwrap();
        });
        assert_eq!(code(&answer), "workflow_not_found", "{deletion}");
    }
}

/// Retention and the deletion of runs reach the same events from two sides. Retention waits for nobody.
#[tokio::test]
async fn retention_does_not_wait_for_runs_that_are_being_deleted() {
    let db = TestDb::with_rows().await;
    let (deleting, purging) = (db.connect().await, db.connect().await);
    deleting.batch_execute("update ops.runs set status = 'canceled'").await.unwrap();
    deleting.batch_execute(&format!("begin; delete from ops.runs where id = '{}'", ONE.run)).await.unwrap();
    purging.batch_execute("set lock_timeout = '5s'").await.unwrap();
    let purge = "purge_run_events(now() + interval '1 day')";
    assert_eq!(call(&purging, purge).await["deleted"], 2, "those of the other run");
    deleting.batch_execute("rollback").await.unwrap();
    assert_eq!(call(&purging, purge).await["deleted"], 2);
}

/// A schema that was here before, with what common recipes grant in it and by default: `anon` and the others end with no
/// more than on a fresh database, and the way back restores it all.
#[tokio::test]
async fn generous_grants_and_default_privileges_open_nothing() {
    let fresh = TestDb::with_bundle().await;
    let db = TestDb::new().await;
    let client = db.connect().await;
    client
        .batch_execute(
            "create schema auth;
             create table auth.users (id uuid primary key, encrypted_password text);
             create schema ops;
             grant all on schema ops to public, anon, authenticated;
             grant all on schema ops to service_role with grant option;
             alter default privileges grant all on schemas to anon, authenticated, service_role;
             alter default privileges in schema ops grant all on tables to anon, authenticated, service_role;
             alter default privileges in schema ops grant all on sequences to anon, authenticated, service_role;
             alter default privileges in schema ops grant all on functions to anon, authenticated, service_role;",
        )
        .await
        .unwrap();
    let before = catalog(&client).await;
    apply_bundle(&client).await;

    let rights = "
        select concat_ws(' ', a.grantee::regrole, c.oid::regclass, a.privilege_type)
        from pg_class c, aclexplode(c.relacl) a
        where c.relnamespace = 'ops'::regnamespace and a.grantee <> c.relowner
        union all
        select concat_ws(' ', a.grantee::regrole, p.oid::regprocedure, a.privilege_type)
        from pg_proc p, aclexplode(p.proacl) a
        where p.pronamespace = 'ops'::regnamespace and a.grantee <> p.proowner
        order by 1";
    assert_eq!(column(&client, rights).await, column(&fresh.connect().await, rights).await);
    let create = "select rolname from pg_roles r where rolname in ('anon', 'authenticated', 'service_role')
                  and has_schema_privilege(r.oid, 'ops', 'create')";
    assert_eq!(column(&client, create).await, Vec::<String>::new());

    // Again, where it ran before: what an administrator granted since then stays, and is not recorded.
    apply(&client, &bundle()[0].0).await.unwrap();
    for (_, down) in bundle().iter().rev() {
        apply(&client, down).await.unwrap();
    }
    assert_eq!(catalog(&client).await, before);
    run(&client, "set role service_role; create table ops.mine (); reset role").await;
    assert_eq!(one(&client, "select to_regclass('ops.mine') is not null").await, "t");
}
