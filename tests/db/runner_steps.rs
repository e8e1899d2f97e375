//! Files without a transaction: concurrent indexes, failures half-way, and going on from there.

use pgward::base::ErrorKind;
use pgward::runner::{Event, Undo};

use crate::runner_support::{history, listen, runner, tables, text, value};
use crate::support::TestDb;

const TABLE: (&str, &str) = ("V1__t", "create table t (i int, j int); insert into t values (1, 1), (1, 2);");

const INVALID: &str =
    "select coalesce(string_agg(indexrelid::regclass::text, ','), '') from pg_index where not indisvalid";

#[tokio::test]
async fn two_concurrent_indexes_in_one_file() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let runner = runner(&[
        TABLE,
        (
            "V2__i",
            "-- pgward:no-transaction\ncreate index concurrently t_i on t (i);\nset search_path to public;\n\
             create index concurrently t_j on t (j); vacuum t;",
        ),
        ("V2__i.down", "-- pgward:no-transaction\ndrop index concurrently t_i; drop index concurrently t_j;"),
    ]);
    runner.up(&mut client).await.unwrap();
    assert_eq!(history(&client).await, "1,2");
    assert_eq!(
        value(&client, "select count(*) from pg_index where indrelid = 't'::regclass and indisvalid").await,
        "2"
    );
    assert_eq!(value(&client, "select to_regclass('public.refinery_schema_history_partial')").await, "");
    assert_eq!(value(&client, "show search_path").await, "\"$user\", public");
    runner.down(&mut client, Undo::Steps(1)).await.unwrap();
    assert_eq!(value(&client, "select count(*) from pg_index where indrelid = 't'::regclass").await, "0");
    assert_eq!(history(&client).await, "1");
}

#[tokio::test]
async fn a_failed_build_is_cleaned_up_and_done_again() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let (runner, events) = listen(runner(&[
        TABLE,
        (
            "V2__i",
            "-- pgward:no-transaction\nset search_path to public;\ncreate table one ();\n\
             create unique index concurrently t_i on t (i);\nbegin; create table two (); commit;",
        ),
    ]));
    let error = runner.up(&mut client).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("23505"));
    insta::assert_snapshot!(text(&error), @r#"
    V2__i failed: could not create unique index "t_i"
      at V2__i.sql:4:1: `create unique index concurrently t_i on t (i)`: in this statement
      note: detail: Key (i)=(1) is duplicated.
      note: done, and there to stay: statements 1 to 2 of 4
      note: not done: statements 3 to 4 of 4
      note: index public.t_i is invalid: it costs at every write and serves no query; the next run drops and builds it again if this file does build it
      note: before it, V1__t was applied
      hint: mend it and run it again: it goes on with statement 3 of V2__i.sql
    "#);
    assert_eq!(value(&client, INVALID).await, "t_i");
    assert_eq!((history(&client).await, tables(&client).await), ("1".into(), "one,t".into()));
    let status = runner.status(&mut client).await.unwrap();
    let partial = status.entries[1].partial.as_ref().unwrap();
    assert_eq!((partial.done, partial.total, partial.down), (2, 4, false));
    assert_eq!(value(&client, "show search_path").await, "\"$user\", public");

    client
        .batch_execute(
            "update t set i = j; alter role postgres in database CURRENT set search_path to nowhere"
                .split(';')
                .next()
                .unwrap(),
        )
        .await
        .unwrap();
    runner.up(&mut client).await.unwrap();
    assert_eq!(value(&client, INVALID).await, "");
    assert_eq!((history(&client).await, tables(&client).await), ("1,2".into(), "one,t,two".into()));
    let events = events.lock().unwrap();
    assert!(events.iter().any(|event| matches!(event, Event::Resumed { done: 2, total: 4, .. })));
    assert!(events.iter().any(|event| matches!(event, Event::DroppingInvalidIndex { index } if index == "public.t_i")));
}

#[tokio::test]
async fn if_not_exists_does_not_keep_an_invalid_index() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    client.batch_execute("create table t (i int); insert into t values (1), (1)").await.unwrap();
    client.batch_execute("create unique index concurrently t_i on t (i)").await.unwrap_err();
    client.batch_execute("truncate t").await.unwrap();
    runner(&[("V1__i", "-- no-transaction\ncreate unique index concurrently if not exists t_i on t (i)")])
        .up(&mut client)
        .await
        .unwrap();
    assert_eq!(value(&client, INVALID).await, "");
}

#[tokio::test]
async fn statements_that_ran_must_stay_as_they_were() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let file = |one: &str, two: &str| format!("-- pgward:no-transaction\n{one};\n{two};\n");
    let error = runner(&[("V1__a", &file("create table a ()", "select 1/0"))]).up(&mut client).await.unwrap_err();
    assert_eq!(error.excerpt().unwrap().location().line, 3);
    let error = runner(&[("V1__a", &file("create table b ()", "select 1"))]).up(&mut client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::History);
    assert!(
        error.message().ends_with("V1__a.sql was changed in its first statement, which ran before it failed"),
        "{error}"
    );
    // What did not run may change.
    runner(&[("V1__a", &file("create table a ()", "select 2"))]).up(&mut client).await.unwrap();
    assert_eq!((history(&client).await, tables(&client).await), ("1".into(), "a".into()));
}

