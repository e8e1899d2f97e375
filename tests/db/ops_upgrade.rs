//! Fresh, upgraded and already migrated databases end with the same nine tables, and no agent's row is lost.

use std::collections::BTreeSet;

use pgward::introspect;
use pgward::model::{ObjectId, SchemaFilter, write_snapshot};
use tokio_postgres::Client;

use crate::ops_catalog::{catalog, names};
use crate::ops_fixtures::become_role;
use crate::ops_support::{TABLES, apply, apply_bundle, attempt, bundle, column, one, run};
use crate::support::TestDb;

/// The catalog without what belongs to the agent tables, to the schema itself, which was there, and to its record.
async fn nine_tables(client: &Client) -> BTreeSet<String> {
    let mut catalog = catalog(client).await;
    catalog.retain(|line| {
        !line.contains("ops.agent_run")
            && !line.contains("ops.pgward_platform_record")
            && !line.starts_with("schema ops")
    });
    assert!(catalog.len() > 200, "{}", catalog.len());
    catalog
}

/// The same as pgward reads it: a snapshot of schema `ops` without the agent tables.
async fn snapshot(mut client: Client) -> String {
    let mut catalog = introspect::read(&mut client, &SchemaFilter::only(["ops"])).await.unwrap();
    assert_eq!(catalog.uncovered, []);
    catalog.objects.retain(|id, _| {
        id.path.len() > 1 && !id.path[1].starts_with("agent_run") && id.path[1] != "pgward_platform_record"
    });
    for table in TABLES {
        assert!(catalog.objects.contains_key(&ObjectId::new("table", ["ops", table])), "{table}");
    }
    write_snapshot(&catalog)
}

#[tokio::test]
async fn fresh_upgraded_and_migrated_databases_have_the_same_snapshot() {
    let fresh = TestDb::with_bundle().await;
    let upgraded = TestDb::with_agent_tables().await;
    apply_bundle(&upgraded.connect().await).await;
    // Down and up again, as far as the tables: a database that was migrated before, and holds rows of others.
    let migrated = TestDb::with_agent_tables().await;
    let client = migrated.connect().await;
    apply_bundle(&client).await;
    for (_, down) in bundle()[2..].iter().rev() {
        apply(&client, down).await.unwrap();
    }
    for (up, _) in bundle() {
        apply(&client, &up).await.unwrap();
    }

    let fresh = snapshot(fresh.connect().await).await;
    assert_eq!(snapshot(upgraded.connect().await).await, fresh);
    assert_eq!(snapshot(client).await, fresh);
}

#[tokio::test]
async fn fresh_and_upgraded_databases_have_the_same_nine_tables() {
    let fresh = TestDb::with_bundle().await;
    let upgraded = TestDb::with_agent_tables().await;
    let (fresh, upgraded) = (fresh.connect().await, upgraded.connect().await);
    apply_bundle(&upgraded).await;

    let (a, b) = (nine_tables(&fresh).await, nine_tables(&upgraded).await);
    let (only_fresh, only_upgraded) = (a.difference(&b).collect::<Vec<_>>(), b.difference(&a).collect::<Vec<_>>());
    assert!(only_fresh.is_empty() && only_upgraded.is_empty(), "{only_fresh:#?} {only_upgraded:#?}");
}

/// The two migrations that may meet a database of any kind, once more on one that is migrated.
#[tokio::test]
async fn the_platform_and_the_renaming_change_nothing_where_they_ran_before() {
    for (db, migrated) in [(TestDb::with_rows().await, true), (TestDb::with_agent_tables().await, false)] {
        let client = db.connect().await;
        if !migrated {
            apply_bundle(&client).await;
        }
        let before = catalog(&client).await;
        for (up, _) in &bundle()[..2] {
            apply(&client, up).await.unwrap();
        }
        assert_eq!(catalog(&client).await, before);
    }
}

/// Everything in a table, as one line.
async fn content(client: &Client, table: &str) -> String {
    one(client, &format!("select count(*) || ' ' || md5(string_agg(t::text, ';' order by id)) from {table} t")).await
}

