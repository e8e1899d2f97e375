//! The defects of the SQL that the bundle comes from, by their numbers in the design: each was reproduced there, and each
//! test here fails on it. The tests of the other `ops_*` files go deeper; these say what was wrong. Numbers 1 to 11.

use crate::ops_catalog::names;
use crate::ops_fixtures::{
    ADMIN, DEVELOPER, NEWCOMER, ONE, OWNER, TWO, VIEWER, act_as, act_as_superuser, become_role, queue, run_in,
};
use crate::ops_support::{TABLES, apply, apply_bundle, attempt, bundle, call, code, column, one, run};
use crate::support::TestDb;

#[tokio::test]
async fn defect_01_applies_to_an_empty_database() {
    let count = "select count(*) from pg_class where relnamespace = 'ops'::regnamespace and relkind = 'r'";
    for (db, tables) in [(TestDb::new().await, "15"), (TestDb::with_agent_tables().await, "17")] {
        let client = db.connect().await;
        apply_bundle(&client).await;
        assert_eq!(one(&client, count).await, tables);
        // And again: what does not know its own work would take the new tables for an agent's.
        for (up, _) in &bundle()[..2] {
            apply(&client, up).await.unwrap();
        }
        assert_eq!(one(&client, count).await, tables);
        assert_eq!(one(&client, "select to_regclass('ops.runs')").await, "ops.runs");
    }
}

#[tokio::test]
async fn defect_02_renamed_tables_take_their_names_along() {
    let (fresh, upgraded) = (TestDb::with_bundle().await, TestDb::with_agent_tables().await);
    let upgraded = upgraded.connect().await;
    apply_bundle(&upgraded).await;
    let (of_agents, of_nine) =
        names(&upgraded).await.into_iter().partition::<Vec<_>, _>(|n| n.starts_with("ops.agent_"));
    assert_eq!(of_nine, names(&fresh.connect().await).await.into_iter().collect::<Vec<_>>());
    for kept in ["run_logs_pkey", "run_logs_run_id_fkey", "idx_run_logs_run_id", "runs_id_seq", "runs_pkey"] {
        let renamed = kept.replace("runs_", "agent_runs_").replace("run_logs_", "agent_run_logs_");
        assert!(of_agents.iter().any(|name| name.ends_with(&format!(" {renamed}"))), "{renamed}: {of_agents:?}");
        assert!(!of_agents.iter().any(|name| name.ends_with(&format!(" {kept}"))), "{kept}: {of_agents:?}");
    }
}

#[tokio::test]
async fn defect_03_compatibility_views_read_with_the_callers_rights() {
    let db = TestDb::with_agent_tables().await;
    let client = db.connect().await;
    apply_bundle(&client).await;
    client
        .batch_execute(
            "grant select on ops.agent_runs, ops.agent_runs_v, ops.agent_run_logs_v to authenticated;
             alter table ops.agent_runs enable row level security;",
        )
        .await
        .unwrap();
    attempt(&client, "select * from ops.agent_runs_v").await.expect_rows(30);
    act_as(&client, OWNER).await;
    attempt(&client, "select * from ops.agent_runs_v").await.expect_rows(0);
    attempt(&client, "select * from ops.agent_run_logs_v").await.expect_refused("42501");
}

#[tokio::test]
async fn defect_04_no_policy_recurses() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    act_as(&client, OWNER).await;
    for table in TABLES {
        let rows = if table == "workflows" {
            2
        } else if table == "project_memberships" {
            5
        } else {
            1
        };
        attempt(&client, &format!("select * from ops.{table}")).await.expect_rows(rows);
    }
}

#[tokio::test]
async fn defect_05_the_cleanup_has_an_index_that_can_be_made() {
    let db = TestDb::with_rows().await;
    let client = db.connect().await;
    client.batch_execute("set enable_seqscan = off").await.unwrap();
    let plan = column(&client, "explain select id from ops.run_artifacts where expires_at < now()").await.join("\n");
    assert!(plan.contains("run_artifacts_expires_at_idx"), "{plan}");
}

