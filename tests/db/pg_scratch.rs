//! Throw-away databases: gone when done, gone after a crash, never taken from the living.

use pgward::base::ErrorKind;
use pgward::pg::{Environment, Options, Scratch, Session, connect};

use super::support::TestDb;

async fn setting() -> (TestDb, Options, Session) {
    let db = TestDb::new().await;
    let options = Options::parse(&db.url(), &Environment::empty().with("HOME", "/nonexistent")).unwrap();
    let session = connect(&options).await.unwrap();
    (db, options, session)
}

async fn exists(session: &Session, name: &str) -> bool {
    let query = "select exists (select from pg_database where datname = $1)";
    session.client().query_one(query, &[&name]).await.unwrap().get(0)
}

#[tokio::test]
async fn is_there_and_empty_and_goes_when_closed() {
    let (_db, options, session) = setting().await;
    let scratch = Scratch::create(&options).await.unwrap();
    let inside = connect(scratch.options()).await.unwrap();
    let row = inside.client().query_one("select current_database(), current_setting('server_encoding')", &[]).await;
    let row = row.unwrap();
    assert_eq!((row.get(0), row.get(1)), (scratch.name(), "UTF8"));
    let name = scratch.name().to_owned();
    scratch.close().await.unwrap();
    assert!(!exists(&session, &name).await);
}

#[tokio::test]
async fn goes_when_dropped() {
    let (_db, options, session) = setting().await;
    let scratch = Scratch::create(&options).await.unwrap();
    let name = scratch.name().to_owned();
    let _inside = connect(scratch.options()).await.unwrap();
    drop(scratch);
    assert!(!exists(&session, &name).await);
}

#[tokio::test]
async fn leftovers_go_and_the_living_stay() {
    let (_db, options, session) = setting().await;
    let living = Scratch::create(&options).await.unwrap();
    // Losing its session is what a crash does to a scratch database, as far as the server can see.
    let crashed = Scratch::create(&options).await.unwrap();
    let crashed_name = crashed.name().to_owned();
    let key = i64::from(u32::from_str_radix(crashed_name.rsplit_once('_').unwrap().1, 16).unwrap());
    let end = "select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and objid::int8 = $1";
    assert_eq!(session.client().query(end, &[&key]).await.unwrap().len(), 1);
    std::mem::forget(crashed);

    let next = Scratch::create(&options).await.unwrap();
    assert!(!exists(&session, &crashed_name).await, "the leftover is removed");
    assert!(exists(&session, living.name()).await, "the living one stays");
    living.close().await.unwrap();
    next.close().await.unwrap();
}

#[tokio::test]
async fn many_at_once_do_not_get_into_each_others_way() {
    let (_db, options, _session) = setting().await;
    let made = futures_util::future::join_all((0..6).map(|_| Scratch::create(&options))).await;
    for scratch in made {
        let scratch = scratch.unwrap();
        connect(scratch.options()).await.unwrap().close().await;
        scratch.close().await.unwrap();
    }
}

#[tokio::test]
async fn needs_createdb_and_says_so() {
    let (db, options, session) = setting().await;
    let role = format!("{}_role", db.name);
    session.client().batch_execute(&format!("create role {role} login")).await.unwrap();
    let error = Scratch::create(&options.with_user(&role, None)).await.unwrap_err();
    let hint = format!("role {role:?} needs the right to create databases: alter role {role} createdb");
    assert_eq!((error.kind(), error.hints()), (ErrorKind::Statement, &[hint][..]));

    session.client().batch_execute(&format!("alter role {role} createdb")).await.unwrap();
    let scratch = Scratch::create(&options.with_user(&role, None)).await.unwrap();
    scratch.close().await.unwrap();
    session.client().batch_execute(&format!("drop role {role}")).await.unwrap();
}
