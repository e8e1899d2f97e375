//! Sixteen workers on one queue, with everything that can happen to a run happening at once.
//!
//! `PGWARD_QUEUE_RUNS` says how many runs; 100000 is what the queue is held to, the default is for every day.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use pgward::pg::{self, Environment, Options};
use serde_json::json;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::ops_fixtures::{ONE, TWO};
use crate::ops_support::{call, column, one, rows};
use crate::support::{TestDb, connect};

#[expect(clippy::disallowed_methods, reason = "how much is tested is told by the environment")]
fn how_many(default: usize) -> usize {
    std::env::var("PGWARD_QUEUE_RUNS").map_or(default, |text| text.parse().unwrap())
}

/// How many pages any statement of a claim may look at.
const PAGES: u64 = 20;

/// Queues runs without what an INSERT for each of them would cost: ready as the triggers would have left them.
pub async fn fill(client: &Client, runs: usize) {
    fill_up(client, 1, runs).await;
    client.batch_execute("analyze ops.runs, ops.run_queue").await.unwrap();
}

/// The same for runs from one number to another, leaving the statistics as they are.
async fn fill_up(client: &Client, from: usize, to: usize) {
    let (one, two) = (ONE, TWO);
    client
        .batch_execute(&format!(
            "set session_replication_role = replica;
             insert into ops.runs (id, project_id, workflow_id, run_number, max_attempts, retry_delay_seconds)
             select ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid,
                    (array['{}', '{}']::uuid[])[1 + i % 2], (array['{}', '{}']::uuid[])[1 + i % 2], i,
                    1 + (i % 10 = 0)::integer, 0
             from generate_series({from}, {to}) i;
             insert into ops.run_queue (run_id, project_id, created_at, priority)
             select id, project_id, created_at, priority from ops.runs where run_number >= {from};
             insert into ops.run_events (run_id, event_type, message, payload)
             select id, 'state_change', 'run queued', '{{\"previous_status\": null, \"new_status\": \"queued\"}}'
             from ops.runs where run_number >= {from};
             reset session_replication_role;
             update ops.projects set last_run_number = {to};",
            one.id, two.id, one.workflow, two.workflow
        ))
        .await
        .unwrap();
}

/// What holds of every queue, whatever happened: events fold to the status, one claim and one end for each run at most, and
/// the queue has exactly what has not ended.
pub async fn hold_together(client: &Client) {
    let broken = "
        with e as (
          select run_id,
                 count(*) filter (where payload ->> 'new_status' = 'claimed') as claims,
                 count(*) filter (where payload ->> 'new_status' in ('succeeded', 'failed', 'canceled')) as ends,
                 (array_agg(payload ->> 'new_status' order by seq desc))[1] as last,
                 bool_and(coalesce(payload ->> 'previous_status', '') = coalesce(before, '')) as chained
          from (select *, lag(payload ->> 'new_status') over (partition by run_id order by seq) as before
                from ops.run_events where event_type = 'state_change') s
          group by run_id
        )
        select r.id, r.status, e.claims, e.ends, e.last, e.chained, q.in_flight
        from ops.runs r
        left join e on e.run_id = r.id
        left join ops.run_queue q on q.run_id = r.id
        where e.last is distinct from r.status or not e.chained or e.claims > 1
           or e.ends <> (r.status in ('succeeded', 'failed', 'canceled'))::integer
           or (q.run_id is null) <> (r.status in ('succeeded', 'failed', 'canceled'))
           or q.in_flight <> (r.status in ('claimed', 'running'))
        limit 5";
    assert_eq!(rows(client, broken).await, Vec::<Vec<String>>::new());
    let orphans =
        "select count(*) from ops.run_queue q where not exists (select from ops.runs r where r.id = q.run_id)";
    assert_eq!(one(client, orphans).await, "0");
}

/// A call by a worker whose backend may be terminated under it: asked again on a new connection, as workers do.
async fn ask(db: &TestDb, client: &mut Client, function: &str) -> serde_json::Value {
    loop {
        match client.query_one(&format!("select ops.{function}"), &[]).await {
            Ok(row) => return row.get(0),
            Err(error) => assert!(
                error.code().is_none_or(|code| *code == SqlState::ADMIN_SHUTDOWN),
                "{function}: refused for another reason than a lost connection: {error:?}"
            ),
        }
        *client = connect(&db.config()).await;
        client.batch_execute("set deadlock_timeout = '100ms'").await.unwrap_or_default();
    }
}

