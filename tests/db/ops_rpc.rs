//! The answers of the `ops` schema's functions: one shape for whatever they are asked, and the same when asked again.

use futures_util::future::join_all;

use crate::ops_fixtures::{
    ADMIN, DEVELOPER, NEWCOMER, ONE, OUTSIDER, OWNER, TWO, VIEWER, act_as, act_as_superuser, become_role, queue, run_in,
};
use crate::ops_support::{call, code, one, run};
use crate::support::TestDb;

/// What can't be done, and the code that says so. None may raise an error. `:run` is a running run.
const BAD_CALLS: &str = "
  claim_next_run(null)                                          invalid_worker_id
  claim_next_run('')                                            invalid_worker_id
  claim_next_run('  ')                                          invalid_worker_id

  start_workflow_run(null, 'w1')                                run_not_found
  start_workflow_run(gen_random_uuid(), 'w1')                   run_not_found
  start_workflow_run(:run, null)                                invalid_worker_id
  start_workflow_run(:run, '')                                  invalid_worker_id
  start_workflow_run(null, null)                                invalid_worker_id

  complete_workflow_run(null, 0)                                run_not_found
  complete_workflow_run(gen_random_uuid(), 0)                   run_not_found
  complete_workflow_run(gen_random_uuid(), 0, null, 'w1')       run_not_found
  complete_workflow_run(:run, null)                             invalid_exit_code
  complete_workflow_run(:run, 0, null, '')                      invalid_worker_id
  complete_workflow_run(null, null, null, null)                 invalid_exit_code

  append_run_log(null, 'info', 'm')                             run_not_found
  append_run_log(gen_random_uuid(), 'info', 'm')                run_not_found
  append_run_log(:run, 'fatal', 'm')                            invalid_log_level
  append_run_log(:run, 'INFO', 'm')                             invalid_log_level
  append_run_log(:run, null, 'm')                               invalid_log_level
  append_run_log(:run, 'info', null)                            invalid_message
  append_run_log(:run, 'info', 'm', '[]')                       invalid_metadata
  append_run_log(:run, 'info', 'm', 'null')                     invalid_metadata

  add_run_artifact(null, 'k', 'u')                              run_not_found
  add_run_artifact(gen_random_uuid(), 'k', 'u')                 run_not_found
  add_run_artifact(:run, null, 'u')                             invalid_artifact_key
  add_run_artifact(:run, ' ', 'u')                              invalid_artifact_key
  add_run_artifact(:run, 'k', null)                             invalid_artifact_url
  add_run_artifact(:run, 'k', '')                               invalid_artifact_url
  add_run_artifact(:run, 'k', 'u', p_size_bytes => -1)          invalid_size
  add_run_artifact(:run, 'k', 'u', p_metadata => '1')           invalid_metadata

  purge_run_events(null)                                        invalid_time
  purge_run_events('infinity')                                  invalid_time
  purge_run_events(now(), 0)                                    invalid_limit
  purge_run_events(now(), null)                                 invalid_limit

  enqueue_run(null, null)                                       workflow_not_found
  enqueue_run(:project, null)                                   workflow_not_found
  enqueue_run(null, :workflow)                                  workflow_not_found
  enqueue_run(:project, gen_random_uuid())                      workflow_not_found
  enqueue_run(:other_project, :workflow)                        workflow_not_found
  enqueue_run(:project, :workflow, '')                          invalid_idempotency_key
  enqueue_run(:project, :workflow, null, 101)                   invalid_priority
  enqueue_run(:project, :workflow, null, -101)                  invalid_priority
  enqueue_run(:project, :workflow, null, null)                  invalid_priority
  enqueue_run(:project, :workflow, null, 0, '[]')               invalid_metadata
  enqueue_run(:project, :disabled)                              workflow_disabled
  enqueue_run(:archived, :archived_workflow)                    project_archived

  cancel_run(null)                                              run_not_found
  cancel_run(gen_random_uuid(), 'why')                          run_not_found

  create_project('k', 's', 'n', '19.0')                         not_authenticated
";

