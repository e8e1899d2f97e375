//! The queue when its workers and its server die: nothing that was answered is lost, and no run is left behind.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use nix::sys::signal::Signal;
use serde_json::Value;
use tokio_postgres::Client;

use crate::own_server::OwnServer;
use crate::program::{Running, pgward, run, succeed, until, value, within};

const SETUP: &str = "
    insert into ops.projects (id, workspace_key, slug, name, odoo_version)
    values ('10000000-0000-4000-8000-000000000000', 'one', 'one', 'One', '19.0');
    insert into ops.workflows (id, project_id, workflow_type, name)
    values ('10000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000000', 'build', 'main');";

async fn with_runs(server: &OwnServer, runs: u32, max_attempts: u32) -> (String, Client) {
    let url = server.database("queue").await;
    succeed(pgward(&url, &["up"])).await;
    let client = server.connect("queue").await;
    client.batch_execute(SETUP).await.unwrap();
    let queue = format!(
        "select ops.enqueue_run('10000000-0000-4000-8000-000000000000', '10000000-0000-4000-8000-000000000001', \
         p_max_attempts => {max_attempts}, p_retry_delay_seconds => 0) from generate_series(1, {runs})"
    );
    client.batch_execute(&queue).await.unwrap();
    (url, client)
}

fn worker(url: &str, more: &[&str]) -> Running {
    let mut args = vec!["worker", "--poll", "1", "--grace", "1"];
    args.extend(more);
    Running::start(pgward(url, &args))
}

const ALL_ENDED: &str = "select not exists (select from ops.run_queue)";

async fn ask(client: &Client, function: &str) -> Option<Value> {
    client.query_one(&format!("select ops.{function}"), &[]).await.ok().map(|row| row.get(0))
}

/// Workers killed at random, the server killed in the middle: every run comes to an end in the attempts it has, each attempt
/// ends once, and what waits for a dead worker waits no longer than its lease and the next look.
#[tokio::test]
async fn workers_and_server_are_killed_and_every_run_ends() {
    let server = OwnServer::new().await;
    let (url, client) = with_runs(&server, 60, 10).await;
    let args = ["--lease", "3", "--slots", "4", "--exec", "echo begun; sleep 0.05; echo done"];
    let mut workers = vec![worker(&url, &args), worker(&url, &args), worker(&url, &args)];
    until(&client, "runs to end", "select count(*) > 10 from ops.runs where status = 'succeeded'").await;
    workers[0].signal(Signal::SIGKILL);
    until(&client, "more runs to end", "select count(*) > 20 from ops.runs where status = 'succeeded'").await;
    server.stop("immediate").await;
    server.start().await;
    let client = server.until_it_is_back("queue").await;
    workers.push(worker(&url, &args));
    until(&client, "all runs to end", ALL_ENDED).await;

    let last = "select count(*) from ops.runs r where not exists (select from ops.runs n where n.retry_of = r.id) \
                and r.status <> 'succeeded'";
    assert_eq!(value(&client, last).await, "0", "the last attempt of each succeeded");
    let ends = "select max(n) from (select count(*) as n from ops.run_events \
                where payload ->> 'new_status' in ('succeeded', 'failed', 'canceled') group by run_id) e";
    assert_eq!(value(&client, ends).await, "1");
    let lost =
        "select coalesce(max(reaped_at - greatest(claimed_at, started_at)), '0') < interval '60 s' from ops.runs";
    assert_eq!(value(&client, lost).await, "t");
    for mut worker in workers.drain(1..) {
        worker.signal(Signal::SIGTERM);
        let ended = worker.end().await;
        assert_eq!(ended.status.code(), Some(0), "{ended}");
    }
}

