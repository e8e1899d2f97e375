//! Rights that the matrix of `ops_rls` does not show: columns, functions, moves between projects, who somebody is.

use std::collections::BTreeSet;

use tokio_postgres::Client;

use crate::ops_fixtures::{ADMIN, DEVELOPER, ONE, OUTSIDER, OWNER, TWO, VIEWER, act_as, act_as_superuser, become_role};
use crate::ops_support::{Outcome, TABLES, attempt, column, one, rows, run, until_blocked};
use crate::support::TestDb;

// Columns --------------------------------------------------------------------------------------------------------------

/// The columns that users may write, of all there are. No table but these is written by users.
const WRITABLE: &str = "
  workflows            insert  project_id workflow_type name description enabled git_ref git_commit config
  runs                 insert  project_id workflow_id idempotency_key priority metadata labels run_after max_attempts retry_delay_seconds environment_id git_ref git_commit
  environments         insert  project_id slug name description config
  environments         update  slug name description config
  project_memberships  insert  project_id user_id role
  projects             update  slug name description odoo_version status config
  workflows            update  workflow_type name description enabled git_ref git_commit config
  project_memberships  update  role
";

/// Authority, order and time are not the user's to write: tried with every column of every table, as an owner. No row
/// is written: what is asked is whether the statement may name the column.
#[tokio::test]
async fn users_write_no_other_columns() {
    let mut writable = BTreeSet::new();
    for line in WRITABLE.lines().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        writable.extend(words[2..].iter().map(|column| format!("{} {} {column}", words[0], words[1])));
    }
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    let statements = rows(
        &client,
        "select format('%s %s %s', c.relname, s.command, a.attname), s.sql
         from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         cross join lateral (values
           ('insert', format('insert into ops.%I (%I) %s', c.relname, a.attname,
              case a.attidentity when '' then format('select null::%s where false', a.atttypid::regtype)
                                 else 'values (default)' end)),
           ('update', format('update ops.%I set %I = default where false', c.relname, a.attname))
         ) s (command, sql)
         where c.relnamespace = 'ops'::regnamespace and c.relkind = 'r'",
    )
    .await;
    act_as(&client, OWNER).await;
    for statement in &statements {
        let expected = if writable.remove(&statement[0]) { "none" } else { "42501" };
        assert_eq!(attempt(&client, &statement[1]).await.cell(), expected, "{}", statement[1]);
    }
    assert!(writable.is_empty(), "no such column: {writable:?}");
}

#[tokio::test]
async fn a_row_stays_in_its_project() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    // The developer of project one, and the trusted role, which row level security does not hold.
    let join = format!(
        "insert into ops.project_memberships (project_id, user_id, role) values ('{}', '{DEVELOPER}', 'owner')",
        TWO.id
    );
    client.batch_execute(&join).await.unwrap();
    let (one_id, two) = (ONE.id, TWO.id);
    for (user, service_role, sql) in [
        (
            "42501",
            "23503",
            format!("update ops.workflows set project_id = '{two}', name = 'moved' where id = '{}'", ONE.workflow),
        ),
        ("42501", "protect_run_identity", format!("update ops.runs set project_id = '{two}' where id = '{}'", ONE.run)),
        (
            "42501",
            "keep_project_owner",
            format!("update ops.project_memberships set project_id = '{two}' where user_id = '{OWNER}'"),
        ),
        (
            "23503",
            "23503",
            format!("insert into ops.runs (project_id, workflow_id) values ('{one_id}', '{}')", TWO.workflow),
        ),
    ] {
        act_as(&client, DEVELOPER).await;
        attempt(&client, &sql).await.expect_refused(user);
        become_role(&client, "service_role", "").await;
        attempt(&client, &sql).await.expect_refused(service_role);
    }
}

// The last owner -------------------------------------------------------------------------------------------------------

/// Two owners leave at the same moment, each in a transaction that sees the other. One of them must fail.
async fn two_owners_leave(isolation: &str, first: &str, second: &str, expected: &str) {
    let db = TestDb::with_projects().await;
    let observer = db.connect().await;
    let promote = format!("update ops.project_memberships set role = 'owner' where user_id = '{ADMIN}'");
    run(&observer, &promote).await.expect_rows(1);

    let (a, b) = (db.connect().await, db.connect().await);
    act_as(&a, OWNER).await;
    act_as(&b, ADMIN).await;
    for (client, sql) in [(&a, first), (&b, second)] {
        client.batch_execute(&format!("begin isolation level {isolation}")).await.unwrap();
        run(client, sql).await.expect_rows(1);
    }
    // The first one's check has passed, and its transaction is open: the second has to wait for it.
    run(&a, "set constraints all immediate").await.expect_rows(0);
    let pid = one(&b, "select pg_backend_pid()").await;
    let (outcome, ()) = tokio::join!(run(&b, "commit"), async {
        until_blocked(&observer, &pid).await;
        a.batch_execute("commit").await.unwrap();
    });
    outcome.expect_refused(expected);
    let owners =
        format!("select user_id from ops.project_memberships where project_id = '{}' and role = 'owner'", ONE.id);
    assert_eq!(column(&observer, &owners).await, [ADMIN]);
}