#[tokio::test]
async fn a_block_that_fails_is_left() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let files = |last: &str| {
        [("V1__a", format!("-- pgward:no-transaction\nbegin; create table a (); {last}; commit; create table b ();"))]
    };
    let failing = files("select 1/0");
    let error = runner(&[("V1__a", &failing[0].1)]).up(&mut client).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("22012"));
    assert_eq!((history(&client).await, tables(&client).await), ("".into(), "".into()));
    let good = files("select 1");
    runner(&[("V1__a", &good[0].1)]).up(&mut client).await.unwrap();
    assert_eq!((history(&client).await, tables(&client).await), ("1".into(), "a,b".into()));
}

#[tokio::test]
async fn a_down_that_may_lose_data_is_refused_by_its_words() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let runner = runner(&[TABLE, ("V1__t.down", "-- pgward:no-transaction\nselect 1;\ndrop table t;")]);
    runner.up(&mut client).await.unwrap();
    let error = runner.down(&mut client, Undo::All).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::DataLoss, "undoing V1__t would lose data: DROP TABLE"));
    assert_eq!(error.excerpt().unwrap().location().line, 3);
    runner.allow_data_loss(true).down(&mut client, Undo::All).await.unwrap();
    assert_eq!((history(&client).await, tables(&client).await), ("".into(), "".into()));
}

#[tokio::test]
async fn a_build_that_ended_after_the_connection_was_lost_counts() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let runner =
        runner(&[TABLE, ("V2__i", "-- pgward:no-transaction\ncreate index concurrently t_i on t (i); select 1/0")]);
    runner.up(&mut client).await.unwrap_err();
    // As if it had been lost before the first statement's end was noted.
    client
        .batch_execute("update refinery_schema_history_partial set done = 0, digest = encode(sha256(''), 'hex')")
        .await
        .unwrap();
    let error = runner.up(&mut client).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("22012"), "{}", text(&error));
}

/// A request to cancel can reach the server when the statement is over, and hit the note that it ran.
#[tokio::test]
async fn a_cancel_that_comes_late_does_not_lose_what_ran() {
    let db = TestDb::new().await;
    let (mut client, other, third) = (db.connect().await, db.connect().await, db.connect().await);
    other.batch_execute("create table noted (i int); select pg_advisory_lock(7)").await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let third = std::sync::Arc::new(third);
    let watcher = std::sync::Arc::clone(&third);
    let runner = runner(&[(
        "V1__x",
        "-- pgward:no-transaction\ninsert into noted select 1 from pg_advisory_lock(7);\nselect 2;\n",
    )])
    .interrupt(stopped)
    .cancel_with(move |token| {
        let watcher = std::sync::Arc::clone(&watcher);
        async move {
            tokio::spawn(async move {
                blocked(&watcher, "relation").await;
                token.cancel_query(tokio_postgres::NoTls).await.unwrap();
            });
            Ok(())
        }
    });
    let meanwhile = async {
        blocked(&third, "advisory").await;
        other.batch_execute("begin; lock table refinery_schema_history_partial in share mode").await.unwrap();
        stop.send(true).unwrap();
        other.batch_execute("select pg_advisory_unlock(7)").await.unwrap();
        // The first try at the note is cancelled while it waits; the second waits as well.
        let query = "select count(*)::int from noted";
        while third.query_one(query, &[]).await.unwrap().get::<_, i32>(0) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        blocked(&third, "relation").await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        other.batch_execute("commit").await.unwrap();
    };
    let (result, ()) = tokio::join!(runner.up(&mut client), meanwhile);
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{}", text(&error));
    let noted = "select (select count(*) from noted) || ' ' || (select done from refinery_schema_history_partial)";
    assert_eq!(value(&client, noted).await, "1 1");
}

/// The server drops a request to cancel that finds it between two statements.
#[tokio::test]
async fn a_cancel_that_the_server_drops_is_sent_again() {
    let db = TestDb::new().await;
    let (mut client, watcher) = (db.connect().await, db.connect().await);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let asked = std::sync::atomic::AtomicU32::new(0);
    let runner = runner(&[("V1__a", "create table a (); select pg_sleep(3600);")]).interrupt(stopped).cancel_with(
        move |token| {
            let dropped = asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
            async move {
                if !dropped {
                    token.cancel_query(tokio_postgres::NoTls).await.unwrap();
                }
                Ok(())
            }
        },
    );
    let meanwhile = async {
        let query = "select count(*)::int from pg_stat_activity where datname = current_database() \
                     and wait_event = 'PgSleep'";
        while watcher.query_one(query, &[]).await.unwrap().get::<_, i32>(0) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        stop.send(true).unwrap();
    };
    let both = async { tokio::join!(runner.up(&mut client), meanwhile) };
    let (result, ()) = tokio::time::timeout(std::time::Duration::from_secs(60), both).await.unwrap();
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Interrupted);
    assert_eq!((history(&client).await, tables(&client).await), (String::new(), String::new()));
}

/// Waits until a session on this database waits for such a lock.
async fn blocked(client: &tokio_postgres::Client, what: &str) {
    let query = "select count(*)::int from pg_stat_activity where datname = current_database() \
                 and wait_event_type = 'Lock' and wait_event = $1";
    while client.query_one(query, &[&what]).await.unwrap().get::<_, i32>(0) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}
