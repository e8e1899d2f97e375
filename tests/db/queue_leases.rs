//! Leases, fencing, attempts, lanes and retention, call by call.

use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::ops_fixtures::{
    DEVELOPER, ONE, OUTSIDER, TWO, VIEWER, act_as, act_as_superuser, become_role, queue, run_in,
};
use crate::ops_support::{attempt, call, code, column, one, rows};
use crate::support::TestDb;

/// Queues a run of project one with more arguments.
async fn queue_with(client: &Client, arguments: &str) -> String {
    let answer = call(client, &format!("enqueue_run('{}', '{}', {arguments})", ONE.id, ONE.workflow)).await;
    answer["run_id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// Lets the lease of a run run out.
async fn expire(client: &Client, run: &str) {
    let sql = format!("update ops.run_queue set lease_expires_at = now() - interval '1 second' where run_id = '{run}'");
    client.batch_execute(&sql).await.unwrap();
}

async fn reap(client: &Client) -> Value {
    call(client, "reap_expired_runs()").await
}

fn token(answer: &Value) -> i64 {
    answer["claim_token"].as_i64().unwrap_or_else(|| panic!("{answer}"))
}

/// Every call of a worker with this token.
fn calls(run: &str, worker: &str, token: i64) -> Vec<String> {
    vec![
        format!("start_workflow_run('{run}', '{worker}', {token})"),
        format!("heartbeat_run('{run}', '{worker}', {token})"),
        format!("append_run_log('{run}', 'info', 'm', '{{}}', {token})"),
        format!(r#"append_run_logs('{run}', '[{{"message": "m"}}]', {token})"#),
        format!("add_run_artifact('{run}', 'k', 'u', p_claim_token => {token})"),
        format!("get_claimed_run('{run}', '{worker}', {token})"),
        format!("complete_workflow_run('{run}', 0, null, '{worker}', {token})"),
    ]
}

#[tokio::test]
async fn a_late_worker_is_refused_on_every_call() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for started in [false, true] {
        let run = queue_with(&client, "null, 0, '{}', '{}', null, 2, 0").await;
        let claimed = call(&client, "claim_next_run('w1')").await;
        assert_eq!(claimed["run_id"], json!(run));
        if started {
            call(&client, &calls(&run, "w1", token(&claimed))[0]).await;
        }
        expire(&client, &run).await;
        let reaped = reap(&client).await;
        assert_eq!((&reaped["reaped"], &reaped["retried"]), (&json!(1), &json!(1)));
        let again = call(&client, "claim_next_run('w2')").await;
        assert_eq!((&again["attempt"], again["run_id"] == json!(run)), (&json!(2), false));
        assert!(token(&again) > token(&claimed));

        become_role(&client, "service_role", "").await;
        for function in calls(&run, "w1", token(&claimed)) {
            assert_eq!(code(&call(&client, &function).await), "stale_claim", "{function}");
        }
        // Nor does the number of the old claim open the new one.
        let new = again["run_id"].as_str().unwrap();
        for function in calls(new, "w2", token(&claimed)) {
            assert_eq!(code(&call(&client, &function).await), "stale_claim", "{function}");
        }
        for function in calls(new, "w2", token(&again)) {
            assert_eq!(code(&call(&client, &function).await), "success", "{function}");
        }
        act_as_superuser(&client).await;
        let ended = format!("select status || ' ' || error_message from ops.runs where id = '{run}'");
        let expected = if started { "failed" } else { "canceled" };
        assert_eq!(one(&client, &ended).await, format!("{expected} the lease of worker w1 ran out"));
        let event = format!("select message from ops.run_events where run_id = '{run}' order by seq desc limit 1");
        assert!(one(&client, &event).await.starts_with("run "), "it has its event");
    }
}

#[tokio::test]
async fn tokens_grow_and_are_never_given_out_again() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let mut last = 0;
    for n in 0..20 {
        queue(&client).await;
        client.batch_execute("begin").await.unwrap();
        let claimed = call(&client, "claim_next_run('w1')").await;
        client.batch_execute(if n % 3 == 0 { "rollback" } else { "commit" }).await.unwrap();
        assert!(token(&claimed) > last);
        last = token(&claimed);
    }
    // By a plain UPDATE too.
    let run = run_in(&client, "claimed").await;
    let claimed = one(&client, &format!("select claim_number from ops.runs where id = '{run}'")).await;
    assert!(claimed.parse::<i64>().unwrap() > last);
    attempt(&client, &format!("update ops.runs set claim_number = 1 where id = '{run}'")).await.expect_rows(1);
}

#[tokio::test]
async fn a_heartbeat_keeps_a_run_and_a_cancel_takes_it() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let run = queue(&client).await;
    let claimed = call(&client, "claim_next_run('w1', p_lease_seconds => 5)").await;
    expire(&client, &run).await;
    let beat = format!("heartbeat_run('{run}', 'w1', {})", token(&claimed));
    assert_eq!(call(&client, &beat).await["status"], "claimed");
    assert_eq!(reap(&client).await["reaped"], 0);
    call(&client, &format!("cancel_run('{run}')")).await;
    assert_eq!(code(&call(&client, &beat).await), "run_canceled");
    assert_eq!(one(&client, "select count(*) from ops.run_queue").await, "0");
}

