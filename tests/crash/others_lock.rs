//! Somebody else holds a lock on a table that a migration needs.

use crate::program::{Files, Running, state, succeed};
use crate::support::TestDb;

#[tokio::test]
async fn it_is_tried_again_and_said_who_is_in_the_way() {
    let db = TestDb::new().await;
    let (client, other) = (db.connect().await, db.connect().await);
    let files = Files::new(&[
        ("V1__a", "create table a ();"),
        ("V2__b", "create table b ();\nalter table a add column i int;"),
    ]);
    let mut first = files.up(&db.url());
    first.args(["--to", "1"]);
    succeed(first).await;
    other
        .batch_execute("set application_name = 'nightly report'; begin; lock table a in access exclusive mode")
        .await
        .unwrap();
    let pid: i32 = other.query_one("select pg_backend_pid()", &[]).await.unwrap().get(0);
    let mut up = files.up(&db.url());
    up.args(["--lock-timeout", "200ms"]);
    let mut run = Running::start(up);
    run.until_it_says("V2__b failed: canceling statement due to lock timeout; try 2 of 10 in ").await;
    run.until_it_says(&format!("  held by process {pid} (postgres, nightly report) idle in transaction for ")).await;
    // Between tries nothing is held: others get at what the migration had made.
    other.batch_execute("create table b (); drop table b; commit").await.unwrap();
    let ended = run.end().await;
    assert_eq!(ended.status.code(), Some(0), "{ended}");
    assert_eq!(state(&client).await, ("1,2".into(), "a,b".into()));
}
