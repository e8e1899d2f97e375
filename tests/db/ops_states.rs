//! The life of a run, held against the chart in docs/RUN_LIFECYCLE.md: every pair of statuses, every call in every
//! status, and what each status says about the other columns.

use std::collections::BTreeMap;

use tokio_postgres::Client;

use crate::ops_fixtures::{ONE, TWO, act_as_superuser, become_role, run_in, status};
use crate::ops_support::{Outcome, attempt, call, code, one, rows, run};
use crate::support::TestDb;

/// A table of words: row, column, cell.
fn cells(table: &'static str) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|l| !l.is_empty());
    let head = lines.next().unwrap();
    lines
        .flat_map(|words| {
            assert_eq!(words.len(), head.len() + 1, "{words:?}");
            let row = words[0];
            head.clone().into_iter().zip(words.into_iter().skip(1)).map(move |(column, cell)| (row, column, cell))
        })
        .collect()
}

// A status set by a plain UPDATE ---------------------------------------------------------------------------------------

/// From the row's status to the column's: `yes`, `-` where the state machine refuses, `same` where nothing changes.
const TRANSITIONS: &str = "
             queued  claimed  running  succeeded  failed  canceled
  queued     same    yes      -        -          -       yes
  claimed    -       same     yes      -          -       yes
  running    -       -        same     yes        yes     yes
  succeeded  -       -        -        same       -       -
  failed     -       -        -        -          same    -
  canceled   -       -        -        -          -       same
";

/// Sets the status and with it everything that the status implies, so that nothing but the transition decides.
fn set_status(status: &str) -> String {
    let claim = "claimed_by = coalesce(claimed_by, 'w1'), claimed_at = coalesce(claimed_at, now())";
    let start = "started_at = coalesce(started_at, now())";
    let finish = "finished_at = coalesce(finished_at, now())";
    let no_start = "started_at = null";
    let no_finish = "finished_at = null, exit_code = null, error_message = null";
    match status {
        "queued" => format!("status = 'queued', claimed_by = null, claimed_at = null, {no_start}, {no_finish}"),
        "claimed" => format!("status = 'claimed', {claim}, {no_start}, {no_finish}"),
        "running" => format!("status = 'running', {claim}, {start}, {no_finish}"),
        "succeeded" => format!("status = 'succeeded', {claim}, {start}, {finish}, exit_code = 0"),
        "failed" => format!("status = 'failed', {claim}, {start}, {finish}, exit_code = 1"),
        "canceled" => format!("status = 'canceled', {finish}, exit_code = null"),
        other => panic!("{other}"),
    }
}

async fn all_pairs_by_update(role: &str) {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let mut pairs = 0;
    for (from, to, expected) in cells(TRANSITIONS) {
        act_as_superuser(&client).await;
        let run_id = run_in(&client, from).await;
        let events = format!("select count(*) from ops.run_events where run_id = '{run_id}'");
        let before = one(&client, &events).await;

        become_role(&client, role, "").await;
        let outcome = run(&client, &format!("update ops.runs set {} where id = '{run_id}'", set_status(to))).await;
        act_as_superuser(&client).await;
        let written = one(&client, &events).await.parse::<u64>().unwrap() - before.parse::<u64>().unwrap();

        match (expected, &outcome) {
            ("yes", Outcome::Rows(1)) => assert_eq!((status(&client, &run_id).await.as_str(), written), (to, 1)),
            ("same", Outcome::Rows(1)) => assert_eq!((status(&client, &run_id).await.as_str(), written), (from, 0)),
            ("-", Outcome::Refused { constraint, .. }) if constraint == "enforce_run_status_transition" => {
                assert_eq!((status(&client, &run_id).await.as_str(), written), (from, 0));
            }
            _ => panic!("{from} → {to}: expected {expected}: {outcome:?}"),
        }
        pairs += 1;
    }
    assert_eq!(pairs, 36);
}

