//! `up` asked to stop, by Ctrl-C or by whoever runs it.

use std::os::unix::process::ExitStatusExt as _;
use std::time::Instant;

use nix::sys::signal::Signal;

use crate::long_run::{COUNT, Chance, check, files, reset, some_moment};
use crate::program::{Files, Running, alone, asleep, pgward, state, succeed, until, value};
use crate::support::TestDb;

#[tokio::test]
async fn a_long_migration_is_cancelled_and_rolled_back() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let db = TestDb::new().await;
        let client = db.connect().await;
        let files = Files::new(&[
            ("V1__a", "create table a ();"),
            ("V2__long", "create table b ();\nselect pg_sleep(3600);"),
            ("V3__c", "create table c ();"),
        ]);
        let mut run = Running::start(files.up(&db.url()));
        asleep(&client).await;
        run.signal(signal);
        let ended = run.end().await;
        alone(&client).await;
        ended.failed(&[
            "stopping: the current migration is rolled back\n",
            "error: interrupted during V2__long\n",
            "note: it was rolled back as a whole\n",
            "note: before it, V1__a was applied\n",
        ]);
        assert_eq!(state(&client).await, ("1".into(), "a".into()));
    }
}

#[tokio::test]
async fn a_concurrent_build_is_cancelled_and_done_again() {
    let db = TestDb::new().await;
    let client = db.connect().await;
    let files = Files::new(&[
        ("V1__a", "create table a (i int);"),
        (
            "V2__index",
            "-- pgward:no-transaction\ncreate table b ();\ncreate index concurrently a_i on a (i);\ncreate table c ();",
        ),
    ]);
    let mut first = files.up(&db.url());
    first.args(["--to", "1"]);
    succeed(first).await;
    // The build waits for this to end, as for anything that may have written.
    let writer = db.connect().await;
    writer.batch_execute("begin; insert into a values (1)").await.unwrap();
    let mut run = Running::start(files.up(&db.url()));
    let building = "select exists (select from pg_stat_progress_create_index where phase ~ 'waiting')";
    until(&client, "the build to wait", building).await;
    run.signal(Signal::SIGINT);
    let ended = run.end().await;
    ended.failed(&[
        "error: interrupted during V2__index\n",
        "note: done, and there to stay: statement 1 of 3\n",
        "note: not done: statements 2 to 3 of 3\n",
        "note: index public.a_i is invalid",
        "hint: run it again: it goes on with statement 2 of ",
    ]);
    drop(writer);
    alone(&client).await;
    assert_eq!(state(&client).await, ("1".into(), "a,b".into()));
    let ended = succeed(files.up(&db.url())).await;
    assert!(ended.err.contains("V2__index: 1 of 3 statements ran before, going on after them\n"), "{ended}");
    assert!(ended.err.contains("dropping public.a_i, which a failed build left invalid\n"), "{ended}");
    assert_eq!(state(&client).await, ("1,2".into(), "a,b,c".into()));
    assert_eq!(value(&client, "select bool_and(indisvalid) from pg_index where indrelid = 'a'::regclass").await, "t");
}

#[tokio::test]
async fn waiting_for_another_run_ends_at_once() {
    let db = TestDb::new().await;
    let client = db.connect().await;
    client.batch_execute("select pg_advisory_lock(435826033299926234)").await.unwrap();
    let mut run = Running::start(pgward(&db.url(), &["up"]));
    run.until_it_says("waiting for another run of migrations").await;
    run.signal(Signal::SIGTERM);
    run.end().await.failed(&["error: interrupted while waiting for another run\n", "note: nothing was changed\n"]);
    alone(&client).await;
    assert_eq!(state(&client).await, (String::new(), String::new()));
}

