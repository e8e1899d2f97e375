//! The schema against a model of it: random calls by several workers, each answered as the model says.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio_postgres::Client;

use crate::ops_fixtures::ONE;
use crate::ops_support::{call, code, rows};
use crate::support::TestDb;

/// A call; runs and workers by their numbers.
#[derive(Debug, Clone)]
enum Command {
    Queue { attempts: u8 },
    Claim { worker: u8, start: bool },
    Start { worker: u8, run: usize },
    Heartbeat { worker: u8, run: usize },
    Log { run: usize },
    Complete { worker: u8, run: usize, exit_code: i32 },
    Cancel { run: usize },
    Retry { run: usize },
    Expire { run: usize },
    Reap,
}

fn command() -> impl Strategy<Value = Command> {
    let (worker, run) = (0..3_u8, 0..6_usize);
    prop_oneof![
        3 => (1..=2_u8).prop_map(|attempts| Command::Queue { attempts }),
        4 => (worker.clone(), any::<bool>()).prop_map(|(worker, start)| Command::Claim { worker, start }),
        4 => (worker.clone(), run.clone()).prop_map(|(worker, run)| Command::Start { worker, run }),
        2 => (worker.clone(), run.clone()).prop_map(|(worker, run)| Command::Heartbeat { worker, run }),
        1 => run.clone().prop_map(|run| Command::Log { run }),
        4 => (worker, run.clone(), 0..2_i32)
            .prop_map(|(worker, run, exit_code)| Command::Complete { worker, run, exit_code }),
        1 => run.clone().prop_map(|run| Command::Cancel { run }),
        1 => run.clone().prop_map(|run| Command::Retry { run }),
        2 => run.prop_map(|run| Command::Expire { run }),
        2 => Just(Command::Reap),
    ]
}

/// What the model knows of a run.
#[derive(Debug, Clone)]
struct Run {
    id: String,
    status: &'static str,
    worker: Option<u8>,
    token: i64,
    attempt: u8,
    attempts: u8,
    exit_code: Option<i32>,
    expired: bool,
    reaped: bool,
    retried: bool,
}

impl Run {
    fn new(id: &str, attempt: u8, attempts: u8) -> Self {
        let (id, status) = (id.to_owned(), "queued");
        let (expired, reaped, retried) = (false, false, false);
        Self { id, status, worker: None, token: 0, attempt, attempts, exit_code: None, expired, reaped, retried }
    }

    fn in_flight(&self) -> bool {
        matches!(self.status, "claimed" | "running")
    }

    /// Why this worker's call is refused, whatever it asks.
    fn refuses(&self, worker: u8) -> Option<&'static str> {
        match self.worker {
            Some(other) if other != worker => Some("not_claimed_by_worker"),
            _ if self.reaped => Some("stale_claim"),
            _ => None,
        }
    }
}

#[derive(Default)]
struct Model(Vec<Run>);

impl Model {
    /// The next attempt of a run, which the schema has queued under an id.
    fn retry(&mut self, of: usize, id: &str) {
        let Run { attempt, attempts, .. } = self.0[of];
        self.0[of].retried = true;
        self.0.push(Run::new(id, attempt + 1, attempts.max(attempt + 1)));
    }