/// A session that notes what it was answered, while the server is killed under it again and again.
#[tokio::test]
async fn no_answered_transition_is_lost() {
    let server = OwnServer::new().await;
    let (_, mut client) = with_runs(&server, 400, 1).await;
    let mut answered: Vec<(String, &str)> = Vec::new();
    for _ in 0..4 {
        let working = async {
            let mut noted = Vec::new();
            while let Some(claimed) = ask(&client, "claim_next_run('w1')").await {
                let Some(id) = claimed["run_id"].as_str().map(str::to_owned) else { break };
                noted.push((id.clone(), "claimed"));
                if ask(&client, &format!("start_workflow_run('{id}', 'w1')")).await.is_none() {
                    break;
                }
                noted.push((id.clone(), "running"));
                if ask(&client, &format!("complete_workflow_run('{id}', 0)")).await.is_none() {
                    break;
                }
                noted.push((id, "succeeded"));
            }
            noted
        };
        let killing = async {
            tokio::time::sleep(Duration::from_millis(150)).await;
            server.stop("immediate").await;
        };
        let (noted, ()) = tokio::join!(working, killing);
        answered.extend(noted);
        server.start().await;
        client = server.until_it_is_back("queue").await;
    }
    assert!(answered.len() > 30, "{}", answered.len());
    let order = ["queued", "claimed", "running", "succeeded"];
    for (id, said) in answered {
        let is = value(&client, &format!("select status from ops.runs where id = '{id}'")).await;
        let place = |status: &str| order.iter().position(|other| *other == status).unwrap();
        assert!(place(&is) >= place(said), "{id}: answered {said}, is {is}");
    }
    let folded = "select count(*) from ops.runs r where r.status is distinct from (select e.payload ->> 'new_status' \
                  from ops.run_events e where e.run_id = r.id order by e.seq desc limit 1)";
    assert_eq!(value(&client, folded).await, "0");
}

/// Asks as workers do: again on a new connection when the old one was lost.
async fn ask_again(server: &OwnServer, client: &mut Client, function: &str) -> Value {
    loop {
        match client.query_one(&format!("select ops.{function}"), &[]).await {
            Ok(row) => return row.get(0),
            Err(error) => assert!(
                error.code().is_none_or(|code| code.code().starts_with("57P")),
                "{function}: refused for another reason than a lost connection: {error:?}"
            ),
        }
        *client = server.until_it_is_back("queue").await;
    }
}

/// Seconds for which the workers below have a run.
const LEASE: u32 = 3;