#[tokio::test]
async fn no_row_of_an_agent_is_lost() {
    let db = TestDb::with_agent_tables().await;
    let client = db.connect().await;
    let before = (content(&client, "ops.runs").await, content(&client, "ops.run_logs").await);
    assert!(before.0.starts_with("30 ") && before.1.starts_with("300 "));
    apply_bundle(&client).await;

    assert_eq!((content(&client, "ops.agent_runs").await, content(&client, "ops.agent_run_logs").await), before);
    assert_eq!((content(&client, "ops.agent_runs_v").await, content(&client, "ops.agent_run_logs_v").await), before);
    assert_eq!(one(&client, "select count(*) from ops.runs").await, "0");

    // Their keys, defaults and foreign keys go on working.
    let insert = "insert into ops.agent_runs (agent, parent_id) values ('next', 1) returning id";
    assert_eq!(one(&client, insert).await, "31");
    let orphan = "insert into ops.agent_run_logs (run_id, line) values (999, 'orphan')";
    attempt(&client, orphan).await.expect_refused("23503");
    attempt(&client, "update ops.agent_runs set agent = ''").await.expect_refused("23514");
}

#[tokio::test]
async fn nothing_of_the_agent_tables_keeps_a_name_that_the_nine_tables_use() {
    let db = TestDb::with_agent_tables().await;
    let client = db.connect().await;
    apply_bundle(&client).await;
    let names = names(&client).await;
    let of_agents: Vec<&str> = names.iter().filter_map(|name| name.strip_prefix("ops.agent_run")).collect();
    assert!(of_agents.len() >= 10, "{of_agents:?}");
    assert!(of_agents.iter().all(|name| name.contains("agent_run")), "{of_agents:?}");
    assert_eq!(one(&client, "select obj_description('ops.agent_runs'::regclass)").await.lines().count(), 2);
}

/// Who could read the agent tables reads the views, and through them no more than the tables show.
#[tokio::test]
async fn the_compatibility_views_read_with_the_callers_rights() {
    let db = TestDb::with_agent_tables().await;
    let client = db.connect().await;
    client
        .batch_execute(
            "grant usage on schema ops to authenticated;
             grant select on ops.runs to authenticated;
             alter table ops.runs enable row level security;
             create policy mine on ops.runs for select to authenticated using (agent = 'agent 7');",
        )
        .await
        .unwrap();
    apply_bundle(&client).await;
    become_role(&client, "authenticated", "").await;
    assert_eq!(column(&client, "select agent from ops.agent_runs_v").await, ["agent 7"]);
    attempt(&client, "select * from ops.agent_run_logs_v").await.expect_refused("42501");
    become_role(&client, "service_role", "").await;
    attempt(&client, "select * from ops.agent_runs_v").await.expect_refused("42501");
    become_role(&client, "none", "").await;
    attempt(&client, "select * from ops.agent_runs_v").await.expect_rows(30);
}

/// One of the two tables alone, and a name that is taken.
#[tokio::test]
async fn half_an_agents_schema_is_upgraded_too() {
    let db = TestDb::with_agent_tables().await;
    let client = db.connect().await;
    client.batch_execute("drop table ops.run_logs").await.unwrap();
    apply_bundle(&client).await;
    assert_eq!(one(&client, "select count(*) from ops.agent_runs_v").await, "30");
    assert_eq!(one(&client, "select to_regclass('ops.agent_run_logs')").await, "null");

    let db = TestDb::with_agent_tables().await;
    let client = db.connect().await;
    client.batch_execute("create table ops.agent_runs (id integer)").await.unwrap();
    let [platform, renaming] = [&bundle()[0].0, &bundle()[1].0];
    apply(&client, platform).await.unwrap();
    let before = catalog(&client).await;
    let error = apply(&client, renaming).await.unwrap_err();
    assert_eq!(error.code().unwrap().code(), "42P07");
    assert_eq!(catalog(&client).await, before);
}

/// The way back: the agent tables as they were, name for name, and their rows.
#[tokio::test]
async fn an_upgraded_database_comes_down_as_it_was() {
    let db = TestDb::with_agent_tables().await;
    let client = db.connect().await;
    let before = (catalog(&client).await, content(&client, "ops.runs").await, content(&client, "ops.run_logs").await);
    apply_bundle(&client).await;
    for (_, down) in bundle().iter().rev() {
        apply(&client, down).await.unwrap();
    }
    let after = (catalog(&client).await, content(&client, "ops.runs").await, content(&client, "ops.run_logs").await);
    assert_eq!(after, before);
    run(&client, "insert into ops.runs (agent) values ('next')").await.expect_rows(1);
}