#[tokio::test]
async fn sixteen_workers_do_each_run_once_whatever_happens_around_them() {
    let runs = how_many(1500);
    let db = TestDb::with_projects().await;
    let admin = db.connect().await;
    fill(&admin, runs).await;
    let over = AtomicBool::new(false);

    let work = async |n: usize| {
        let mut client = connect(&db.config()).await;
        client.batch_execute("set deadlock_timeout = '100ms'").await.unwrap();
        let worker = format!("w{n}");
        let mut claimed = Vec::new();
        for request in 0.. {
            let claim = match request % 4 {
                0 => format!("claim_next_runs('{worker}', 5, p_request_id => '{request}')"),
                1 => format!("claim_and_start_runs('{worker}', 5, p_request_id => '{request}')"),
                _ => format!("claim_next_runs('{worker}', p_request_id => '{request}')"),
            };
            let answer = ask(&db, &mut client, &claim).await;
            let taken = answer["runs"].as_array().unwrap().clone();
            if taken.is_empty() {
                let left = "select ops.reap_expired_runs(), (select count(*) from ops.run_queue)";
                if client.query_one(left, &[]).await.is_ok_and(|row| row.get::<_, i64>(1) == 0) {
                    return claimed;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
            for (k, run) in taken.into_iter().enumerate() {
                let (id, token) = (run["run_id"].as_str().unwrap().to_owned(), run["claim_token"].as_i64().unwrap());
                claimed.push(id.clone());
                let start = format!("start_workflow_run('{id}', '{worker}', {token})");
                let complete = |code: i32| format!("complete_workflow_run('{id}', {code}, null, '{worker}', {token})");
                let turn = (request + k + n) % 9;
                let then = match turn {
                    0 | 1 => vec![format!("cancel_run('{id}')")],
                    2 => vec![complete(1)],
                    3 => vec![format!("heartbeat_run('{id}', '{worker}', {token})"), complete(0)],
                    _ => vec![complete(0)],
                };
                // What was claimed and started in one call is completed without another start.
                let starts = turn != 0 && request % 4 != 1;
                for function in starts.then_some(start).into_iter().chain(then) {
                    let answer = ask(&db, &mut client, &function).await;
                    // Said again after a lost answer, what was done is done.
                    assert!(answer["success"] == true, "{function}: {answer}");
                }
            }
        }
        claimed
    };
    let harass = async {
        let client = db.connect().await;
        let mut n = 0;
        while !over.load(Ordering::Relaxed) {
            n += 1;
            // One of the workers' backends, now and then.
            let kill = "select pg_terminate_backend(pid) from pg_stat_activity
                        where datname = current_database() and pid <> pg_backend_pid() and query like 'select ops.%'
                        order by random() limit 1";
            if n % 5 == 0 {
                column(&client, kill).await;
            }
            call(&client, "reap_expired_runs()").await;
            call(&client, "queue_health()").await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let all = async {
        let claimed = join_all((0..16).map(work)).await;
        over.store(true, Ordering::Relaxed);
        claimed
    };
    let (claimed, ()) = tokio::join!(all, harass);
    let claimed: Vec<String> = claimed.into_iter().flatten().collect();
    let distinct: BTreeSet<&String> = claimed.iter().collect();
    assert_eq!(claimed.len(), distinct.len(), "no run is claimed twice");
    assert_eq!(one(&admin, "select count(*) from ops.runs").await, claimed.len().to_string(), "every run was claimed");
    assert!(claimed.len() >= runs);
    hold_together(&admin).await;
    let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
    assert_eq!(one(&admin, deadlocks).await, "0");
}

/// A trigger counts at every claim; it sees all that others have taken, because they hold the project's row until they
/// commit.
#[tokio::test]
async fn limits_hold_at_every_instant_and_equal_projects_get_equal_shares() {
    let runs = how_many(1500).min(20_000);
    let db = TestDb::with_projects().await;
    let admin = db.connect().await;
    fill(&admin, runs).await;
    for project in [ONE, TWO] {
        call(&admin, &format!("set_project_queue('{}', 3)", project.id)).await;
    }
    admin
        .batch_execute(
            "create function public.within_limit() returns trigger language plpgsql as $$
             begin
               if new.in_flight and (select count(*) from ops.run_queue q where q.project_id = new.project_id and q.in_flight)
                  > (select p.max_running from ops.project_queues p where p.project_id = new.project_id) then
                 raise 'above the limit';
               end if;
               return null;
             end $$;
             create trigger within_limit after update on ops.run_queue
               for each row execute function public.within_limit();",
        )
        .await
        .unwrap();
    let half = runs / 2;
    let work = async |n: usize| {
        let client = db.connect().await;
        let mut mine = [0, 0];
        loop {
            let claimed = call(&client, &format!("claim_next_run('w{n}')")).await;
            let Some(id) = claimed["run_id"].as_str() else {
                if one(&client, "select count(*) from ops.run_queue where not in_flight")
                    .await
                    .parse::<usize>()
                    .unwrap()
                    <= half
                {
                    return mine;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
                continue;
            };
            mine[usize::from(claimed["project_id"] == json!(TWO.id))] += 1;
            call(&client, &format!("start_workflow_run('{id}', 'w{n}')")).await;
            tokio::time::sleep(Duration::from_millis(2)).await;
            call(&client, &format!("complete_workflow_run('{id}', 0)")).await;
            if one(&client, "select count(*) from ops.run_queue where not in_flight").await.parse::<usize>().unwrap()
                <= half
            {
                return mine;
            }
        }
    };
    let shares = join_all((0..16).map(work)).await;
    let [a, b] = shares.into_iter().fold([0, 0], |[a, b], [x, y]| [a + x, b + y]);
    assert!(a + b >= half && (a as f64 / b as f64 - 1.0).abs() < 0.2, "shares {a} and {b}");
    hold_together(&admin).await;
}

/// The plans of a claim as the server makes them inside the functions, whatever the statistics say: index scans that stop at
/// the first row.
#[tokio::test]
async fn a_claim_reads_the_head_of_an_index_at_any_depth() {
    let deepest = if how_many(0) >= 100_000 { 1_000_000 } else { 30_000 };
    let db = TestDb::with_projects().await;
    let session = pg::connect(&Options::parse(&db.url(), &Environment::empty()).unwrap()).await.unwrap();
    let client = session.client();
    client
        .batch_execute(
            "alter table ops.run_queue set (autovacuum_enabled = off); alter table ops.runs set (autovacuum_enabled = off);
             load 'auto_explain';
             set auto_explain.log_nested_statements = on; set auto_explain.log_analyze = on; set auto_explain.log_buffers = on;
             set auto_explain.log_timing = off",
        )
        .await
        .unwrap();
    let mut filled = 0;
    for depth in [0, 1, 10_000, deepest] {
        fill_up(client, filled + 1, depth).await;
        filled = depth;
        // Stale: those of the depth before.
        for (statistics, make) in [
            ("stale", ""),
            (
                "missing",
                "delete from pg_statistic where starelid in ('ops.runs'::regclass, 'ops.run_queue'::regclass);
                 update pg_class set reltuples = -1, relpages = 0
                 where oid in ('ops.runs'::regclass, 'ops.run_queue'::regclass)
                    or oid in (select indexrelid from pg_index where indrelid in ('ops.runs'::regclass, 'ops.run_queue'::regclass))",
            ),
            ("fresh", "analyze ops.runs, ops.run_queue"),
        ] {
            client.batch_execute(&format!("{make}; discard plans")).await.unwrap();
            // Once to set hints and load the catalog, once to be looked at.
            for explained in ["", "set client_min_messages = log; set auto_explain.log_min_duration = 0;"] {
                let _ = session.take_notices();
                let claim = format!("begin; {explained} select ops.claim_next_run('w1'); rollback");
                client.batch_execute(&claim).await.unwrap();
            }
            let said = session.take_notices();
            let plans: Vec<&str> = said.iter().map(|notice| notice.message.as_str()).collect();
            look_at(&plans, &format!("{depth} rows, statistics {statistics}"), depth > 0);
        }
    }
    session.close().await;
}

/// Holds the plans of one claim to what is said of them.
fn look_at(plans: &[&str], of: &str, found: bool) {
    let of_runs: Vec<&&str> =
        plans.iter().filter(|plan| plan.contains(" on run_queue") || plan.contains(" on runs")).collect();
    assert!(of_runs.iter().any(|plan| plan.contains("run_queue_ready_idx")) && (!found || of_runs.len() > 1), "{of}");
    let pages = regex::Regex::new(r"Buffers: shared hit=(\d+)(?: read=(\d+))?").unwrap();
    for plan in of_runs {
        assert!(!plan.contains("Seq Scan on runs") && !plan.contains("Seq Scan on run_queue"), "{of}:\n{plan}");
        // Lanes are sorted by what is at their heads; there is one for a project with a limit.
        assert!(!plan.contains("Sort") || plan.contains("queue_lanes"), "{of}:\n{plan}");
        // The first node's are all of its plan's.
        let read: u64 = pages
            .captures(plan)
            .map_or(0, |found| (1..=2).filter_map(|n| found.get(n)?.as_str().parse::<u64>().ok()).sum());
        assert!(read <= PAGES, "{of}: {read} pages\n{plan}");
    }
}