#[tokio::test]
async fn all_36_pairs_by_update_as_service_role() {
    all_pairs_by_update("service_role").await;
}

#[tokio::test]
async fn all_36_pairs_by_update_as_superuser() {
    all_pairs_by_update("none").await;
}

/// The control of the two tests above: without the trigger, every pair passes.
#[tokio::test]
async fn without_its_triggers_no_pair_is_refused() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for (from, to, _) in cells(TRANSITIONS) {
        let run_id = run_in(&client, from).await;
        let unguarded = format!(
            "alter table ops.runs disable trigger guard_run;
             update ops.runs set {} where id = '{run_id}'",
            set_status(to)
        );
        attempt(&client, &unguarded).await.expect_rows(1);
    }
}

#[tokio::test]
async fn a_run_begins_queued_whoever_inserts_it() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for role in ["none", "service_role"] {
        become_role(&client, role, "").await;
        for (status, _, _) in cells(TRANSITIONS).into_iter().step_by(6) {
            let outcome = attempt(
                &client,
                &format!(
                    "insert into ops.runs
                       (project_id, workflow_id, status, claimed_by, claimed_at, started_at, finished_at, exit_code)
                     select '{}', '{}', '{status}', {}",
                    ONE.id,
                    ONE.workflow,
                    match status {
                        "queued" => "null, null, null, null, null",
                        "claimed" => "'w1', now(), null, null, null",
                        "running" => "'w1', now(), now(), null, null",
                        "succeeded" => "'w1', now(), now(), now(), 0",
                        "failed" => "'w1', now(), now(), now(), 1",
                        _ => "null, null, null, now(), null",
                    }
                ),
            )
            .await;
            match status {
                "queued" => outcome.expect_rows(1),
                _ => outcome.expect_refused("23514"),
            }
        }
    }
}

// Calls ----------------------------------------------------------------------------------------------------------------

/// What worker w1 is answered, who claimed the run where somebody did: the run's next status, `same` for a success
/// that changes nothing, `none` for an empty queue, or the code. The run that failed did so with exit code 1.
const CALLS: &str = "
                   claim    start            complete_0             complete_1             cancel
  queued           claimed  run_not_claimed  not_claimed_by_worker  not_claimed_by_worker  canceled
  claimed          none     running          run_not_running        run_not_running        canceled
  running          none     same             succeeded              failed                 canceled
  succeeded        none     run_not_claimed  same                   completion_conflict    run_finished
  failed           none     run_not_claimed  completion_conflict    same                   run_finished
  canceled         none     run_canceled     not_claimed_by_worker  not_claimed_by_worker  same
  canceled_later   none     run_canceled     run_canceled           run_canceled           same
";

/// What worker w2 is answered about the same runs, and a caller who does not say which worker it is.
const CALLS_OF_OTHERS: &str = "
                   start_as_w2            complete_as_w2         complete_0_unnamed   complete_1_unnamed
  queued           run_not_claimed        not_claimed_by_worker  run_not_running      run_not_running
  claimed          not_claimed_by_worker  not_claimed_by_worker  run_not_running      run_not_running
  running          not_claimed_by_worker  not_claimed_by_worker  succeeded            failed
  succeeded        not_claimed_by_worker  not_claimed_by_worker  same                 completion_conflict
  failed           not_claimed_by_worker  not_claimed_by_worker  completion_conflict  same
  canceled         run_canceled           not_claimed_by_worker  run_canceled         run_canceled
  canceled_later   not_claimed_by_worker  not_claimed_by_worker  run_canceled         run_canceled
";