#[tokio::test]
async fn attempts_come_later_and_later_and_end_as_a_dead_letter() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let first = queue_with(&client, r#"null, 5, '{"a": 1}', '{}', null, 3, 60"#).await;
    for attempt in 1..=3 {
        let claimed = call(&client, "claim_next_run('w1')").await;
        assert_eq!(claimed["attempt"], attempt, "{claimed}");
        let run = claimed["run_id"].as_str().unwrap();
        call(&client, &format!("start_workflow_run('{run}', 'w1')")).await;
        let done = call(&client, &format!("complete_workflow_run('{run}', 7, 'broken', 'w1')")).await;
        assert_eq!(done["retry_run_id"].is_null(), attempt == 3);
        assert_eq!(
            call(&client, &format!("complete_workflow_run('{run}', 7, 'broken', 'w1')")).await["already_completed"],
            true
        );
        let waits = "select round(extract(epoch from due_at - now())) from ops.run_queue";
        let expected: &[&str] = [&["60"][..], &["120"], &[]][attempt - 1];
        assert_eq!(column(&client, waits).await, expected);
        assert!(call(&client, "claim_next_run('w1')").await["run_id"].is_null(), "it is not due yet");
        client.batch_execute("update ops.run_queue set due_at = now() - interval '1 second'").await.unwrap();
    }
    let letters =
        rows(&client, "select first_run_id, attempts, reason, exit_code, error_message from ops.dead_letters").await;
    assert_eq!(letters, [[first.as_str(), "3", "failed", "7", "broken"]]);
    // Said twice, one more attempt is made once, with all that the first asked for.
    let dead = one(&client, "select run_id from ops.dead_letters").await;
    let retry = call(&client, &format!("retry_run('{dead}')")).await;
    assert_eq!((&retry["attempt"], &retry["created"]), (&json!(4), &json!(true)));
    let again = call(&client, &format!("retry_run('{dead}')")).await;
    assert_eq!((&again["run_id"], &again["created"]), (&retry["run_id"], &json!(false)));
    let asked = "select priority, metadata, max_attempts from ops.runs where attempt = 4";
    assert_eq!(rows(&client, asked).await, [["5", r#"{"a": 1}"#, "4"]]);
    assert_eq!(one(&client, "select redriven_as from ops.dead_letters").await, retry["run_id"].as_str().unwrap());
    let running = call(&client, &format!("retry_run('{}')", retry["run_id"].as_str().unwrap())).await;
    assert_eq!(code(&running), "run_not_finished");
}

#[tokio::test]
async fn who_may_retry_and_what_strangers_learn() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let run = run_in(&client, "failed").await;
    for (user, expected) in [(VIEWER, "not_permitted"), (OUTSIDER, "run_not_found"), (DEVELOPER, "success")] {
        act_as(&client, user).await;
        assert_eq!(code(&call(&client, &format!("retry_run('{run}')")).await), expected);
        let explained = call(&client, &format!("explain_run('{run}')")).await;
        assert_eq!(code(&explained), if user == OUTSIDER { "run_not_found" } else { "success" });
    }
}

#[tokio::test]
async fn the_same_request_is_answered_the_same_claim() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for _ in 0..3 {
        queue(&client).await;
    }
    let request = "claim_next_run('w1', p_request_id => 'r1')";
    let first = call(&client, request).await;
    let second = call(&client, request).await;
    assert_eq!((&first["run_id"], &first["claim_token"]), (&second["run_id"], &second["claim_token"]));
    assert_eq!(second["repeated"], true);
    assert_ne!(call(&client, "claim_next_run('w2', p_request_id => 'r1')").await["run_id"], first["run_id"]);
    assert_eq!(one(&client, "select count(*) from ops.run_queue where in_flight").await, "2");
}

#[tokio::test]
async fn labels_limits_and_pauses_hold_runs_back_and_say_so() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let why = async |run: &str| {
        let answer = call(&client, &format!("explain_run('{run}')")).await;
        answer["reason"].as_str().unwrap().to_owned()
    };
    let labeled = queue_with(&client, "null, 0, '{}', '{gpu,big}'").await;
    assert!(call(&client, "claim_next_run('w1')").await["run_id"].is_null());
    assert!(call(&client, "claim_next_run('w1', '{gpu}')").await["run_id"].is_null());
    assert_eq!(why(&labeled).await, "no_worker_with_labels");
    call(&client, "report_worker('w9', '{big,fast,gpu}', 2)").await;
    assert_eq!(why(&labeled).await, "waiting");
    assert_eq!(call(&client, "claim_next_run('w9', '{big,fast,gpu}')").await["run_id"], json!(labeled));

    let (a, b) = (queue(&client).await, queue(&client).await);
    call(&client, &format!("set_project_queue('{}', 2)", ONE.id)).await;
    assert_eq!(call(&client, "claim_next_run('w1')").await["run_id"], json!(a), "one is in flight already");
    assert!(call(&client, "claim_next_run('w1')").await["run_id"].is_null());
    assert_eq!(why(&b).await, "project_limit");
    // Another project's are not in the way, nor held up.
    let other = call(&client, &format!("enqueue_run('{}', '{}')", TWO.id, TWO.workflow)).await;
    assert_eq!(call(&client, "claim_next_run('w1')").await["run_id"], other["run_id"]);
    call(&client, &format!("start_workflow_run('{a}', 'w1')")).await;
    call(&client, &format!("complete_workflow_run('{a}', 0)")).await;
    call(&client, &format!("set_project_queue('{}', 2, true)", ONE.id)).await;
    assert_eq!(why(&b).await, "project_paused");
    assert!(call(&client, "claim_next_run('w1')").await["run_id"].is_null());
    call(&client, &format!("set_project_queue('{}')", ONE.id)).await;
    assert_eq!(call(&client, "claim_next_run('w1')").await["run_id"], json!(b));

    let later = queue_with(&client, "null, 0, '{}', '{}', now() + interval '1 hour'").await;
    assert_eq!(why(&later).await, "scheduled");
    let health = call(&client, "queue_health()").await;
    assert_eq!([&health["ready"], &health["delayed"], &health["in_flight"]], [&json!(0), &json!(1), &json!(3)]);
    // It is asked for at once instead, by a plain UPDATE.
    client.batch_execute("update ops.runs set run_after = null where run_after is not null").await.unwrap();
    assert_eq!(call(&client, "claim_next_run('w1')").await["run_id"], json!(later));
}

