//! What a file does to its session: it stays the file's own, and the run's lock and limits hold.

use std::time::Duration;

use pgward::base::ErrorKind;
use pgward::runner::{Event, Retry, Target, Undo};

use crate::runner_support::{history, listen, locks, runner, tables, text, value};
use crate::support::{TestDb, connect};

#[tokio::test]
async fn limits_hold_at_commit_too() {
    let db = TestDb::new().await;
    let mut holder = db.connect().await;
    holder.batch_execute("create table busy ()").await.unwrap();
    let held = holder.transaction().await.unwrap();
    held.batch_execute("lock table busy").await.unwrap();
    let mut client = db.connect().await;
    let late = "create table t (i int);
        create function late() returns trigger language plpgsql as 'begin lock table busy; return null; end';
        create constraint trigger s after insert on t deferrable initially deferred for each row execute function late();
        insert into t values (1);";
    let retry = Retry { tries: 2, first_pause: Duration::from_millis(10), ..Retry::default() };
    let run = runner(&[("V1__a", late)]).retry(retry);
    let error = tokio::time::timeout(Duration::from_secs(5), run.up(&mut client)).await.expect("ends").unwrap_err();
    assert_eq!(error.sqlstate(), Some("55P03"), "{}", text(&error));
    held.rollback().await.unwrap();
    run.up(&mut client).await.unwrap();
    assert_eq!(value(&client, "show lock_timeout").await, "0", "the caller's own limit is back");
}

#[tokio::test]
async fn what_a_file_leaves_in_the_session_does_not_reach_the_next() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let leaves = "create temp table t (i int); prepare p as select 1; listen news;
                  declare c cursor with hold for select 1;";
    let takes = "create table t (i int); prepare p as select 2; declare c cursor with hold for select 2;
                 do $$ begin assert not exists (select pg_listening_channels()); end $$;";
    runner(&[("V1__a", leaves), ("V2__b", takes)]).up(&mut client).await.unwrap();
    let where_is = "select relpersistence from pg_class where oid = 'public.t'::regclass";
    assert_eq!(value(&client, where_is).await, "p");
}

#[tokio::test]
async fn what_the_caller_has_in_the_session_stays() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    client.batch_execute("create temp table mine (i int); listen news").await.unwrap();
    let prepared = client.prepare("select 7").await.unwrap();
    runner(&[("V1__a", "create table t (i int);"), ("V2__b", "select 1;")]).up(&mut client).await.unwrap();
    assert_eq!(client.query_one(&prepared, &[]).await.unwrap().get::<_, i32>(0), 7);
    assert_eq!(value(&client, "select count(*) from mine").await, "0");
    assert_eq!(value(&client, "select pg_listening_channels()").await, "news");
}

#[tokio::test]
async fn an_isolation_level_of_a_files_own() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let sql = "set transaction isolation level serializable; create table t as select 1 as i;";
    runner(&[("V1__a", "select 1;"), ("V2__b", sql)]).up(&mut client).await.unwrap();
}

#[tokio::test]
async fn a_file_that_frees_the_lock_is_found_out() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let frees = "create table t (i int); select pg_sleep(0.3); select pg_advisory_unlock_all(); select pg_sleep(0.3);";
    let files = [("V1__a", frees), ("V2__b", "create table u (i int);")];
    // Nobody was waiting: a warning.
    let (quiet, events) = listen(runner(&files));
    quiet.up_to(&mut client, Target::Steps(1)).await.unwrap();
    let warned = events.lock().unwrap().iter().any(|event| matches!(event, Event::Warning(_)));
    assert!(warned && history(&client).await == "1");
    client.batch_execute("drop table t; delete from refinery_schema_history").await.unwrap();

    // Another run took it meanwhile: what was done without it does not stay.
    let other = db.config();
    let key = 435_826_033_299_926_234_i64;
    let taker = tokio::spawn(async move {
        let other = connect(&other).await;
        while locks(&other).await == "0" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let take = format!("select pg_try_advisory_lock({key})");
        while value(&other, &take).await != "t" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        other
    });
    let error = runner(&files).up(&mut client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Lock, "{}", text(&error));
    assert_eq!(error.message(), "another run took the lock during V1__a, which had freed it");
    let other = taker.await.unwrap();
    assert_eq!((history(&client).await, tables(&client).await), (String::new(), String::new()));
    drop(other);
}

#[tokio::test]
async fn a_file_that_became_transactional_half_way() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let first = "-- pgward:no-transaction\ncreate table t (i int);\nselect 1/0;";
    runner(&[("V1__a", first)]).up(&mut client).await.unwrap_err();
    let then = "create table if not exists t (i int);";
    let error = runner(&[("V1__a", then)]).up(&mut client).await.unwrap_err();
    assert!(
        error.message().ends_with("V1__a.sql was begun without a transaction, and 1 of 2 statements ran"),
        "{error}"
    );
    assert_eq!((history(&client).await.as_str(), locks(&client).await.as_str()), ("", "0"));
}

#[tokio::test]
async fn settings_inside_a_block_come_back_when_a_file_goes_on() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let file =
        |last: &str| format!("-- pgward:no-transaction\nbegin; create schema s; set search_path = s; commit;\n{last}");
    runner(&[("V1__a", &file("select 1/0;"))]).up(&mut client).await.unwrap_err();
    runner(&[("V1__a", &file("create table t (i int);"))]).up(&mut client).await.unwrap();
    assert_eq!(value(&client, "select to_regclass('s.t')").await, "s.t");
}

#[tokio::test]
async fn looking_does_not_end_the_callers_transaction() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let runner = runner(&[("V1__a", "select 1;"), ("V1__a.down", "")]);
    runner.up(&mut client).await.unwrap();
    client.batch_execute("begin").await.unwrap();
    client.batch_execute("create table mine (i int)").await.unwrap();
    assert_eq!(runner.status(&mut client).await.unwrap_err().kind(), ErrorKind::Input);
    assert_eq!(runner.plan_up(&mut client, Target::Latest).await.unwrap_err().kind(), ErrorKind::Input);
    assert_eq!(runner.plan_down(&mut client, Undo::All).await.unwrap_err().kind(), ErrorKind::Input);
    client.batch_execute("insert into mine values (1); commit").await.unwrap();
    assert_eq!(tables(&client).await, "mine");
}

#[tokio::test]
async fn a_role_that_may_only_write_the_history() {
    let db = TestDb::new().await;
    let admin = db.connect().await;
    let mut client = db.connect().await;
    runner(&[("V1__a", "create schema app;")]).up(&mut client).await.unwrap();
    let role = format!("{}_r", db.name);
    let grants = format!(
        "revoke create on schema public from public; create role {role}; grant all on schema app to {role};
         grant select, insert on refinery_schema_history to {role}"
    );
    admin.batch_execute(&grants).await.unwrap();
    client.batch_execute(&format!("set role {role}")).await.unwrap();
    let files = [("V1__a", "create schema app;"), ("V2__b", "create table app.t (i int);")];
    runner(&files).up(&mut client).await.unwrap();
    assert_eq!(history(&admin).await, "1,2");
    drop(client);
    admin.batch_execute(&format!("drop owned by {role}; drop role {role}")).await.unwrap();
}
