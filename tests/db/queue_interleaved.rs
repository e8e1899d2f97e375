//! Every pair of calls about one run, in every order in which the statements of two sessions can meet: what comes of it is
//! what would come of one after the other.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;
use tokio_postgres::Client;

use crate::ops_fixtures::{ONE, act_as_superuser};
use crate::ops_support::{call, one, rows};
use crate::support::TestDb;

const CALLS: [&str; 9] =
    ["claim", "claim and start", "start", "heartbeat", "complete", "cancel", "reap", "retry", "delete project"];

const STATUSES: [&str; 4] = ["queued", "claimed", "running", "lost"];

/// The statements of the two sessions, A and B: a call, and its end. The small letter is a rollback.
const ORDERS: [&[&str]; 8] = [
    &["A", "A.", "B", "B."],
    &["B", "B.", "A", "A."],
    &["A", "B", "A.", "B."],
    &["A", "B", "B.", "A."],
    &["B", "A", "B.", "A."],
    &["B", "A", "A.", "B."],
    &["A", "B", "a", "B."],
    &["B", "A", "b", "A."],
];

fn sql(call: &str, run: &str) -> String {
    match call {
        "claim" => "select ops.claim_next_run('w1')".to_owned(),
        "claim and start" => {
            "select coalesce(ops.claim_and_start_runs('w1', p_request_id => 'r') #> '{runs,0}', '{}')".to_owned()
        }
        "start" => format!("select ops.start_workflow_run('{run}', 'w1')"),
        "heartbeat" => format!("select ops.heartbeat_run('{run}', 'w1')"),
        "complete" => format!("select ops.complete_workflow_run('{run}', 1, null, 'w1')"),
        "cancel" => format!("select ops.cancel_run('{run}')"),
        "reap" => "select ops.reap_expired_runs()".to_owned(),
        "retry" => format!("select ops.retry_run('{run}')"),
        "delete project" => format!("delete from ops.projects where id = '{}'", ONE.id),
        other => panic!("{other}"),
    }
}

/// What a call came to: its code, without what differs from run to run.
fn outcome(messages: Vec<tokio_postgres::SimpleQueryMessage>) -> String {
    for message in messages {
        if let tokio_postgres::SimpleQueryMessage::Row(row) = message {
            let answer: Value = serde_json::from_str(row.get(0).unwrap()).unwrap();
            return match answer["code"].as_str() {
                Some(code) => code.to_owned(),
                None if answer.get("reaped").is_some() => format!("reaped {}", answer["reaped"]),
                None if answer["run_id"].is_null() => "none".to_owned(),
                None => "done".to_owned(),
            };
        }
    }
    "deleted".to_owned()
}

async fn send(client: &Client, sql: &str) -> String {
    match client.simple_query(sql).await {
        Ok(messages) => outcome(messages),
        Err(error) => panic!("{sql}: {:?}", error.as_db_error()),
    }
}

/// A project with one run in a status; `lost` runs, but its lease has run out. Two attempts, so that a retry is made too.
async fn make(client: &Client, status: &str) -> String {
    // In a transaction of its own: at its end, a project that is there again has no owner.
    client.batch_execute(&format!("delete from ops.projects where id = '{}'", ONE.id)).await.unwrap();
    client
        .batch_execute(&format!(
            "insert into ops.projects (id, workspace_key, slug, name, odoo_version) values ('{0}', 'one', 'one', 'One', '19.0');
             insert into ops.workflows (id, project_id, workflow_type, name) values ('{1}', '{0}', 'build', 'main');",
            ONE.id, ONE.workflow
        ))
        .await
        .unwrap();
    let queued =
        call(client, &format!("enqueue_run('{}', '{}', null, 0, '{{}}', '{{}}', null, 2, 60)", ONE.id, ONE.workflow))
            .await;
    let run = queued["run_id"].as_str().unwrap().to_owned();
    if status != "queued" {
        call(client, "claim_next_run('w1', p_request_id => 'r')").await;
    }
    if status == "running" || status == "lost" {
        call(client, &format!("start_workflow_run('{run}', 'w1')")).await;
    }
    if status == "lost" {
        client.batch_execute("update ops.run_queue set lease_expires_at = now() - interval '1 minute'").await.unwrap();
    }
    run
}

/// All that is left: runs, the queue, and whether they and the events agree.
async fn state(client: &Client) -> String {
    let runs = rows(
        client,
        "select r.attempt, r.status, r.exit_code, q.in_flight,
                (select e.payload ->> 'new_status' from ops.run_events e
                 where e.run_id = r.id and e.event_type = 'state_change' order by e.seq desc limit 1) = r.status
                and (q.run_id is not null) = (r.status in ('queued', 'claimed', 'running'))
                and coalesce(q.in_flight = (r.status in ('claimed', 'running')), true)
                and (select count(*) from ops.run_events e where e.run_id = r.id
                     and e.payload ->> 'new_status' in ('succeeded', 'failed', 'canceled')) <= 1
         from ops.runs r left join ops.run_queue q on q.run_id = r.id order by r.attempt",
    )
    .await;
    for run in &runs {
        assert_eq!(run[4], "t", "run, queue and events agree: {runs:?}");
    }
    let orphans =
        "select count(*) from ops.run_queue q where not exists (select from ops.runs r where r.id = q.run_id)";
    assert_eq!(one(client, orphans).await, "0");
    format!("{runs:?}")
}

