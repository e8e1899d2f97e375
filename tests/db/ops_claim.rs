//! The queue under many workers: each run is claimed once, in order, numbered without gaps, and its events replay.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use tokio_postgres::Client;

use crate::ops_fixtures::{ONE, TWO, act_as_superuser, become_role};
use crate::ops_support::{call, column, one, rows};
use crate::support::TestDb;

/// Queues so many runs of either project in one transaction, with priorities from -1 to 1.
async fn queue_many(client: &Client, runs: u32) {
    let sql = format!(
        "insert into ops.runs (project_id, workflow_id, priority)
         select (array['{}', '{}']::uuid[])[1 + i % 2], (array['{}', '{}']::uuid[])[1 + i % 2], i / 2 % 3 - 1
         from generate_series(1, {runs}) i",
        ONE.id, TWO.id, ONE.workflow, TWO.workflow
    );
    client.batch_execute(&sql).await.unwrap();
}

/// Claims and ends runs until the queue is empty, and says which were claimed. Now and then the worker loses its
/// connection in the middle of a claim, which gives the run back.
async fn work(client: &Client, worker: &str) -> Vec<String> {
    let mut claimed = Vec::new();
    for n in 0.. {
        if n % 10 == 9 {
            client.batch_execute("begin").await.unwrap();
            call(client, &format!("claim_next_run('{worker}')")).await;
            client.batch_execute("rollback").await.unwrap();
        }
        let answer = call(client, &format!("claim_next_run('{worker}')")).await;
        let Some(run_id) = answer["run_id"].as_str() else { break };
        claimed.push(run_id.to_owned());

        let start = format!("start_workflow_run('{run_id}', '{worker}')");
        let complete = |code| format!("complete_workflow_run('{run_id}', {code}, null, '{worker}')");
        let calls = match n % 5 {
            0 => vec![format!("cancel_run('{run_id}')")],
            1 => vec![start, format!("cancel_run('{run_id}')")],
            2 => vec![start, complete(1)],
            _ => vec![start, complete(0)],
        };
        for function in calls {
            assert_eq!(call(client, &function).await["success"], true, "{function}");
        }
    }
    claimed
}

/// Replays the events of every run: each step must be legal, and the last must end where the run is.
async fn replay(client: &Client) -> u64 {
    const LEGAL: [(&str, &str); 8] = [
        ("null", "queued"),
        ("queued", "claimed"),
        ("queued", "canceled"),
        ("claimed", "running"),
        ("claimed", "canceled"),
        ("running", "succeeded"),
        ("running", "failed"),
        ("running", "canceled"),
    ];
    let mut replayed: BTreeMap<String, (String, String, String)> = BTreeMap::new();
    let events = "select run_id, payload ->> 'previous_status', payload ->> 'new_status', payload ->> 'worker_id',
                         payload ->> 'exit_code'
                  from ops.run_events where event_type = 'state_change' order by seq";
    for event in rows(client, events).await {
        let [run_id, from, to, worker, exit_code] = <[String; 5]>::try_from(event).unwrap();
        let state = replayed.entry(run_id.clone()).or_insert_with(|| ("null".to_owned(), String::new(), String::new()));
        assert_eq!(from, state.0, "{run_id}: an event begins where the one before ended");
        assert!(LEGAL.contains(&(from.as_str(), to.as_str())), "{run_id}: {from} → {to}");
        *state = (to, worker, exit_code);
    }
    let mut runs = 0;
    for run in rows(client, "select id, status, claimed_by, exit_code from ops.runs").await {
        let [run_id, status, claimed_by, exit_code] = <[String; 4]>::try_from(run).unwrap();
        assert_eq!(replayed.remove(&run_id), Some((status, claimed_by, exit_code)), "{run_id}");
        runs += 1;
    }
    assert!(replayed.is_empty(), "events without a run");
    runs
}