#[tokio::test]
async fn batches_do_what_single_calls_do() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for _ in 0..5 {
        queue(&client).await;
    }
    let twice = queue_with(&client, "null, 0, '{}', '{}', null, 2, 0").await;
    become_role(&client, "service_role", "").await;
    let claimed = call(&client, "claim_next_runs('w1', 10)").await;
    let runs = claimed["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 6);
    let ids: Vec<_> = runs.iter().map(|run| run["run_id"].as_str().unwrap()).collect();
    let tokens: Vec<_> = runs.iter().map(|run| token(run).to_string()).collect();
    call(&client, &format!("cancel_run('{}')", ids[0])).await;
    let started =
        call(&client, &format!("start_workflow_runs('{{{}}}', 'w1', '{{{}}}')", ids.join(","), tokens.join(","))).await;
    assert_eq!((&started["started"], &started["refused"][0]["code"]), (&json!(5), &json!("run_canceled")));
    let results: Vec<Value> = runs
        .iter()
        .map(|run| {
            let exit_code = i32::from(run["run_id"] == json!(twice));
            json!({ "run_id": run["run_id"], "claim_token": run["claim_token"], "exit_code": exit_code })
        })
        .collect();
    let complete = format!("complete_workflow_runs('w1', '{}')", Value::Array(results));
    let done = call(&client, &complete).await;
    assert_eq!((&done["completed"], &done["refused"][0]["code"]), (&json!(4), &json!("run_canceled")));
    act_as_superuser(&client).await;
    let statuses = "select status || ' ' || count(*) from ops.runs group by status order by 1";
    assert_eq!(column(&client, statuses).await, ["canceled 1", "failed 1", "queued 1", "succeeded 4"]);
    let terminal = "select max(n) from (select count(*) as n from ops.run_events
                    where payload ->> 'new_status' in ('succeeded', 'failed', 'canceled') group by run_id) e";
    assert_eq!(one(&client, terminal).await, "1");
    let append =
        format!(r#"append_run_logs('{}', '[{{"message": "a"}}, {{"message": "b", "level": "warn"}}]')"#, ids[1]);
    assert_eq!(call(&client, &append).await["appended"], 2);
    assert_eq!(column(&client, "select log_level || message from ops.run_logs order by seq").await, ["infoa", "warnb"]);
}