    async fn apply(&mut self, client: &Client, command: &Command) {
        let ask = async |function: String| call(client, &function).await;
        let known = self.0.len();
        match *command {
            Command::Queue { attempts } => {
                let queue = format!(
                    "enqueue_run('{}', '{}', p_max_attempts => {attempts}, p_retry_delay_seconds => 0)",
                    ONE.id, ONE.workflow
                );
                let answer = ask(queue).await;
                self.0.push(Run::new(answer["run_id"].as_str().unwrap(), 1, attempts));
            }
            Command::Claim { worker, start } => {
                let answer = match start {
                    false => ask(format!("claim_next_run('w{worker}')")).await,
                    true => ask(format!("claim_and_start_runs('w{worker}')")).await["runs"][0].clone(),
                };
                let waiting = self.0.iter_mut().find(|run| answer["run_id"] == run.id.as_str());
                match waiting {
                    Some(run) => {
                        assert_eq!(run.status, "queued", "only what is queued is claimed");
                        run.token = answer["claim_token"].as_i64().unwrap();
                        (run.status, run.worker) = (if start { "running" } else { "claimed" }, Some(worker));
                    }
                    None => assert!(self.0.iter().all(|run| run.status != "queued"), "nothing is overlooked: {answer}"),
                }
            }
            Command::Reap => {
                let reaped = ask("reap_expired_runs()".to_owned()).await;
                let lost: Vec<usize> = (0..known).filter(|n| self.0[*n].in_flight() && self.0[*n].expired).collect();
                assert_eq!(reaped["reaped"], lost.len());
                for n in lost {
                    let run = &mut self.0[n];
                    run.status = if run.status == "claimed" { "canceled" } else { "failed" };
                    run.reaped = true;
                    if run.attempt < run.attempts {
                        let next = format!("select id from ops.runs where retry_of = '{}'", run.id);
                        let next = rows(client, &next).await;
                        self.retry(n, &next[0][0]);
                    }
                }
            }
            _ if known == 0 => {}
            Command::Expire { run } => {
                let run = &mut self.0[run % known];
                let sql = format!(
                    "update ops.run_queue set lease_expires_at = now() - interval '1 second'
                     where run_id = '{}' and in_flight",
                    run.id
                );
                client.batch_execute(&sql).await.unwrap();
                run.expired = run.in_flight();
            }
            Command::Start { worker, run } => {
                let run = &mut self.0[run % known];
                let answer =
                    ask(format!("start_workflow_run('{}', 'w{worker}', {})", run.id, token(run, worker))).await;
                let expected = run.refuses(worker).unwrap_or(match run.status {
                    "claimed" | "running" => "success",
                    "canceled" => "run_canceled",
                    _ => "run_not_claimed",
                });
                assert_eq!(code(&answer), expected, "{run:?}");
                if expected == "success" {
                    run.status = "running";
                }
            }
            Command::Heartbeat { worker, run } => {
                let run = &mut self.0[run % known];
                let answer = ask(format!("heartbeat_run('{}', 'w{worker}', {})", run.id, token(run, worker))).await;
                let expected = run.refuses(worker).unwrap_or(match run.status {
                    "claimed" | "running" => "success",
                    "canceled" => "run_canceled",
                    _ => "run_not_running",
                });
                assert_eq!(code(&answer), expected, "{run:?}");
                run.expired &= expected != "success";
            }
            Command::Log { run } => {
                let run = &self.0[run % known];
                if run.worker.is_some() {
                    let answer = ask(format!("append_run_log('{}', 'info', 'm', '{{}}', {})", run.id, run.token)).await;
                    let expected = match run.status {
                        _ if run.reaped => "stale_claim",
                        "claimed" | "running" => "success",
                        "canceled" => "run_canceled",
                        _ => "run_finished",
                    };
                    assert_eq!(code(&answer), expected, "{run:?}");
                }
            }
            Command::Complete { worker, run, exit_code } => {
                let n = run % known;
                let run = &mut self.0[n];
                let complete = format!(
                    "complete_workflow_run('{}', {exit_code}, null, 'w{worker}', {})",
                    run.id,
                    token(run, worker)
                );
                let answer = ask(complete).await;
                let expected = match run.worker {
                    None => "not_claimed_by_worker",
                    Some(_) => run.refuses(worker).unwrap_or(match run.status {
                        "running" => "success",
                        "succeeded" | "failed" if run.exit_code == Some(exit_code) => "success",
                        "succeeded" | "failed" => "completion_conflict",
                        "canceled" => "run_canceled",
                        _ => "run_not_running",
                    }),
                };
                assert_eq!(code(&answer), expected, "{run:?}");
                if expected == "success" && run.status == "running" {
                    run.status = if exit_code == 0 { "succeeded" } else { "failed" };
                    run.exit_code = Some(exit_code);
                    let another = exit_code != 0 && run.attempt < run.attempts;
                    assert_eq!(answer["retry_run_id"].is_string(), another, "{answer}");
                    if let Some(id) = answer["retry_run_id"].as_str() {
                        self.retry(n, id);
                    }
                }
            }
            Command::Cancel { run } => {
                let run = &mut self.0[run % known];
                let answer = ask(format!("cancel_run('{}')", run.id)).await;
                let ended = matches!(run.status, "succeeded" | "failed");
                assert_eq!(code(&answer), if ended { "run_finished" } else { "success" }, "{run:?}");
                if !ended {
                    run.status = "canceled";
                }
            }
            Command::Retry { run } => {
                let n = run % known;
                let answer = ask(format!("retry_run('{}')", self.0[n].id)).await;
                let over = matches!(self.0[n].status, "succeeded" | "failed" | "canceled");
                assert_eq!(code(&answer), if over { "success" } else { "run_not_finished" }, "{:?}", self.0[n]);
                if over {
                    assert_eq!(answer["created"], !self.0[n].retried);
                    if !self.0[n].retried {
                        self.retry(n, answer["run_id"].as_str().unwrap());
                    }
                }
            }
        }
    }
}

/// The token that a worker has of a run; none where it is another's.
fn token(run: &Run, worker: u8) -> String {
    if run.worker == Some(worker) { run.token.to_string() } else { "null".to_owned() }
}

#[test]
fn every_sequence_of_calls_is_answered_as_the_model_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let db = runtime.block_on(TestDb::with_projects());
    let client = runtime.block_on(db.connect());
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let commands = proptest::collection::vec(command(), 1..40);
    runner
        .run(&commands, |commands| {
            runtime.block_on(async {
                client.batch_execute("delete from ops.runs").await.unwrap();
                let mut model = Model::default();
                for command in &commands {
                    model.apply(&client, command).await;
                    let is = "select r.id, r.status, r.attempt, coalesce(q.in_flight::text, 'gone'),
                                     (select e.payload ->> 'new_status' from ops.run_events e
                                      where e.run_id = r.id and e.event_type = 'state_change' order by e.seq desc limit 1)
                              from ops.runs r left join ops.run_queue q on q.run_id = r.id order by r.id";
                    let mut expected: Vec<Vec<String>> = model
                        .0
                        .iter()
                        .map(|run| {
                            let queue = match run.status {
                                "queued" => "false",
                                "claimed" | "running" => "true",
                                _ => "gone",
                            };
                            [&run.id, run.status, &run.attempt.to_string(), queue, run.status].map(str::to_owned).to_vec()
                        })
                        .collect();
                    expected.sort();
                    assert_eq!(rows(&client, is).await, expected, "after {command:?}");
                }
            });
            Ok(())
        })
        .unwrap();
}
