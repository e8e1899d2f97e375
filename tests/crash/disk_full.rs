//! No space left: on the server, for its tables or its log, and where a file is to be written.

use crate::mount::Small;
use crate::own_server::{OwnServer, give};
use crate::program::{Files, pgward, run, state, succeed};
use crate::support::TestDb;

/// Migrations of which the second needs some space.
fn files(tablespace: &str) -> Files {
    let big = format!(
        "create table b (t text){tablespace};\ninsert into b select repeat('x', 1000) from generate_series(1, 40000);"
    );
    Files::new(&[("V1__a", "create table a ();"), ("V2__b", &big), ("V3__c", "create table c ();")])
}

#[tokio::test]
async fn the_servers_tables() {
    let Some(small) = Small::new(8 * 1024) else { return };
    let server = OwnServer::new().await;
    let (url, client) = (server.database("db").await, server.connect("db").await);
    give(small.path());
    let location = small.path().display();
    client.batch_execute(&format!("create tablespace small location '{location}'")).await.unwrap();
    let files = files(" tablespace small");
    run(files.up(&url)).await.failed(&[
        "error: V2__b failed: could not extend file ",
        ": No space left on device\n",
        "V2__b.sql:2:1\n",
        "note: the migration was rolled back as a whole\n",
        "note: before it, V1__a was applied\n",
        "hint: the server's disk is full\n",
    ]);
    assert_eq!(state(&client).await, ("1".into(), "a".into()));
    small.remount("size=1g");
    succeed(files.up(&url)).await;
    assert_eq!(state(&client).await, ("1,2,3".into(), "a,b,c".into()));
}

/// Without space for its log, a server stops altogether.
#[tokio::test]
async fn the_servers_log() {
    let Some(small) = Small::new(1024 * 1024) else { return };
    give(small.path());
    let wal = small.path().join("wal");
    let init = format!("--waldir={}", wal.display());
    let settings = "-c wal_recycle=off -c min_wal_size=2MB -c max_wal_size=1GB";
    let server = OwnServer::with(&[&init, "--wal-segsize=1"], settings).await;
    let (url, client) = (server.database("db").await, server.connect("db").await);
    // Uses up what was laid by for later.
    let segments = "select count(*) from pg_ls_waldir()";
    for _ in 0..200 {
        if client.query_one(segments, &[]).await.unwrap().get::<_, i64>(0) <= 3 {
            break;
        }
        let next = "select pg_logical_emit_message(false, '', ''); select pg_switch_wal(); checkpoint";
        client.simple_query(next).await.unwrap();
    }
    small.remount(&format!("size={}k", small.used() + 4 * 1024));
    let files = files("");
    run(files.up(&url)).await.failed(&[
        "error: V2__b failed: could not write to file \"pg_wal/",
        ": No space left on device\n",
        "note: the migration was rolled back as a whole\n",
        "note: before it, V1__a was applied\n",
        "hint: the server's disk is full\n",
        "hint: run it again when the server is back: the history says where to go on\n",
    ]);
    small.remount("size=1g");
    // It may have given up, or be trying to start again and again.
    server.try_stop("immediate").await;
    server.start().await;
    let client = server.until_it_is_back("db").await;
    assert_eq!(state(&client).await, ("1".into(), "a".into()));
    succeed(files.up(&url)).await;
    assert_eq!(state(&client).await, ("1,2,3".into(), "a,b,c".into()));
}

/// A snapshot that can't be written leaves the one that is there as it was, and nothing beside it.
#[tokio::test]
async fn a_snapshots_file() {
    let Some(small) = Small::new(256) else { return };
    let db = TestDb::new().await;
    db.connect().await.batch_execute("create table a (i int primary key)").await.unwrap();
    let file = small.path().join("snapshot.json");
    std::fs::write(&file, "old\n").unwrap();
    let snapshot = || pgward(&db.url(), &["snapshot", "--out", file.to_str().unwrap()]);
    let filler = small.fill();
    let names = || {
        let mut names: Vec<_> =
            std::fs::read_dir(small.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let said = format!("error: {} can't be written\n", file.display());
    let kept = "note: nothing was changed\n";
    run(snapshot()).await.failed(&[&said, "cause: No space left on device", kept]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "old\n");
    assert_eq!(names(), ["filler", "snapshot.json"]);

    std::fs::remove_file(filler).unwrap();
    small.remount("ro");
    run(snapshot()).await.failed(&[&said, "cause: Read-only file system", kept]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "old\n");
    small.remount("rw");
    succeed(snapshot()).await;
    assert!(std::fs::read_to_string(&file).unwrap().starts_with('{'), "it is a snapshot now");
    assert_eq!(names(), ["snapshot.json"]);
}

/// The same where nothing needs to be mounted: a directory that does not exist.
#[tokio::test]
async fn a_snapshot_into_nowhere() {
    let db = TestDb::new().await;
    let ended = run(pgward(&db.url(), &["snapshot", "--out", "/nonexistent/snapshot.json"])).await;
    ended.failed(&["error: /nonexistent/snapshot.json can't be written\n", "cause: No such file or directory"]);
}