async fn every_call_in_every_status(table: &'static str) {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for (from, function, expected) in cells(table) {
        client.batch_execute("begin").await.unwrap();
        let run_id = run_in(&client, if from == "canceled_later" { "running" } else { from }).await;
        if from == "canceled_later" {
            call(&client, &format!("cancel_run('{run_id}')")).await;
        }
        let before = row(&client, &run_id).await;

        become_role(&client, "service_role", "").await;
        let answer = match function {
            "claim" => call(&client, "claim_next_run('w1')").await,
            "start" => call(&client, &format!("start_workflow_run('{run_id}', 'w1')")).await,
            "complete_0" => call(&client, &format!("complete_workflow_run('{run_id}', 0, null, 'w1')")).await,
            "complete_1" => call(&client, &format!("complete_workflow_run('{run_id}', 1, null, 'w1')")).await,
            "cancel" => call(&client, &format!("cancel_run('{run_id}')")).await,
            "start_as_w2" => call(&client, &format!("start_workflow_run('{run_id}', 'w2')")).await,
            "complete_as_w2" => call(&client, &format!("complete_workflow_run('{run_id}', 0, null, 'w2')")).await,
            "complete_0_unnamed" => call(&client, &format!("complete_workflow_run('{run_id}', 0)")).await,
            "complete_1_unnamed" => call(&client, &format!("complete_workflow_run('{run_id}', 1)")).await,
            other => panic!("{other}"),
        };
        act_as_superuser(&client).await;

        let after = row(&client, &run_id).await;
        let got = match code(&answer) {
            "success" if answer["run_id"].is_null() => "none".to_owned(),
            "success" if after == before => "same".to_owned(),
            "success" => status(&client, &run_id).await,
            code => code.to_owned(),
        };
        assert_eq!(got, expected, "{function} of a run that is {from}: {answer}");
        if !["claimed", "running", "succeeded", "failed", "canceled"].contains(&expected) {
            assert_eq!(after, before, "{function} of a run that is {from}");
        }
        client.batch_execute("rollback").await.unwrap();
    }
}

/// A run with all that is known about it, its events included.
async fn row(client: &Client, run_id: &str) -> Vec<Vec<String>> {
    rows(
        client,
        &format!(
            "select r::text from ops.runs r where id = '{run_id}'
             union all select e::text from ops.run_events e where run_id = '{run_id}'"
        ),
    )
    .await
}

#[tokio::test]
async fn every_call_of_its_worker_in_every_status() {
    every_call_in_every_status(CALLS).await;
}

#[tokio::test]
async fn every_call_of_others_in_every_status() {
    every_call_in_every_status(CALLS_OF_OTHERS).await;
}

// The other columns ----------------------------------------------------------------------------------------------------

/// What each status says. A canceled run that was started was claimed before.
const COLUMNS: &str = "
             claimed  started  finished  exit_code
  queued     null     null     null      null
  claimed    set      null     null      null
  running    set      set      null      null
  succeeded  set      set      set       0
  failed     set      set      set       not_0
  canceled   any      any      set       null
";

/// All 144 combinations, as the triggers on the table ask for them.
#[tokio::test]
async fn the_columns_agree_with_the_status() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let mut said: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for (status, column, cell) in cells(COLUMNS) {
        said.insert((status, column), cell);
    }
    for (status, _, _) in cells(COLUMNS).into_iter().step_by(4) {
        for n in 0..24 {
            let (claimed, started, finished, exit_code) =
                (n & 1 != 0, n & 2 != 0, n & 4 != 0, ["null", "0", "1"][n / 8]);
            let agrees = |column, set| match said[&(status, column)] {
                "any" => true,
                cell => (cell == "set") == set,
            };
            let expected = agrees("claimed", claimed)
                && agrees("started", started)
                && agrees("finished", finished)
                && (claimed || !started)
                && match said[&(status, "exit_code")] {
                    "not_0" => exit_code != "0",
                    cell => exit_code == cell,
                };
            let (by, at) = if claimed { ("'w1'", "now()") } else { ("null", "null") };
            let (started, finished) =
                (["null", "now()"][usize::from(started)], ["null", "now()"][usize::from(finished)]);
            let asked = format!(
                "select ops.run_matches_status('{status}', {by}, {at}, {started}, {finished}, {exit_code}, null, null)"
            );
            let cell = attempt(&client, &asked).await.cell();
            assert_eq!(cell, if expected { "1" } else { "23514" }, "{asked}");
        }
    }
}