#[tokio::test]
async fn a_batch_is_claimed_and_started_in_one_call() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let ids = [queue(&client).await, queue(&client).await, queue(&client).await];
    become_role(&client, "service_role", "").await;
    let started = call(&client, "claim_and_start_runs('w1', 2)").await;
    let runs = started["runs"].as_array().unwrap();
    assert_eq!(runs.iter().map(|run| &run["run_id"]).collect::<Vec<_>>(), [&json!(ids[0]), &json!(ids[1])]);
    // Two for each run, in their order, as the two calls write them.
    let events = |run: &str| {
        format!(
            "select concat_ws(' ', e.message, e.payload ->> 'previous_status', e.payload ->> 'new_status',
                              e.payload ->> 'worker_id', e.created_at = r.started_at and r.started_at = r.claimed_at)
             from ops.run_events e join ops.runs r on r.id = e.run_id
             where r.id = '{run}' and e.payload ->> 'new_status' <> 'queued' order by e.seq"
        )
    };
    for id in &ids[..2] {
        assert_eq!(
            column(&client, &events(id)).await,
            ["run claimed by w1 queued claimed w1 t", "run started claimed running w1 t"]
        );
    }
    assert_eq!(call(&client, "claim_next_run('w2')").await["run_id"], json!(ids[2]), "no more than two were taken");
    let results: Vec<Value> = runs
        .iter()
        .map(|run| json!({ "run_id": run["run_id"], "claim_token": run["claim_token"], "exit_code": 0 }))
        .collect();
    let done = call(&client, &format!("complete_workflow_runs('w1', '{}')", Value::Array(results))).await;
    assert_eq!((&done["completed"], &done["refused"]), (&json!(2), &json!([])));
    assert_eq!(call(&client, "claim_and_start_runs('w1')").await["runs"], json!([]), "nothing is left");
}