#[tokio::test]
async fn bad_calls_are_answered_in_the_one_shape() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let run_id = run_in(&client, "running").await;
    client
        .batch_execute(&format!(
            "update ops.workflows set enabled = false where id = '{}';
             update ops.projects set status = 'archived' where id = '{}';",
            ONE.idle_workflow, TWO.id
        ))
        .await
        .unwrap();
    become_role(&client, "service_role", "").await;
    for line in BAD_CALLS.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (function, expected) = line.rsplit_once(' ').unwrap();
        let function = [
            (":run", run_id.as_str()),
            (":project", ONE.id),
            (":workflow", ONE.workflow),
            (":disabled", ONE.idle_workflow),
            (":other_project", TWO.id),
            (":archived_workflow", TWO.workflow),
            (":archived", TWO.id),
        ]
        .iter()
        .fold(function.to_owned(), |sql, (name, id)| sql.replace(name, &format!("'{id}'")));
        assert_eq!(code(&call(&client, &function).await), expected, "{function}");
    }
}

/// More than an index entry or a text search vector holds: an answer all the same.
#[tokio::test]
async fn oversized_arguments_are_answered_in_the_one_shape() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let run_id = run_in(&client, "running").await;
    let key = "(select string_agg(md5(i::text), '') from generate_series(1, 200) i)";
    let message = "(select string_agg(md5(i::text), ' ') from generate_series(1, 40000) i)";
    become_role(&client, "service_role", &format!(r#"{{"sub": "{OWNER}"}}"#)).await;
    let mut raised = Vec::new();
    for function in [
        format!("enqueue_run('{}', '{}', {key})", ONE.id, ONE.workflow),
        format!("add_run_artifact('{run_id}', {key}, 'u')"),
        format!("add_run_artifact('{run_id}', 'k', {key})"),
        format!("create_project({key}, 's', 'n', '19.0')"),
        format!("create_project('k', {key}, 'n', '19.0')"),
        format!("create_project('k', 's', {key}, '19.0')"),
        format!("cancel_run('{run_id}', {message})"),
        format!("append_run_log('{run_id}', 'info', {message})"),
        format!("claim_next_run({message})"),
    ] {
        if let crate::ops_support::Outcome::Refused { message, .. } =
            run(&client, &format!("select ops.{function}")).await
        {
            raised.push(format!("{function}: {message}"));
        }
    }
    assert!(raised.is_empty(), "{raised:#?}");
}

#[tokio::test]
async fn creating_a_project_says_what_is_taken() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for (user, arguments, expected) in [
        (NEWCOMER, "null, 's', 'n', '19.0'", "invalid_workspace_key"),
        (NEWCOMER, "'K', 's', 'n', '19.0'", "invalid_workspace_key"),
        (NEWCOMER, "'k', 'S', 'n', '19.0'", "invalid_slug"),
        (NEWCOMER, "'k', null, 'n', '19.0'", "invalid_slug"),
        (NEWCOMER, "'k', 's', ' ', '19.0'", "invalid_name"),
        (NEWCOMER, "'k', 's', 'n', '19'", "invalid_odoo_version"),
        (NEWCOMER, "'k', 's', 'n', null", "invalid_odoo_version"),
        (NEWCOMER, "'k', 's', 'n', '19.0', null, '[]'", "invalid_config"),
        (NEWCOMER, "'one', 's', 'n', '19.0'", "workspace_key_taken"),
        (NEWCOMER, "'k', 'one', 'n', '19.0'", "slug_taken"),
        ("99999999-0000-4000-8000-000000000000", "'k', 's', 'n', '19.0'", "user_not_found"),
        (NEWCOMER, "'k', 's', 'n', '19.0', null, null", "success"),
    ] {
        act_as(&client, user).await;
        assert_eq!(code(&call(&client, &format!("create_project({arguments})")).await), expected, "{arguments}");
    }
}

#[tokio::test]
async fn a_role_in_the_project_decides_over_queueing_and_canceling() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for (user, enqueued, ahead, canceled) in [
        (OWNER, "success", "not_permitted", "success"),
        (ADMIN, "success", "not_permitted", "success"),
        (DEVELOPER, "success", "not_permitted", "success"),
        (VIEWER, "not_permitted", "not_permitted", "not_permitted"),
        (OUTSIDER, "workflow_not_found", "workflow_not_found", "run_not_found"),
        (NEWCOMER, "workflow_not_found", "workflow_not_found", "run_not_found"),
    ] {
        act_as_superuser(&client).await;
        let run_id = queue(&client).await;
        act_as(&client, user).await;
        let enqueue = |priority| format!("enqueue_run('{}', '{}', null, {priority})", ONE.id, ONE.workflow);
        assert_eq!(code(&call(&client, &enqueue(0)).await), enqueued);
        assert_eq!(code(&call(&client, &enqueue(-1)).await), ahead, "ahead of the default priority");
        assert_eq!(code(&call(&client, &format!("cancel_run('{run_id}')")).await), canceled);
        if enqueued == "workflow_not_found" {
            // What a stranger is told about a real run is what is told about none.
            let real = call(&client, &format!("cancel_run('{run_id}')")).await;
            assert_eq!(real, call(&client, "cancel_run(gen_random_uuid())").await);
        }
    }
}

