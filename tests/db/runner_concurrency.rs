//! Several runs at once, and others' locks.

use std::time::{Duration, Instant};

use pgward::base::ErrorKind;
use pgward::runner::{Event, Retry, Runner, State};

use crate::runner_support::{history, listen, locks, migrations, role, runner, tables, text, value};
use crate::support::TestDb;

const FILES: &[(&str, &str)] =
    &[("V1__a", "create table a (i int); select pg_sleep(0.2);"), ("V2__b", "create table b (i int);")];

async fn at_once(runs: usize) {
    let db = TestDb::new().await;
    let runner = Runner::new(migrations(FILES));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..runs {
        let (mut client, runner) = (db.connect().await, runner.clone());
        tasks.spawn(async move { runner.up(&mut client).await.unwrap().done.len() });
    }
    let mut done = tasks.join_all().await;
    done.sort_unstable();
    let mut expected = vec![0; runs - 1];
    expected.push(2);
    assert_eq!(done, expected);
    let client = db.connect().await;
    assert_eq!((history(&client).await, tables(&client).await), ("1,2".into(), "a,b".into()));
    assert_eq!(locks(&client).await, "0");
}

#[tokio::test]
async fn two_at_once() {
    at_once(2).await;
}

#[tokio::test]
async fn sixteen_at_once() {
    at_once(16).await;
}

#[tokio::test]
async fn who_waits_does_not_deadlock_a_concurrent_build() {
    let db = TestDb::new().await;
    let runner = runner(&[
        ("V1__t", "create table t (i int);"),
        (
            "V2__i",
            "-- pgward:no-transaction\nselect pg_sleep(0.3); create index concurrently t_i on t (i); select pg_sleep(0.1);",
        ),
    ]);
    let (mut one, mut two) = (db.connect().await, db.connect().await);
    let (first, second) = tokio::join!(runner.up(&mut one), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        runner.up(&mut two).await
    });
    assert_eq!((first.unwrap().done.len(), second.unwrap().done.len()), (2, 0));
    assert!(runner.status(&mut one).await.unwrap().entries.iter().all(|entry| entry.state == State::Applied));
}

#[tokio::test]
async fn waiting_ends_and_says_for_whom() {
    let db = TestDb::new().await;
    let other = db.connect().await;
    let mut client = db.connect().await;
    // The key for public.refinery_schema_history, which never changes.
    other
        .batch_execute("set application_name = 'the other'; select pg_advisory_lock(435826033299926234)")
        .await
        .unwrap();
    let (runner, events) = listen(runner(FILES).lock_wait(Duration::from_millis(300)));
    let error = runner.up(&mut client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Lock);
    assert!(error.notes()[1].contains("postgres, the other) idle for 00:00:0"), "{}", text(&error));
    let waiting = |event: &Event| match event {
        Event::Waiting { holder: Some(holder), .. } => holder.application == "the other",
        _ => false,
    };
    assert!(events.lock().unwrap().iter().any(waiting));
    assert_eq!(history(&client).await, "none");
    drop(other);
    // The server frees the lock with the connection; the status never needs it.
    let runner = Runner::new(migrations(FILES));
    runner.up(&mut client).await.unwrap();
    assert_eq!(history(&client).await, "1,2");
}

#[tokio::test]
async fn a_lock_that_is_not_had_is_tried_again() {
    let db = TestDb::new().await;
    let other = db.connect().await;
    let mut client = db.connect().await;
    runner(FILES).up(&mut client).await.unwrap();
    other.batch_execute("begin; lock table a in access exclusive mode").await.unwrap();
    let (runner, events) =
        listen(runner(&[FILES[0], FILES[1], ("V3__c", "create table c (); alter table a add j int;")]));
    let release = async {
        tokio::time::sleep(Duration::from_millis(900)).await;
        // Others are not kept waiting for longer than the lock's time: a read gets in between the tries.
        other.batch_execute("commit").await.unwrap();
    };
    let (report, ()) = tokio::join!(runner.up(&mut client), release);
    assert_eq!(report.unwrap().done.len(), 1);
    let events = events.lock().unwrap();
    let retrying: Vec<_> = events.iter().filter(|event| matches!(event, Event::Retrying { .. })).collect();
    assert!(!retrying.is_empty());
    let Event::Retrying { holders, reason, tried, .. } = retrying[0] else { unreachable!() };
    assert_eq!(*tried, 1);
    assert!(reason.contains("lock timeout"), "{reason}");
    assert!(
        holders.iter().any(|holder| holder.state == "idle in transaction" && holder.query.contains("lock table a"))
    );
}

#[tokio::test]
async fn tries_come_to_an_end() {
    let db = TestDb::new().await;
    let other = db.connect().await;
    let mut client = db.connect().await;
    other.batch_execute("create table a ()").await.unwrap();
    other.batch_execute("begin; lock table a").await.unwrap();
    let started = Instant::now();
    let limits = Retry { tries: 3, first_pause: Duration::from_millis(10), longest_pause: Duration::from_millis(20) };
    let error = runner(&[("V1__x", "create table x ();\nalter table a add i int;")])
        .lock_timeout(Duration::from_millis(50))
        .retry(limits)
        .up(&mut client)
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Lock, Some("55P03")));
    assert_eq!(error.excerpt().unwrap().location().line, 2);
    assert!(error.notes().iter().any(|note| note == "tried 3 times"), "{}", text(&error));
    assert!(error.notes().iter().any(|note| note.contains("lock table a")), "{}", text(&error));
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(value(&client, "select to_regclass('x')").await, "");
}

/// Roles are the whole server's: two migrations that alter one meet in whatever databases.
#[tokio::test]
async fn a_row_of_the_catalog_that_another_session_changed_is_tried_again() {
    let db = TestDb::new().await;
    let (other, looks, mut client) = (db.connect().await, db.connect().await, db.connect().await);
    let role = role(&db, &other).await;
    for (number, begins) in ["", "-- pgward:no-transaction\n"].iter().enumerate() {
        let alter = format!("alter role {role} connection limit {number}");
        other.batch_execute(&format!("begin; {alter}")).await.unwrap();
        let file = (["V1__a", "V2__b"][number], format!("{begins}{alter};"));
        let files = [("V1__a", format!("alter role {role} connection limit 0;")), file];
        let files: Vec<_> = files[1 - number..].iter().map(|(name, sql)| (*name, sql.as_str())).collect();
        let (runner, events) = listen(runner(&files).retry(Retry { first_pause: Duration::ZERO, ..Retry::default() }));
        let commit = async {
            let waits = "select count(*) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock' and query like '%connection limit%'";
            while value(&looks, waits).await == "0" {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            other.batch_execute("commit").await.unwrap();
        };
        let (report, ()) = tokio::join!(runner.up(&mut client), commit);
        assert_eq!(report.unwrap().done.len(), 1);
        let events = events.lock().unwrap();
        let reasons = events.iter().filter_map(|event| match event {
            Event::Retrying { reason, .. } => Some(reason),
            _ => None,
        });
        assert!(reasons.clone().any(|reason| reason.contains("tuple concurrently updated")), "{events:?}");
    }
}