/// From the lanes, for a request that is made again, and for one that was first made of the other function.
#[tokio::test]
async fn whatever_is_claimed_and_started_runs() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let labeled = queue_with(&client, "null, 0, '{}', '{gpu}', null, 1, 0").await;
    let (first, second) = (queue(&client).await, queue(&client).await);
    become_role(&client, "service_role", "").await;
    let status = |run: &str| format!("select status from ops.runs where id = '{run}'");

    let started = call(&client, "claim_and_start_runs('w1', 1, '{gpu}')").await;
    assert_eq!(started["runs"][0]["run_id"], json!(labeled));
    assert_eq!(one(&client, &status(&labeled)).await, "running");

    let request = "claim_and_start_runs('w1', p_request_id => 'r1')";
    let answer = call(&client, request).await;
    let again = call(&client, request).await;
    assert_eq!((&again["repeated"], &again["runs"]), (&json!(true), &answer["runs"]));
    assert_eq!(
        (&answer["runs"][0]["run_id"], one(&client, &status(&first)).await),
        (&json!(first), "running".to_owned())
    );

    let claimed = call(&client, "claim_next_runs('w1', p_request_id => 'r2')").await;
    assert_eq!(one(&client, &status(&second)).await, "claimed");
    let started = call(&client, "claim_and_start_runs('w1', p_request_id => 'r2')").await;
    assert_eq!((&started["repeated"], &started["runs"]), (&json!(true), &claimed["runs"]));
    assert_eq!(one(&client, &status(&second)).await, "running");
    let events = "select max(n) from (select count(*) as n from ops.run_events group by run_id, payload) e";
    assert_eq!(one(&client, events).await, "1", "nothing happened twice");
}

/// A request that is made again waits for whoever is canceling the run, and does not answer it any more.
#[tokio::test]
async fn a_run_that_is_canceled_meanwhile_is_not_started() {
    let db = TestDb::with_projects().await;
    let (client, other) = (db.connect().await, db.connect().await);
    let (gone, kept) = (queue(&client).await, queue(&client).await);
    call(&client, "claim_next_runs('w1', 2, p_request_id => 'r1')").await;
    other.batch_execute("begin").await.unwrap();
    call(&other, &format!("cancel_run('{gone}')")).await;
    let again = call(&client, "claim_and_start_runs('w1', 2, p_request_id => 'r1')");
    let end = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        other.batch_execute("commit").await.unwrap();
    };
    let (answer, ()) = tokio::join!(again, end);
    let runs = answer["runs"].as_array().unwrap();
    assert_eq!(runs.iter().map(|run| &run["run_id"]).collect::<Vec<_>>(), [&json!(kept)]);
    let statuses = "select status from ops.runs order by created_at";
    assert_eq!(column(&client, statuses).await, ["canceled", "running"]);
}

/// A worker's login needs EXECUTE on the worker functions and nothing else.
#[tokio::test]
async fn a_worker_needs_execute_and_nothing_else() {
    const FUNCTIONS: &str = "
        ops.claim_next_run(text, text[], integer, text), ops.claim_next_runs(text, integer, text[], integer, text),
        ops.claim_and_start_runs(text, integer, text[], integer, text),
        ops.start_workflow_run(uuid, text, bigint), ops.start_workflow_runs(uuid[], text, bigint[]),
        ops.heartbeat_run(uuid, text, bigint, integer), ops.append_run_log(uuid, text, text, jsonb, bigint),
        ops.append_run_logs(uuid, jsonb, bigint),
        ops.add_run_artifact(uuid, text, text, text, bigint, text, timestamptz, jsonb, text, text, bigint),
        ops.complete_workflow_run(uuid, integer, text, text, bigint), ops.complete_workflow_runs(text, jsonb),
        ops.get_claimed_run(uuid, text, bigint), ops.report_worker(text, text[], integer),
        ops.reap_expired_runs(integer)";
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let role = format!("worker_{}", db.name);
    client
        .batch_execute(&format!(
            "create role {role}; grant usage on schema ops to {role}; grant execute on function {FUNCTIONS} to {role}"
        ))
        .await
        .unwrap();
    // With an attempt left, so that what comes after a failure is tried too.
    let run = queue_with(&client, "null, 0, '{}', '{}', null, 2, 0").await;
    client.batch_execute(&format!("set role {role}")).await.unwrap();
    let claimed = call(&client, "claim_next_run('w1')").await;
    for function in calls(&run, "w1", token(&claimed)) {
        let function = function
            .replace(&format!("complete_workflow_run('{run}', 0"), &format!("complete_workflow_run('{run}', 1"));
        assert_eq!(code(&call(&client, &function).await), "success", "{function}");
    }
    assert_eq!(call(&client, "claim_next_runs('w1')").await["runs"][0]["attempt"], 2);
    for function in ["report_worker('w1')", "reap_expired_runs()"] {
        assert_eq!(code(&call(&client, function).await), "success");
    }
    assert_eq!(code(&call(&client, "claim_and_start_runs('w1')").await), "success");
    for denied in [
        "select * from ops.runs",
        "select * from ops.run_queue",
        "insert into ops.run_logs (run_id, log_level, message) select gen_random_uuid(), 'info', 'm'",
        "select ops.queue_health()",
        "select ops.take_runs('{}', 'w1', 1, null, false)",
        "select ops.set_project_queue(gen_random_uuid())",
    ] {
        attempt(&client, denied).await.expect_refused("42501");
    }
    client.batch_execute(&format!("reset role; drop owned by {role}; drop role {role}")).await.unwrap();
}