#[tokio::test]
async fn of_two_owners_who_leave_at_once_one_stays() {
    let leave = |user| format!("delete from ops.project_memberships where user_id = '{user}'");
    let step_down = |user| format!("update ops.project_memberships set role = 'viewer' where user_id = '{user}'");
    two_owners_leave("read committed", &leave(OWNER), &leave(ADMIN), "keep_project_owner").await;
    two_owners_leave("read committed", &leave(OWNER), &step_down(ADMIN), "keep_project_owner").await;
    two_owners_leave("repeatable read", &leave(OWNER), &leave(ADMIN), "40001").await;
    two_owners_leave("serializable", &step_down(OWNER), &leave(ADMIN), "40001").await;
}

#[tokio::test]
async fn ownership_changes_hands_in_one_transaction_and_is_never_lost() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let set = |user, role| format!("update ops.project_memberships set role = '{role}' where user_id = '{user}';");
    let (down, up) = (set(OWNER, "viewer"), set(ADMIN, "owner"));
    act_as(&client, OWNER).await;
    attempt(&client, &format!("{up} {down}")).await.expect_rows(2);
    attempt(&client, &down).await.expect_refused("keep_project_owner");

    become_role(&client, "service_role", "").await;
    attempt(&client, &format!("{down} {up}")).await.expect_rows(2);
    let all = format!("delete from ops.project_memberships where project_id = '{}'", ONE.id);
    attempt(&client, &all).await.expect_refused("keep_project_owner");
    attempt(&client, &format!("delete from ops.projects where id = '{}'", ONE.id)).await.expect_rows(1);

    act_as_superuser(&client).await;
    let user = format!("delete from auth.users where id = '{OWNER}'");
    attempt(&client, &user).await.expect_refused("keep_project_owner");
}

// Functions ------------------------------------------------------------------------------------------------------------

/// Every function and who may call it, besides its owner. Nobody calls a trigger's function.
const CALLABLE: &str = "
  add_run_artifact                service_role
  admit_run                       -
  append_run_log                  service_role
  append_run_logs                 service_role
  cancel_run                      authenticated service_role
  check_direct_event              service_role
  claim_and_start_runs            service_role
  claim_batch                     -
  claim_next_run                  service_role
  claim_next_runs                 service_role
  claim_runs                      -
  complete_workflow_run           service_role
  complete_workflow_runs          service_role
  create_environment_run          service_role
  create_project                  authenticated service_role
  current_user_id                 authenticated service_role
  current_user_role               authenticated service_role
  end_attempt                     -
  enqueue_run                     authenticated service_role
  explain_run                     authenticated service_role
  file_run                        -
  get_claimed_run                 service_role
  guard_direct_change             service_role
  guard_run                       -
  heartbeat_run                   service_role
  keep_project_owner              -
  lane_of                         -
  list_queued_runs                authenticated service_role
  my_project_ids                  authenticated service_role
  next_claim_token                service_role
  next_run_ref                    -
  number_run                      -
  output_refusal                  -
  pick_runs                       -
  promote_due_runs                -
  protect_run_events              -
  protect_state_changes           -
  purge_run_events                service_role
  purge_run_logs                  service_role
  purge_runs                      service_role
  queue_health                    service_role
  queue_retry                     -
  reap_expired_runs               service_role
  record_status_change            -
  refile_runs                     -
  refusal                         -
  remember_walk                   -
  renew_claim_hint                -
  report_worker                   service_role
  requeue_run                     -
  retry_run                       authenticated service_role
  run_matches_status              authenticated service_role
  set_project_queue               service_role
  set_updated_at                  -
  start_workflow_run              service_role
  start_workflow_runs             service_role
  step_payload                    -
  take_run                        -
  take_runs                       -
  tell_waiters                    -
  unqueue_deleted_runs            -
  validate_run                    -
";

#[tokio::test]
async fn functions_are_called_by_those_who_need_them_and_not_by_public() {
    let db = TestDb::with_bundle().await;
    let client = db.connect().await;
    let grants = "
        select p.proname || ' ' || coalesce(
          string_agg(case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end, ' ' order by a.grantee::regrole::text)
            filter (where a.grantee <> p.proowner), '-')
        from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        where p.pronamespace = 'ops'::regnamespace
        group by p.oid, p.proname order by p.proname";
    let expected: Vec<String> = CALLABLE
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(column(&client, grants).await, expected);
}