/// They ask of whoever inserts a run, and of whoever changes one.
#[tokio::test]
async fn columns_that_disagree_with_the_status_are_refused() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    let run_id = run_in(&client, "claimed").await;
    for role in ["none", "service_role"] {
        become_role(&client, role, "").await;
        for (set, constraint) in [
            ("status = 'canceled', claimed_by = null", "runs_claim_matches_status_check"),
            ("started_at = now()", "runs_start_matches_status_check"),
            ("finished_at = now()", "runs_finish_matches_status_check"),
            ("exit_code = 1", "runs_exit_code_matches_status_check"),
            ("error_message = 'early'", "runs_error_message_matches_status_check"),
            ("reaped_at = now()", "runs_reaped_at_check"),
        ] {
            let update = format!("update ops.runs set {set} where id = '{run_id}'");
            attempt(&client, &update).await.expect_refused(constraint);
        }
        let (project, workflow) = (ONE.id, ONE.workflow);
        let insert = "insert into ops.runs (project_id, workflow_id, started_at)";
        let around = [
            format!("{insert} values ('{project}', '{workflow}', now())"),
            format!(
                "insert into ops.runs (id, project_id, workflow_id) values ('{run_id}', '{project}', '{workflow}')
                 on conflict (id) do update set started_at = now()"
            ),
            format!(
                "merge into ops.runs r using (values ('{run_id}'::uuid)) v (id) on r.id = v.id
                 when matched then update set started_at = now()"
            ),
            format!(
                "merge into ops.runs r using (values ('{project}'::uuid)) v (id) on r.id = v.id
                 when not matched then {} values ('{project}', '{workflow}', now())",
                insert.replace("into ops.runs ", "")
            ),
        ];
        for statement in around {
            attempt(&client, &statement).await.expect_refused("runs_start_matches_status_check");
        }
    }
    act_as_superuser(&client).await;
    let copy = format!(
        "copy ops.runs (project_id, workflow_id, started_at) from program 'echo {},{},2026-01-01' csv",
        ONE.id, ONE.workflow
    );
    attempt(&client, &copy).await.expect_refused("runs_start_matches_status_check");
}

#[tokio::test]
async fn the_outcome_is_frozen_and_the_metadata_is_not() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for from in ["succeeded", "failed", "canceled"] {
        let run_id = run_in(&client, from).await;
        for set in [
            "claimed_by = 'w9', claimed_at = coalesce(claimed_at, now())",
            "claimed_at = now() + interval '1 hour', claimed_by = coalesce(claimed_by, 'w9')",
            "started_at = now() + interval '1 hour', claimed_by = 'w1', claimed_at = now()",
            "finished_at = now() + interval '1 hour'",
            "exit_code = 9",
            "error_message = 'changed'",
        ] {
            attempt(&client, &format!("update ops.runs set {set} where id = '{run_id}'"))
                .await
                .expect_refused("protect_run_outcome");
        }
        let metadata = format!(r#"update ops.runs set metadata = '{{"bytes": 1}}' where id = '{run_id}'"#);
        run(&client, &metadata).await.expect_rows(1);
    }
}

#[tokio::test]
async fn what_a_run_is_never_changes() {
    let db = TestDb::with_projects().await;
    let client = db.connect().await;
    for from in ["queued", "running", "failed"] {
        let run_id = run_in(&client, from).await;
        for set in [
            "id = gen_random_uuid()".to_owned(),
            format!("workflow_id = '{}'", ONE.idle_workflow),
            format!("project_id = '{}', workflow_id = '{}'", TWO.id, TWO.workflow),
            "run_number = run_number + 1000".to_owned(),
            "created_at = created_at - interval '1 day'".to_owned(),
        ] {
            attempt(&client, &format!("update ops.runs set {set} where id = '{run_id}'"))
                .await
                .expect_refused("protect_run_identity");
        }
    }
}