#[tokio::test]
async fn defect_06_only_a_change_of_status_is_a_transition() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for status in ["queued", "claimed", "running", "succeeded", "failed", "canceled"] {
        let run_id = run_in(&client, status).await;
        let set = |what: &str| format!("update ops.runs set {what} where id = '{run_id}'");
        run(&client, &set(r#"metadata = '{"artifacts": 3}'"#)).await.expect_rows(1);
        if ["succeeded", "failed", "canceled"].contains(&status) {
            run(&client, &set("error_message = 'another'")).await.expect_refused("protect_run_outcome");
        }
    }
}

#[tokio::test]
async fn defect_07_no_run_begins_at_its_end() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let insert = format!(
        "insert into ops.runs (project_id, workflow_id, status, claimed_by, claimed_at, started_at, finished_at, exit_code)
         values ('{}', '{}', 'succeeded', 'w1', now(), now(), now(), 0)",
        ONE.id, ONE.workflow
    );
    attempt(&client, &insert).await.expect_refused("23514");
    become_role(&client, "service_role", "").await;
    attempt(&client, &insert).await.expect_refused("23514");
    act_as(&client, DEVELOPER).await;
    attempt(&client, &insert).await.expect_refused("42501");
    // Times that belie the status.
    act_as_superuser(&client).await;
    let run_id = queue(&client).await;
    let started = format!("update ops.runs set started_at = now() where id = '{run_id}'");
    attempt(&client, &started).await.expect_refused("runs_start_matches_status_check");
    let unclaimed = format!("update ops.runs set status = 'claimed' where id = '{run_id}'");
    attempt(&client, &unclaimed).await.expect_refused("runs_claim_matches_status_check");
}

#[tokio::test]
async fn defect_08_runs_are_numbered_by_project() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for project in [ONE, TWO, TWO, ONE, ONE] {
        let enqueue = format!("select ops.enqueue_run('{}', '{}')", project.id, project.workflow);
        attempt(&client, &enqueue).await.expect_rows(1);
        run(&client, &enqueue).await.expect_rows(1);
    }
    for (project, expected) in [(ONE, "1,2,3"), (TWO, "1,2")] {
        let numbers = "select string_agg(run_number::text, ',' order by run_number) from ops.runs where project_id";
        assert_eq!(one(&client, &format!("{numbers} = '{}'", project.id)).await, expected);
    }
}

#[tokio::test]
async fn defect_09_a_run_uses_its_own_projects_workflow() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let insert =
        |workflow| format!("insert into ops.runs (project_id, workflow_id) values ('{}', '{workflow}')", ONE.id);
    for user in [None, Some(DEVELOPER)] {
        if let Some(user) = user {
            act_as(&client, user).await;
        }
        attempt(&client, &insert(TWO.workflow)).await.expect_refused("23503");
        attempt(&client, &insert(ONE.workflow)).await.expect_rows(1);
    }
}

#[tokio::test]
async fn defect_10_an_admin_does_not_touch_an_owner() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let delete = |user| format!("delete from ops.project_memberships where user_id = '{user}'");
    let set = |user, role| format!("update ops.project_memberships set role = '{role}' where user_id = '{user}'");
    act_as(&client, ADMIN).await;
    attempt(&client, &delete(OWNER)).await.expect_rows(0);
    attempt(&client, &set(OWNER, "viewer")).await.expect_rows(0);
    attempt(&client, &set(ADMIN, "owner")).await.expect_refused("42501");
    attempt(&client, &set(VIEWER, "owner")).await.expect_refused("42501");
    attempt(&client, &set(VIEWER, "developer")).await.expect_rows(1);
    act_as(&client, OWNER).await;
    attempt(&client, &delete(OWNER)).await.expect_refused("keep_project_owner");
    attempt(&client, &set(OWNER, "viewer")).await.expect_refused("keep_project_owner");
    attempt(&client, &set(VIEWER, "owner")).await.expect_rows(1);
}

#[tokio::test]
async fn defect_11_who_creates_a_project_owns_it() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    act_as(&client, NEWCOMER).await;
    let insert = "insert into ops.projects (workspace_key, slug, name, odoo_version) values ('k', 's', 'n', '19.0')";
    attempt(&client, insert).await.expect_refused("42501");
    assert_eq!(code(&call(&client, "create_project('k', 's', 'n', '19.0')").await), "success");
    assert_eq!(column(&client, "select slug from ops.projects").await, ["s"]);
    assert_eq!(column(&client, "select role from ops.project_memberships").await, ["owner"]);
}