// Calls that are repeated ----------------------------------------------------------------------------------------------

#[tokio::test]
async fn start_complete_and_cancel_said_twice_answer_the_first() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let run_id = run_in(&client, "claimed").await;
    let canceled = run_in(&client, "queued").await;
    for (function, repeated) in [
        (format!("start_workflow_run('{run_id}', 'w1')"), "already_started"),
        (format!("complete_workflow_run('{run_id}', 3, 'broken', 'w1')"), "already_completed"),
        (format!("cancel_run('{canceled}', 'no longer needed')"), "already_canceled"),
    ] {
        let mut first = call(&client, &function).await;
        let second = call(&client, &function).await;
        assert_eq!(first[repeated], false, "{function}");
        first[repeated] = true.into();
        assert_eq!(first, second, "{function}: all but {repeated} is the same");
    }
    for (function, expected) in [
        (format!("complete_workflow_run('{run_id}', 4, 'broken', 'w1')"), "completion_conflict"),
        (format!("complete_workflow_run('{run_id}', 3, 'other', 'w1')"), "completion_conflict"),
        (format!("complete_workflow_run('{run_id}', 0, null, 'w1')"), "completion_conflict"),
        (format!("cancel_run('{run_id}')"), "run_finished"),
    ] {
        assert_eq!(code(&call(&client, &function).await), expected, "{function}");
    }
    let said_by_another = call(&client, &format!("cancel_run('{canceled}', 'another reason')")).await;
    assert_eq!(said_by_another["already_canceled"], true);
    let reason = one(&client, &format!("select error_message from ops.runs where id = '{canceled}'")).await;
    assert_eq!(reason, "no longer needed");
}

#[tokio::test]
async fn one_idempotency_key_queues_one_run() {
    let db = TestDb::with_projects().await;
    let clients = join_all((0..8).map(|_| db.connect())).await;
    let enqueue = format!("enqueue_run('{}', '{}', 'nightly')", ONE.id, ONE.workflow);
    let answers = join_all(clients.iter().map(|client| call(client, &enqueue))).await;
    assert_eq!(answers.iter().filter(|answer| answer["created"] == true).count(), 1);
    assert!(answers.iter().all(|answer| answer["run_id"] == answers[0]["run_id"] && answer["run_number"] == 1));

    let client = &clients[0];
    let elsewhere = call(client, &format!("enqueue_run('{}', '{}', 'nightly')", ONE.id, ONE.idle_workflow)).await;
    assert_eq!(code(&elsewhere), "idempotency_key_taken");
    let other_project = call(client, &format!("enqueue_run('{}', '{}', 'nightly')", TWO.id, TWO.workflow)).await;
    assert_eq!((code(&other_project), &other_project["created"]), ("success", &true.into()));

    client.batch_execute("update ops.runs set status = 'canceled'").await.unwrap();
    let again = call(client, &enqueue).await;
    assert_eq!((&again["run_id"], &again["status"]), (&answers[0]["run_id"], &"canceled".into()));
}

#[tokio::test]
async fn an_artifact_said_twice_is_one_artifact_and_one_event() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let run_id = run_in(&client, "running").await;
    let add = |url: &str| format!("add_run_artifact('{run_id}', 'image', '{url}', p_size_bytes => 5)");
    let first = call(&client, &add("u1")).await;
    let repeated = call(&client, &add("u1")).await;
    let replaced = call(&client, &add("u2")).await;
    assert_eq!([&first["created"], &repeated["created"], &replaced["created"]], [true, false, false]);
    assert!([&repeated, &replaced].iter().all(|answer| answer["artifact_id"] == first["artifact_id"]));

    assert_eq!(one(&client, "select string_agg(artifact_url, ',') from ops.run_artifacts").await, "u2");
    let events = "select string_agg(message, ', ' order by seq) from ops.run_events where event_type = 'info'";
    assert_eq!(one(&client, events).await, "artifact added: image, artifact replaced: image");
}