#[tokio::test]
async fn sixteen_workers_claim_two_thousand_runs_once_each() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for _ in 0..20 {
        queue_many(&client, 100).await;
    }
    let clients = join_all((0..16).map(|_| db.connect())).await;
    let claimed = join_all(clients.iter().enumerate().map(|(n, client)| async move {
        become_role(client, "service_role", "").await;
        (format!("w{n}"), work(client, &format!("w{n}")).await)
    }))
    .await;

    assert!(claimed.iter().all(|(_, runs)| runs.len() > 20), "every worker takes part");
    let mut claims: Vec<(String, String)> =
        claimed.into_iter().flat_map(|(worker, runs)| runs.into_iter().map(move |run| (run, worker.clone()))).collect();
    claims.sort();
    assert_eq!(claims.len(), 2000);
    assert_eq!(claims.iter().map(|(run, _)| run).collect::<BTreeSet<_>>().len(), 2000, "no run is claimed twice");

    // The log tells of the same claims, one a run, and what was rolled back left no trace.
    let logged = "select run_id, payload ->> 'worker_id' from ops.run_events
                  where payload ->> 'new_status' = 'claimed' order by run_id";
    let logged: Vec<(String, String)> =
        rows(&client, logged).await.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    assert_eq!(logged, claims);
    assert_eq!(replay(&client).await, 2000);
    let ended = column(&client, "select distinct status from ops.runs order by 1").await;
    assert_eq!(ended, ["canceled", "failed", "succeeded"]);
}

#[tokio::test]
async fn one_worker_gets_the_runs_in_order() {
    claims_in_order("").await;
}

/// The order is the query's, and not a gift of the index that serves it.
#[tokio::test]
async fn one_worker_gets_the_runs_in_order_without_the_index() {
    claims_in_order("set enable_indexscan = off; set enable_bitmapscan = off").await;
}

async fn claims_in_order(settings: &str) {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for _ in 0..3 {
        queue_many(&client, 40).await;
    }
    let mut queued: Vec<(i32, i64, String)> =
        rows(&client, "select priority, (extract(epoch from created_at) * 1000000)::bigint, id from ops.runs")
            .await
            .into_iter()
            .map(|row| (row[0].parse().unwrap(), row[1].parse().unwrap(), row[2].clone()))
            .collect();
    let as_inserted: Vec<String> = queued.iter().map(|run| run.2.clone()).collect();
    queued.sort();
    assert_eq!(queued.iter().map(|run| run.1).collect::<BTreeSet<_>>().len(), 3, "runs of one transaction tie");

    client.batch_execute(settings).await.unwrap();
    let mut claimed = Vec::new();
    while let Some(run_id) = call(&client, "claim_next_run('w1')").await["run_id"].as_str() {
        claimed.push(run_id.to_owned());
    }
    assert_eq!(claimed, queued.into_iter().map(|run| run.2).collect::<Vec<_>>());
    assert_ne!(claimed, as_inserted);
    assert_eq!(replay(&client).await, 120);
}

/// Claims one run, and says how many pages of the index were read for it, and its priority.
async fn pages_of_a_claim(client: &Client) -> (i64, i64) {
    let pages = "select pg_stat_get_xact_blocks_fetched('ops.run_queue_ready_idx'::regclass)";
    client.batch_execute("begin").await.unwrap();
    let before: i64 = client.query_one(pages, &[]).await.unwrap().get(0);
    let answer = call(client, "claim_next_run('w1')").await;
    let after: i64 = client.query_one(pages, &[]).await.unwrap().get(0);
    client.batch_execute("commit").await.unwrap();
    (after - before, answer["priority"].as_i64().unwrap())
}

/// A claim runs without sorts, which what it starts afterwards must not: it would read every run in the order of ids.
#[tokio::test]
async fn starting_what_came_from_a_lane_reads_no_other_runs() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    queue_many(&client, 3000).await;
    let labeled = format!(
        "insert into ops.runs (project_id, workflow_id, priority, labels) values ('{}', '{}', -1, '{{gpu}}')",
        ONE.id, ONE.workflow
    );
    client.batch_execute(&labeled).await.unwrap();
    client.batch_execute("analyze ops.runs, ops.run_queue; begin").await.unwrap();
    let pages = "select pg_stat_get_xact_blocks_fetched('ops.runs'::regclass)";
    let before: i64 = client.query_one(pages, &[]).await.unwrap().get(0);
    let answer = call(&client, "claim_and_start_runs('w1', 1, '{gpu}')").await;
    let after: i64 = client.query_one(pages, &[]).await.unwrap().get(0);
    client.batch_execute("commit").await.unwrap();
    assert_eq!(
        (&answer["runs"][0]["priority"], one(&client, "select count(*) from ops.runs where status = 'running'").await),
        (&serde_json::json!(-1), "1".to_owned())
    );
    assert!(after - before < 200, "{} pages", after - before);
}