#[tokio::test]
async fn no_user_calls_a_worker_function() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    let run_id = ONE.run;
    for function in [
        "claim_next_run('w1')".to_owned(),
        format!("start_workflow_run('{run_id}', 'w1')"),
        format!("complete_workflow_run('{run_id}', 0)"),
        format!("append_run_log('{run_id}', 'info', 'm')"),
        format!("add_run_artifact('{run_id}', 'k', 'u')"),
        "purge_run_events(now())".to_owned(),
    ] {
        let sql = format!("select ops.{function}");
        for user in [VIEWER, DEVELOPER, ADMIN, OWNER] {
            act_as(&client, user).await;
            attempt(&client, &sql).await.expect_refused("42501");
        }
        become_role(&client, "anon", "").await;
        attempt(&client, &sql).await.expect_refused("42501");
        become_role(&client, "service_role", "").await;
        attempt(&client, &sql).await.expect_rows(1);
    }
}

#[tokio::test]
async fn the_queue_shows_each_caller_the_runs_they_see() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    let queue = "select run_id from ops.list_queued_runs() order by run_id";
    for (user, expected) in [(VIEWER, ONE.run), (OUTSIDER, TWO.run)] {
        act_as(&client, user).await;
        assert_eq!(column(&client, queue).await, [expected]);
    }
    become_role(&client, "service_role", "").await;
    assert_eq!(column(&client, queue).await, [ONE.run, TWO.run]);
}

// Tables and policies --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn every_table_has_row_level_security_and_policies_for_users_only() {
    let db = TestDb::with_bundle().await;
    let client = db.connect().await;
    let mut tables = TABLES;
    tables.sort_unstable();
    let with_rls = "select relname from pg_class
                    where relnamespace = 'ops'::regnamespace and relkind in ('r', 'p') and relrowsecurity order by 1";
    assert_eq!(column(&client, with_rls).await, tables);
    let with_policies = "select distinct tablename from pg_policies where schemaname = 'ops' order by 1";
    assert_eq!(column(&client, with_policies).await, tables);
    let roles = "select distinct roles from pg_policies where schemaname = 'ops'";
    assert_eq!(column(&client, roles).await, ["{authenticated}"]);
}

// Who somebody is ------------------------------------------------------------------------------------------------------

/// The user that the database takes the caller for, and how many projects are shown.
async fn known_as(client: &Client) -> (String, String) {
    let user = one(client, "select ops.current_user_id()").await;
    (user, one(client, "select count(*) from ops.projects").await)
}

#[tokio::test]
async fn malformed_claims_mean_nobody() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!(r#"{{"sub": "{}"}}"#, "a".repeat(100_000));
    for claims in [
        "",
        " ",
        "x",
        "{",
        "null",
        "true",
        "42",
        "[]",
        "{}",
        r#""00000000-0000-4000-8000-00000000000a""#,
        r#"["00000000-0000-4000-8000-00000000000a"]"#,
        r#"{"sub": null}"#,
        r#"{"sub": ""}"#,
        r#"{"sub": 7}"#,
        r#"{"sub": "owner"}"#,
        r#"{"sub": "\u0000"}"#,
        r#"{"sub": {"id": "00000000-0000-4000-8000-00000000000a"}}"#,
        r#"{"Sub": "00000000-0000-4000-8000-00000000000a"}"#,
        r#"{"sub": 1e999999}"#,
        &deep,
        &long,
    ] {
        become_role(&client, "authenticated", claims).await;
        assert_eq!(known_as(&client).await, ("null".to_owned(), "0".to_owned()), "{claims:.60}");
    }
    act_as(&client, OWNER).await;
    assert_eq!(known_as(&client).await, (OWNER.to_owned(), "1".to_owned()));
}

#[tokio::test]
async fn the_claim_setting_of_older_gateways_works_where_there_is_no_newer_one() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    let legacy = |value: &str| format!("select set_config('request.jwt.claim.sub', '{value}', false)");
    for (claims, sub, user, projects) in [
        ("", OWNER, OWNER, "1"),
        ("", "not a uuid", "null", "0"),
        ("", "", "null", "0"),
        // The claims decide alone, also when they name nobody.
        (r#"{"sub": "00000000-0000-4000-8000-00000000000e"}"#, OWNER, OUTSIDER, "1"),
        ("{}", OWNER, "null", "0"),
        ("x", OWNER, "null", "0"),
    ] {
        become_role(&client, "authenticated", claims).await;
        let Outcome::Rows(1) = run(&client, &legacy(sub)).await else { panic!() };
        assert_eq!(known_as(&client).await, (user.to_owned(), projects.to_owned()), "{claims} {sub}");
    }
}