/// What the functions say about themselves is believed of the owner alone.
#[tokio::test]
async fn nobody_but_the_functions_says_that_it_is_one() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let run = run_in(&client, "queued").await;
    client.batch_execute("grant all on all tables in schema ops to service_role").await.unwrap();
    become_role(&client, "service_role", "").await;
    for (sql, expected) in [
        (format!("update ops.runs set status = 'canceled', finished_at = now() where id = '{run}'"), "42501"),
        (
            format!("insert into ops.run_events (run_id, event_type, message) values ('{run}', 'state_change', 'm')"),
            "55000",
        ),
        (format!("insert into ops.run_events (run_id, event_type, message) values ('{run}', 'none', 'm')"), "23514"),
    ] {
        attempt(&client, &format!("set local ops.by_function = 'on'; {sql}")).await.expect_refused(expected);
    }
    // Nor does a caller's setting keep from the triggers what a function leaves to them.
    client.batch_execute("set ops.by_function = 'on'").await.unwrap();
    assert_eq!(code(&call(&client, &format!("cancel_run('{run}')")).await), "success");
    act_as_superuser(&client).await;
    client.batch_execute("reset ops.by_function").await.unwrap();
    let last = "select payload ->> 'new_status' from ops.run_events order by seq desc limit 1";
    assert_eq!(one(&client, last).await, "canceled");
    assert_eq!(one(&client, "select count(*) from ops.run_queue").await, "0");
    client.batch_execute("revoke all on all tables in schema ops from service_role").await.unwrap();
}

#[tokio::test]
async fn retention_goes_in_batches_and_takes_what_belongs_to_a_run() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for _ in 0..5 {
        let run = run_in(&client, "failed").await;
        call(&client, &format!("append_run_log('{run}', 'info', 'm')")).await;
    }
    let live = run_in(&client, "running").await;
    become_role(&client, "service_role", "").await;
    let after = "now() + interval '1 hour'";
    assert_eq!(call(&client, &format!("purge_run_logs({after}, 3)")).await["deleted"], 3);
    assert_eq!(call(&client, &format!("purge_runs({after}, 3)")).await["deleted"], 3);
    assert_eq!(call(&client, &format!("purge_runs({after}, 3)")).await["deleted"], 2);
    assert_eq!(call(&client, &format!("purge_runs({after}, 3)")).await["deleted"], 0);
    assert_eq!(code(&call(&client, "purge_runs('infinity')").await), "invalid_time");
    act_as_superuser(&client).await;
    assert_eq!(column(&client, "select id from ops.runs").await, [live.as_str()]);
    assert_eq!(column(&client, "select distinct run_id from ops.run_events").await, [live.as_str()]);
    assert_eq!(one(&client, "select count(*) from ops.run_logs").await, "0");
    client.batch_execute("delete from ops.runs").await.unwrap();
    assert_eq!(one(&client, "select count(*) from ops.run_queue").await, "0");
}