struct Met {
    a: String,
    b: String,
    state: String,
}

async fn meet(admin: &Client, [a, b]: [&Client; 2], [first, second]: [&str; 2], status: &str, order: &[&str]) -> Met {
    let run = make(admin, status).await;
    let (mut said_a, mut said_b) = (None, None);
    let (sql_a, sql_b) = (sql(first, &run), sql(second, &run));
    let (mut call_a, mut call_b) = (None, None);
    for step in order {
        match *step {
            "A" => {
                a.batch_execute("begin").await.unwrap();
                call_a = Some(Box::pin(send(a, &sql_a)));
            }
            "B" => {
                b.batch_execute("begin").await.unwrap();
                call_b = Some(Box::pin(send(b, &sql_b)));
            }
            end => {
                let (client, pending, said) = if end.to_ascii_uppercase().starts_with('A') {
                    (a, &mut call_a, &mut said_a)
                } else {
                    (b, &mut call_b, &mut said_b)
                };
                // Where the call still waits for the other session, its end has to come later.
                let waiting = said.is_none();
                if waiting {
                    let Some(call) = pending.as_mut() else { panic!("{order:?}") };
                    match timeout(Duration::from_millis(30), call).await {
                        Ok(outcome) => *said = Some(outcome),
                        Err(_) => continue,
                    }
                    *pending = None;
                }
                client.batch_execute(if end.ends_with('.') { "commit" } else { "rollback" }).await.unwrap();
            }
        }
        // Gives calls the time to be carried out, or to come upon a lock.
        for (call, said) in [(&mut call_a, &mut said_a), (&mut call_b, &mut said_b)] {
            if let Some(pending) = call.as_mut()
                && let Ok(outcome) = timeout(Duration::from_millis(8), pending).await
            {
                *said = Some(outcome);
                *call = None;
            }
        }
    }
    // What had to wait goes on now.
    for (client, call, said) in [(a, call_a, &mut said_a), (b, call_b, &mut said_b)] {
        if let Some(call) = call {
            let outcome = timeout(Duration::from_secs(60), call).await;
            *said =
                Some(outcome.unwrap_or_else(|_| panic!("{first}, {second} of a {status} run, {order:?}: for ever")));
        }
        client.batch_execute("commit").await.unwrap();
    }
    Met { a: said_a.unwrap(), b: said_b.unwrap(), state: state(admin).await }
}

#[tokio::test]
async fn every_pair_in_every_order() {
    let db = TestDb::with_projects().await;
    let (admin, a, b) = (db.connect().await, db.connect().await, db.connect().await);
    for client in [&admin, &a, &b] {
        act_as_superuser(client).await;
        client.batch_execute("set deadlock_timeout = '100ms'").await.unwrap();
    }
    let mut wrong = Vec::new();
    let mut met = 0;
    for status in STATUSES {
        for (n, first) in CALLS.into_iter().enumerate() {
            for second in &CALLS[n..] {
                // One alone, and one after the other: all that may come of any order.
                let mut allowed = BTreeSet::new();
                for order in ORDERS {
                    let pair = [first, *second];
                    let Met { a, b, state } = meet(&admin, [&a, &b], pair, status, order).await;
                    met += 1;
                    let seen = format!("{first}: {a}; {second}: {b}; {state}");
                    if order.iter().any(|step| step.len() == 1 && step.chars().all(char::is_lowercase)) {
                        continue;
                    }
                    if matches!(order, ["A", "A.", ..] | ["B", "B.", ..]) {
                        allowed.insert(seen);
                        continue;
                    }
                    // A claim and the reaper wait for nobody: what somebody holds, they leave. Of what is claimed already,
                    // "claim and start" is the request made again, which does wait.
                    let passes_by = |call: &str, said: &str| match call {
                        "claim" => said == "none",
                        "claim and start" => said == "none" && status == "queued",
                        "reap" => said == "reaped 0",
                        _ => false,
                    };
                    if !allowed.contains(&seen) && !passes_by(first, &a) && !passes_by(second, &b) {
                        wrong.push(format!("{status} {order:?}: {seen}\n  allowed: {allowed:#?}"));
                    }
                }
            }
        }
    }
    assert_eq!(met, STATUSES.len() * 45 * ORDERS.len());
    assert!(wrong.is_empty(), "{} of {met}:\n{}", wrong.len(), wrong.join("\n"));
    let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
    assert_eq!(one(&admin, deadlocks).await, "0");
}