/// Works until nothing is left; says what it was answered.
async fn work(server: &OwnServer, n: usize) -> Vec<(String, &'static str)> {
    let mut client = server.until_it_is_back("queue").await;
    let mut answered = Vec::new();
    for request in 0.. {
        let claim = format!("claim_next_run('w{n}', '{{}}', {LEASE}, '{n} {request}')");
        let run = ask_again(server, &mut client, &claim).await;
        let Some(id) = run["run_id"].as_str().map(str::to_owned) else {
            let health = ask_again(server, &mut client, "queue_health()").await;
            if ["ready", "delayed", "in_flight"].iter().all(|state| health[state] == 0) {
                return answered;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        answered.push((id.clone(), "claimed"));
        // Now and then a worker is gone with its run.
        if (request + n) % 25 == 20 {
            continue;
        }
        let token = &run["claim_token"];
        let calls = [
            (format!("start_workflow_run('{id}', 'w{n}', {token})"), "running"),
            (format!("complete_workflow_run('{id}', 0, null, 'w{n}', {token})"), "succeeded"),
        ];
        for (function, status) in calls {
            // Refused where the server was away for longer than the lease.
            if ask_again(server, &mut client, &function).await["success"] != true {
                break;
            }
            answered.push((id.clone(), status));
        }
    }
    answered
}

#[tokio::test]
async fn a_server_killed_under_sixteen_workers_loses_nothing_and_leaves_no_run_behind() {
    const RUNS: u32 = 800;
    let server = OwnServer::new().await;
    let (_, mut client) = with_runs(&server, RUNS, 5).await;
    let over = AtomicBool::new(false);
    let working = async {
        let answered = join_all((0..16).map(|n| work(&server, n))).await;
        over.store(true, Ordering::Relaxed);
        answered.into_iter().flatten().collect::<Vec<_>>()
    };
    let killing = async {
        for done in [100, 300, 500] {
            let query = format!("select count(*) >= {done} from ops.runs where status = 'succeeded'");
            until(&client, "runs to end", &query).await;
            server.kill_and_start().await;
            client = server.until_it_is_back("queue").await;
        }
    };
    // What is in flight has a worker and a lease, or is found when the lease is over: within another one, not counting the time
    // in which there was no server.
    let watching = async {
        let mut client = server.until_it_is_back("queue").await;
        let behind =
            "select string_agg(r.id || ': ' || r.status || coalesce(' since ' || q.lease_expires_at, ''), ', ')
            from ops.runs r left join ops.run_queue q on q.run_id = r.id
            where r.status in ('claimed', 'running')
              and (r.claimed_by is null or q.in_flight is not true or q.lease_expires_at is null
                   or greatest(q.lease_expires_at, pg_postmaster_start_time()) + $1 * interval '1 s' < now())";
        while !over.load(Ordering::Relaxed) {
            match client.query_one(behind, &[&f64::from(LEASE)]).await {
                Ok(row) => assert_eq!(row.get::<_, Option<String>>(0), None),
                Err(_) => client = server.until_it_is_back("queue").await,
            }
            ask_again(&server, &mut client, "reap_expired_runs()").await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let (answered, (), ()) = tokio::join!(working, killing, watching);

    let (ids, said): (Vec<&str>, Vec<&str>) = answered.iter().map(|(id, status)| (id.as_str(), *status)).unzip();
    let lost = "select count(*) from unnest($1::text[], $2::text[]) said (id, status)
        where not exists (select from ops.run_events e
                          where e.run_id = said.id::uuid and e.payload ->> 'new_status' = said.status)
           or said.status = 'succeeded' and not exists (select from ops.runs r where r.id = said.id::uuid and r.status = 'succeeded')";
    assert_eq!(client.query_one(lost, &[&ids, &said]).await.unwrap().get::<_, i64>(0), 0, "of {}", answered.len());
    assert_eq!(value(&client, ALL_ENDED).await, "t");
    let succeeded = "select count(*) from ops.runs where status = 'succeeded'";
    assert_eq!(value(&client, succeeded).await, RUNS.to_string(), "each run, or the last of its attempts");
    let twice = "select count(*) from (
        select from ops.run_events where event_type = 'state_change' group by run_id
        having count(*) filter (where payload ->> 'new_status' = 'claimed') > 1
            or count(*) filter (where payload ->> 'new_status' in ('succeeded', 'failed', 'canceled')) <> 1) e";
    assert_eq!(value(&client, twice).await, "0", "one claim at most and one end for each");
    assert!(value(&client, "select count(*) from ops.runs where reaped_at is not null").await != "0");
}

#[tokio::test]
async fn a_canceled_run_is_stopped_as_a_group_and_a_drained_worker_ends() {
    let server = OwnServer::new().await;
    let (url, client) = with_runs(&server, 1, 1).await;
    let mark = tempfile::NamedTempFile::new().unwrap();
    let command = format!("(sleep 2; echo late >> {}) & wait", mark.path().display());
    let mut worker = worker(&url, &["--lease", "60", "--exec", &command]);
    worker.until_it_says("began").await;
    let began = Instant::now();
    client.batch_execute("select ops.cancel_run(id) from ops.runs").await.unwrap();
    worker.until_it_says("gave up").await;
    assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(std::fs::read_to_string(mark.path()).unwrap(), "", "nothing of the group goes on");
    worker.signal(Signal::SIGINT);
    let ended = worker.end().await;
    assert_eq!(ended.status.code(), Some(0), "{ended}");
}

/// A worker that can't do anything any more leaves nothing of its runs going: not what the command began, and not what
/// ignores being asked.
#[tokio::test]
async fn a_killed_worker_leaves_no_command_running() {
    let server = OwnServer::new().await;
    let (url, client) = with_runs(&server, 2, 1).await;
    let marks = tempfile::tempdir().unwrap();
    let command = format!(
        "if [ $PGWARD_RUN_NUMBER = 1 ]; then trap '' TERM; fi
         (while :; do echo going >> {}/$PGWARD_RUN_NUMBER; sleep 0.05; done) & wait",
        marks.path().display()
    );
    let mut worker = worker(&url, &["--slots", "2", "--lease", "60", "--exec", &command]);
    let written = || ["1", "2"].map(|run| std::fs::metadata(marks.path().join(run)).map_or(0, |file| file.len()));
    within("both commands to run", async {
        while written().contains(&0) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    worker.signal(Signal::SIGKILL);
    worker.end().await;
    within("the commands to end", async {
        let mut before = written();
        loop {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            let now = written();
            if now == before {
                break;
            }
            before = now;
        }
    })
    .await;
    let held = "select count(*) from ops.run_queue where in_flight and lease_expires_at > now()";
    assert_eq!(value(&client, held).await, "2", "long before anybody else may have the runs");
}

#[tokio::test]
async fn once_does_what_is_queued_and_the_run_has_output_artifacts_and_exit_code() {
    let server = OwnServer::new().await;
    let (url, client) = with_runs(&server, 2, 1).await;
    let command = "echo \"run $PGWARD_RUN_NUMBER of $PGWARD_PROJECT\"; echo careful >&2; \
                   echo '{\"key\": \"image\", \"url\": \"registry/image\", \"type\": \"image\"}' > \"$PGWARD_ARTIFACTS\"; \
                   exit $((PGWARD_RUN_NUMBER - 1))";
    succeed(pgward(&url, &["worker", "--once", "--exec", command])).await;
    let runs = "select string_agg(status || ' ' || exit_code, ', ' order by run_number) from ops.runs";
    assert_eq!(value(&client, runs).await, "succeeded 0, failed 1");
    let lines = "select string_agg(log_level || ': ' || message, ', ' order by log_level, message) from ops.run_logs";
    assert_eq!(value(&client, lines).await, "info: run 1 of one, info: run 2 of one, warn: careful, warn: careful");
    assert_eq!(value(&client, "select count(*) from ops.run_artifacts where artifact_type = 'image'").await, "2");
}

/// Whoever waits returns within 100 ms of the end, whatever interval was asked for.
#[tokio::test]
async fn waiting_ends_with_the_run() {
    let server = OwnServer::new().await;
    let (url, client) = with_runs(&server, 9, 1).await;
    let ends = [("complete_workflow_run(id, 0)", 0), ("complete_workflow_run(id, 1)", 1), ("cancel_run(id)", 1)];
    let mut took = Vec::new();
    for (call, code) in ends.into_iter().cycle().take(9) {
        let id = value(&client, "select ops.claim_next_run('w1') ->> 'run_id'").await;
        client.batch_execute(&format!("select ops.start_workflow_run('{id}', 'w1')")).await.unwrap();
        let mut waiting = Running::start(pgward(&url, &["env", "wait", &id, "60", "30"]));
        waiting.until_it_says("Status: running").await;
        // Long enough for it to wait.
        tokio::time::sleep(Duration::from_millis(300)).await;
        client.batch_execute(&format!("select ops.{call} from ops.runs where id = '{id}'")).await.unwrap();
        let began = Instant::now();
        let ended = waiting.end().await;
        took.push(began.elapsed());
        assert_eq!(ended.status.code(), Some(code), "{ended}");
    }
    // A machine that does much else may hold up a few of them.
    took.sort();
    assert!(took[took.len() / 2] < Duration::from_millis(100), "{took:?}");
    let ended = run(pgward(&url, &["env", "wait", "run-20260101-000000-0000000"])).await;
    assert_eq!((ended.status.code(), ended.out.as_str()), (Some(1), ""));
}
