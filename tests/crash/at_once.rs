//! Several `up` at once on one empty database.

use nix::sys::signal::Signal;

use crate::program::{Files, Running, asleep, pgward, state, succeed, until, value};
use crate::support::TestDb;

/// The key of the lock for `public.refinery_schema_history`, which never changes.
const KEY: i64 = 435_826_033_299_926_234;

/// Ten migrations, one of them without a transaction.
fn ten() -> Files {
    let files: Vec<_> = (1..=10)
        .map(|n| match n {
            7 => (
                "V7__index".to_owned(),
                "-- pgward:no-transaction\ncreate index concurrently t1_i on t1 (i);".to_owned(),
            ),
            // Not to be run twice: the name is taken then.
            n => (format!("V{n}__t{n}"), format!("create table t{n} (i int); insert into t{n} values ({n});")),
        })
        .collect();
    Files::new(&files)
}

/// Starts so many runs and checks that one of them did everything; with `gate`, all begin to wait before one may begin.
async fn at_once(runs: usize, files: Option<&Files>, gate: bool) -> TestDb {
    let db = TestDb::new().await;
    let client = db.connect().await;
    if gate {
        client.batch_execute(&format!("select pg_advisory_lock({KEY})")).await.unwrap();
    }
    let start = |_| {
        let mut command = pgward(&db.url(), &["up", "--format", "json"]);
        if let Some(files) = files {
            command.arg("--migrations").arg(files.path());
        }
        Running::start(command)
    };
    let mut running: Vec<Running> = (0..runs).map(start).collect();
    if gate {
        for run in &mut running {
            run.until_it_says("waiting for another run of migrations").await;
        }
        let waiting = format!(
            "select count(*) = {runs} from pg_stat_activity where datname = current_database() \
             and pid <> pg_backend_pid() and backend_type = 'client backend'"
        );
        until(&client, "all to be connected", &waiting).await;
        client.batch_execute(&format!("select pg_advisory_unlock({KEY})")).await.unwrap();
    }
    let mut applied = Vec::new();
    for run in running {
        let ended = run.end().await;
        assert_eq!(ended.status.code(), Some(0), "{ended}");
        let report: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
        applied.push(report["done"].as_array().unwrap().len());
    }
    applied.sort_unstable();
    let count = if files.is_some() { 10 } else { bundled() };
    let mut expected = vec![0; runs - 1];
    expected.push(count);
    assert_eq!(applied, expected, "one run applies everything");
    let history = "select count(*) || ' ' || count(distinct version) from refinery_schema_history";
    assert_eq!(value(&client, history).await, format!("{count} {count}"));
    let left = "select count(*) from pg_locks where locktype = 'advisory' \
                and database = (select oid from pg_database where datname = current_database())";
    assert_eq!(value(&client, left).await, "0", "the lock is free");
    db
}

/// The nine migrations that make and fill a table ran once, and the index is there.
/// How many migrations the bundle has.
fn bundled() -> usize {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
    files.filter(|file| !file.as_ref().unwrap().path().to_string_lossy().ends_with(".down.sql")).count()
}

async fn check_ten(db: &TestDb) {
    let client = db.connect().await;
    let rows: Vec<_> =
        (1..=10).filter(|n| *n != 7).map(|n| format!("(select string_agg(i::text, '') from t{n})")).collect();
    assert_eq!(value(&client, &format!("select concat({})", rows.join(", "))).await, "1234568910");
    let index = "select indisvalid from pg_index where indexrelid = 't1_i'::regclass";
    assert_eq!(value(&client, index).await, "t");
    assert_eq!(value(&client, "select to_regclass('refinery_schema_history_partial')").await, "");
}

/// The bundle is what its manifest says.
async fn check_bundle(db: &TestDb) {
    succeed(pgward(&db.url(), &["verify", "--quiet"])).await;
}

#[tokio::test]
async fn two_runs_of_a_directory() {
    check_ten(&at_once(2, Some(&ten()), false).await).await;
}

#[tokio::test]
async fn sixteen_runs_of_a_directory() {
    check_ten(&at_once(16, Some(&ten()), false).await).await;
}

#[tokio::test]
async fn sixteen_runs_that_all_saw_an_empty_database() {
    check_ten(&at_once(16, Some(&ten()), true).await).await;
}

#[tokio::test]
async fn two_runs_of_the_bundle() {
    check_bundle(&at_once(2, None, false).await).await;
}

#[tokio::test]
async fn sixteen_runs_of_the_bundle() {
    check_bundle(&at_once(16, None, true).await).await;
}

/// What tells how far a file without a transaction came goes away when the file is done: also between two looks of a run
/// that has not the lock.
#[tokio::test]
async fn a_file_that_is_finished_while_others_look() {
    for command in ["up", "status"] {
        let db = TestDb::new().await;
        let client = db.connect().await;
        let files = ten();
        let mut first = files.up(&db.url());
        first.args(["--to", "6"]);
        succeed(first).await;
        client
            .batch_execute(
                "create table refinery_schema_history_partial (version int8, direction text, done int, total int, digest text); \
                 begin; lock table refinery_schema_history",
            )
            .await
            .unwrap();
        let mut looking = pgward(&db.url(), &[command, "--migrations"]);
        looking.arg(files.path());
        let looking = Running::start(looking);
        let blocked = "select exists (select from pg_locks l join pg_database d on d.oid = l.database \
                       where not l.granted and d.datname = current_database())";
        until(&client, "the run to look at the history", blocked).await;
        client.batch_execute("drop table refinery_schema_history_partial; commit").await.unwrap();
        let ended = looking.end().await;
        assert!(matches!(ended.status.code(), Some(0 | 1)), "{ended}");
    }
}

#[tokio::test]
async fn a_run_that_dies_leaves_the_lock_to_the_next() {
    let db = TestDb::new().await;
    let client = db.connect().await;
    client.batch_execute("create table gate (seconds int); insert into gate values (600)").await.unwrap();
    let files = Files::new(&[("V1__a", "select pg_sleep((select seconds from gate)); create table a ();")]);
    let mut first = Running::start(files.up(&db.url()));
    asleep(&client).await;
    let mut second = Running::start(files.up(&db.url()));
    second.until_it_says("waiting for another run of migrations").await;
    client.batch_execute("update gate set seconds = 0").await.unwrap();
    first.signal(Signal::SIGKILL);
    first.end().await;
    // Nobody told the server, which would sleep on, with the lock, until it next has something for its client.
    let end = "select pg_terminate_backend(pid) from pg_stat_activity \
               where datname = current_database() and wait_event = 'PgSleep'";
    client.batch_execute(end).await.unwrap();
    let ended = second.end().await;
    assert_eq!(ended.status.code(), Some(0), "{ended}");
    assert_eq!(state(&client).await, ("1".into(), "a,gate".into()));
}