#[tokio::test]
async fn making_the_history_table_is_cancelled() {
    let db = TestDb::new().await;
    let (client, other) = (db.connect().await, db.connect().await);
    // An application with refinery, in the middle of making it too.
    other.batch_execute("begin; create table refinery_schema_history (version int)").await.unwrap();
    let mut run = Running::start(pgward(&db.url(), &["up"]));
    let waiting = "select exists (select from pg_stat_activity where datname = current_database() \
                   and wait_event_type = 'Lock')";
    until(&client, "the run to wait", waiting).await;
    run.signal(Signal::SIGINT);
    run.end().await.failed(&["error: interrupted before the first migration\n", "note: nothing was changed\n"]);
    drop(other);
    alone(&client).await;
    assert_eq!(state(&client).await, (String::new(), String::new()));
}

/// Wherever a signal finds the run, it ends and leaves whole migrations. The last migration would sleep for an hour, so
/// a request to cancel that got lost would show.
#[tokio::test]
async fn a_signal_at_any_moment_ends_the_run() {
    let mut chance = Chance::new();
    let db = TestDb::new().await;
    let (client, url) = (db.connect().await, db.url());
    let long = format!("V{}__long", COUNT + 1);
    let files = files(&[(&long, "select pg_sleep(3600);")]);
    let up = |to: &str| {
        let mut command = files.up(&url);
        command.args(["--to", to]);
        command
    };
    let (all, first_ones) = ((COUNT + 1).to_string(), COUNT.to_string());
    let started = Instant::now();
    succeed(up(&first_ones)).await;
    let whole = started.elapsed();
    reset(&client).await;
    for n in 1..=25 {
        let mut run = Running::start(up(&all));
        some_moment(&mut run, &mut chance, whole).await;
        run.signal(if chance.below(2) == 0 { Signal::SIGINT } else { Signal::SIGTERM });
        let ended = run.end().await;
        alone(&client).await;
        let applied = check(&client, &format!("signal {n}: {ended}")).await;
        match ended.status.code() {
            Some(2) => assert!(ended.err.contains("error: interrupted "), "{ended}"),
            // Before it looks out for signals, nothing was done.
            None => assert!(ended.status.signal() != Some(9) && applied == 0, "{ended}"),
            Some(_) => panic!("{ended}"),
        }
        succeed(up(&first_ones)).await;
        assert_eq!(check(&client, &format!("after signal {n}")).await, COUNT);
        reset(&client).await;
    }
}

/// Unlike a kill, a signal leaves time to note what ran: no statement runs twice. The request to cancel may reach the
/// server when the statement that it was meant for is over, and hit what comes after.
#[tokio::test]
async fn no_statement_runs_twice_after_a_signal() {
    const STATEMENTS: u64 = 150;
    let mut chance = Chance::new();
    let db = TestDb::new().await;
    let (client, url) = (db.connect().await, db.url());
    let inserts: Vec<_> = (1..=STATEMENTS).map(|n| format!("insert into noted values ({n});\n")).collect();
    let files = Files::new(&[
        ("V1__noted", "create table noted (n int);".to_owned()),
        ("V2__many", format!("-- pgward:no-transaction\n{}", inserts.concat())),
    ]);
    let started = Instant::now();
    succeed(files.up(&url)).await;
    let whole = u64::try_from(started.elapsed().as_micros()).unwrap();
    reset(&client).await;
    for n in 1..=25 {
        let mut run = Running::start(files.up(&url));
        run.until_lines(1).await;
        tokio::time::sleep(std::time::Duration::from_micros(chance.below(whole))).await;
        run.signal(Signal::SIGTERM);
        let ended = run.end().await;
        alone(&client).await;
        if value(&client, "select to_regclass('refinery_schema_history_partial')").await.is_empty() {
            reset(&client).await;
            continue;
        }
        let done = value(&client, "select coalesce(max(done), 0) from refinery_schema_history_partial").await;
        assert_eq!(value(&client, "select count(*) from noted").await, done, "signal {n}: {ended}");
        succeed(files.up(&url)).await;
        let all = value(&client, "select count(*) || ' ' || count(distinct n) from noted").await;
        assert_eq!(all, format!("{STATEMENTS} {STATEMENTS}"), "after signal {n}: {ended}");
        reset(&client).await;
    }
}