/// While an old snapshot is held, the index keeps an entry for each run that was claimed.
#[tokio::test]
async fn claims_move_on_while_a_snapshot_is_held_and_walk_by_turns() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for _ in 0..12 {
        queue_many(&client, 500).await;
    }
    let holder = db.connect().await;
    holder.batch_execute("begin isolation level repeatable read; select from ops.runs limit 1").await.unwrap();
    for _ in 0..20 {
        call(&client, "claim_next_runs('w1', 100)").await;
    }
    client.batch_execute("set ops.claim_hint = ''").await.unwrap();
    let (walked, _) = pages_of_a_claim(&client).await;
    assert!(walked > 8, "{walked} pages of 2000 entries");
    let told: i64 = client.query_one("select last_value from ops.claim_walks", &[]).await.unwrap().get(0);
    assert!(told > 1_700_000_000_000, "{told}");

    // As if another session walked the whole line again and again.
    client.batch_execute("select setval('ops.claim_walks', 4000000000000)").await.unwrap();
    for _ in 0..30 {
        call(&client, "claim_next_runs('w1', 100)").await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    client
        .batch_execute(
            "insert into ops.runs (project_id, workflow_id, priority) \
                          select project_id, workflow_id, -100 from ops.runs limit 1",
        )
        .await
        .unwrap();
    let (moved, priority) = pages_of_a_claim(&client).await;
    assert!(moved <= 8, "{moved} pages, though 3000 were claimed since it walked");
    assert_ne!(priority, -100, "what came in ahead waits");

    let (_, priority) = pages_of_a_claim(&db.connect().await).await;
    assert_eq!(priority, -100, "and is found by a session that walks");
    holder.batch_execute("rollback").await.unwrap();
}

#[tokio::test]
async fn run_numbers_have_no_gaps_whatever_is_rolled_back() {
    let db = TestDb::with_projects().await;
    let clients = join_all((0..16).map(|_| db.connect())).await;
    let committed: u64 = join_all(clients.iter().enumerate().map(|(worker, client)| async move {
        become_role(client, "service_role", "").await;
        let mut committed = 0;
        for n in 0..25 {
            // A third is rolled back, a fifth repeats a key that others use too.
            let key = if n % 5 == 0 { format!("'shared {n}'") } else { "null".to_owned() };
            client.batch_execute("begin").await.unwrap();
            let mut created = 0;
            for project in [ONE, TWO] {
                let answer =
                    call(client, &format!("enqueue_run('{}', '{}', {key})", project.id, project.workflow)).await;
                created += u64::from(answer["created"] == true);
            }
            if (worker + n) % 3 == 0 {
                client.batch_execute("rollback").await.unwrap();
            } else {
                client.batch_execute("commit").await.unwrap();
                committed += created;
            }
        }
        committed
    }))
    .await
    .into_iter()
    .sum();

    let client = &clients[0];
    act_as_superuser(client).await;
    assert_eq!(one(client, "select count(*) from ops.runs").await, committed.to_string());
    for project in [ONE, TWO] {
        let numbers =
            format!("select run_number from ops.runs where project_id = '{}' order by run_number", project.id);
        let numbers: Vec<usize> = column(client, &numbers).await.iter().map(|n| n.parse().unwrap()).collect();
        assert!(numbers.len() > 100);
        assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
        let counter = format!("select last_run_number from ops.projects where id = '{}'", project.id);
        assert_eq!(one(client, &counter).await, numbers.len().to_string());
    }
    assert_eq!(replay(client).await, committed);
}

/// A run that is never stored is not counted: refused, skipped by ON CONFLICT, or undone to a savepoint.
#[tokio::test]
async fn what_is_not_stored_is_not_numbered() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let insert = |key: &str, rest: &str| {
        format!(
            "insert into ops.runs (project_id, workflow_id, idempotency_key) values ('{}', '{}', {key}) {rest};",
            ONE.id, ONE.workflow
        )
    };
    client
        .batch_execute(&format!(
            "begin; {} {} savepoint here; {} rollback to here; {} commit;",
            insert("'a'", ""),
            insert("'a'", "on conflict do nothing"),
            insert("null", ""),
            insert("null", "")
        ))
        .await
        .unwrap();
    client.batch_execute(&insert("'a'", "")).await.unwrap_err();
    client.batch_execute(&insert("null", "")).await.unwrap();
    assert_eq!(column(&client, "select run_number from ops.runs order by 1").await, ["1", "2", "3"]);
}
