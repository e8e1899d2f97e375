//! Connecting: what works, and one clear error for each way it can fail.

use std::time::{Duration, Instant};

use pgward::base::{Error, ErrorKind};
use pgward::pg::{Environment, Options, Password, connect, server_error};

use tokio::net::{TcpListener, TcpStream};
use tokio_postgres::config::Host;

use super::pg_support::until_asleep;
use super::support::{TestDb, server};

/// An environment without this machine's own files.
fn bare() -> Environment {
    Environment::empty().with("HOME", "/nonexistent")
}

async fn refused(url: &str) -> Error {
    let options = Options::parse(url, &bare()).unwrap();
    let error = connect(&options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error:?}");
    assert!(!error.hints().is_empty(), "no hint: {error:?}");
    error
}

#[tokio::test]
async fn connects_and_knows_the_version() {
    let db = TestDb::new().await;
    let options = Options::parse(&db.url(), &bare()).unwrap();
    let session = connect(&options).await.unwrap();
    let row = session
        .client()
        .query_one("select current_setting('server_version_num')::int, current_setting('application_name')", &[])
        .await
        .unwrap();
    assert_eq!(session.server_version(), u32::try_from(row.get::<_, i32>(0)).unwrap());
    assert_eq!(row.get::<_, String>(1), "pgward");
    session.require_supported().unwrap();
    session.close().await;
}

#[tokio::test]
async fn an_error_keeps_everything_the_server_said() {
    let db = TestDb::new().await;
    let session = connect(&Options::parse(&db.url(), &bare()).unwrap()).await.unwrap();
    let sql = "do $$ begin raise exception 'no' using detail = 'd', hint = 'h', errcode = 'XX123'; end $$";
    let error = session.client().batch_execute(sql).await.unwrap_err();
    let error = server_error(error, "do it");
    assert_eq!(error.kind(), ErrorKind::Statement);
    assert_eq!(error.message(), "do it: no");
    assert_eq!(error.sqlstate(), Some("XX123"));
    assert_eq!(error.notes()[0], "detail: d");
    assert!(error.notes()[1].starts_with("context: PL/pgSQL function inline_code_block"), "{error:?}");
    assert_eq!(error.hints(), ["h"]);
}

#[tokio::test]
async fn a_lock_not_had_is_a_lock_error() {
    let db = TestDb::new().await;
    let options = Options::parse(&db.url(), &bare()).unwrap();
    let (one, two) = (connect(&options).await.unwrap(), connect(&options).await.unwrap());
    one.client().batch_execute("create table t ()").await.unwrap();
    one.client().batch_execute("begin; lock t").await.unwrap();
    let error = two.client().batch_execute("set lock_timeout = '10ms'; select from t").await.unwrap_err();
    assert_eq!(two.error(error, "read").kind(), ErrorKind::Lock);
}

#[tokio::test]
async fn notices_are_collected_and_then_sent_to_the_sink() {
    let db = TestDb::new().await;
    let session = connect(&Options::parse(&db.url(), &bare()).unwrap()).await.unwrap();
    session.client().batch_execute("drop table if exists one").await.unwrap();
    assert_eq!(session.take_notices()[0].message, "table \"one\" does not exist, skipping");
    assert!(session.take_notices().is_empty());

    let (sender, receiver) = std::sync::mpsc::channel();
    session.client().batch_execute("drop table if exists two").await.unwrap();
    session.on_notice(move |notice| sender.send(notice).unwrap());
    session.client().batch_execute("do $$ begin raise warning 'w' using hint = 'h'; end $$").await.unwrap();
    let notices: Vec<_> = receiver.try_iter().collect();
    assert_eq!(notices[0].message, "table \"two\" does not exist, skipping");
    assert_eq!((notices[1].severity.as_str(), notices[1].message.as_str()), ("WARNING", "w"));
    assert_eq!(notices[1].hint.as_deref(), Some("h"));
}

#[tokio::test]
async fn a_lost_connection_says_why() {
    let db = TestDb::new().await;
    let options = Options::parse(&db.url(), &bare()).unwrap();
    let (victim, killer) = (connect(&options).await.unwrap(), connect(&options).await.unwrap());
    let pid: i32 = victim.client().query_one("select pg_backend_pid()", &[]).await.unwrap().get(0);
    // The driver closes its prepared statement behind the query; what answers that must be through.
    victim.client().batch_execute("select 1").await.unwrap();
    killer.client().query_one("select pg_terminate_backend($1, 5000)", &[&pid]).await.unwrap();
    // Sending before the news is here may have the kernel throw the server's last message away.
    while !victim.is_closed() {
        tokio::task::yield_now().await;
    }
    let error = victim.client().batch_execute("select 1").await.unwrap_err();
    let error = victim.error(error, "count");
    assert_eq!(error.message(), "count: terminating connection due to administrator command");
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Connection, Some("57P01")));
    assert!(victim.is_closed());
}

#[tokio::test]
async fn cancelling_ends_the_statement_and_keeps_the_session() {
    let db = TestDb::new().await;
    let session = connect(&Options::parse(&db.url(), &bare()).unwrap()).await.unwrap();
    let canceller = session.canceller();
    let observer = db.connect().await;
    let (slept, cancelled) = tokio::join!(session.client().batch_execute("select pg_sleep(60)"), async {
        until_asleep(&observer).await;
        canceller.cancel().await
    });
    cancelled.unwrap();
    assert_eq!(session.error(slept.unwrap_err(), "sleep").sqlstate(), Some("57014"));
    session.client().batch_execute("select 1").await.unwrap();
}

#[tokio::test]
async fn nobody_listens() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = refused(&format!("postgres://u:secret@127.0.0.1:{port}/db")).await;
    assert_eq!(error.message(), format!("no server answers at 127.0.0.1:{port}: connection refused"));
    assert!(!format!("{error:?}").contains("secret"));
    let error = refused("postgres:///db?host=/nonexistent").await;
    assert_eq!(error.message(), "there is no socket /nonexistent/.s.PGSQL.5432");
}

#[tokio::test]
async fn no_such_host() {
    let error = refused("postgres://no-such-host.invalid/db").await;
    assert!(error.message().starts_with("the host \"no-such-host.invalid\" is not known: "), "{error}");
}

#[tokio::test]
async fn a_server_that_says_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let options = Options::parse(&format!("postgres://127.0.0.1:{port}/db"), &bare()).unwrap();
    let error = connect(&options.with_connect_timeout(Some(Duration::from_millis(100)))).await.unwrap_err();
    assert_eq!(error.message(), format!("127.0.0.1:{port} did not answer within 0.1 s"));
}

#[tokio::test]
async fn missing_databases_and_roles_are_named() {
    let db = TestDb::new().await;
    let options = Options::parse(&db.url(), &bare()).unwrap();
    let error = connect(&options.with_database("no_such")).await.unwrap_err();
    assert!(error.message().ends_with(": database \"no_such\" does not exist"), "{error}");
    assert_eq!(error.sqlstate(), Some("3D000"));
    assert_eq!(error.hints(), ["create it: createdb \"no_such\", or name another database in the URL"]);
    let error = connect(&options.with_user("no_such", Some(Password::new("x")))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(!error.hints().is_empty());
}

#[tokio::test]
async fn the_next_host_is_tried_and_all_are_named() {
    let db = TestDb::new().await;
    let options = Options::parse(&db.url(), &bare()).unwrap();
    let [host] = options.hosts() else { panic!("one host") };
    let (place, port) = (&host.place, host.port);
    let url = format!("postgres:///{}?user={}&host=/nonexistent,{place}&port=1,{port}", db.name, options.user());
    connect(&Options::parse(&url, &bare()).unwrap()).await.unwrap();

    let error = refused("postgres:///db?host=/nonexistent,/nowhere").await;
    assert_eq!(error.message(), "none of 2 attempts to connect succeeded");
    assert_eq!(
        error.notes(),
        ["there is no socket /nonexistent/.s.PGSQL.5432", "there is no socket /nowhere/.s.PGSQL.5432"]
    );
    assert_eq!(error.hints().len(), 1);
}

#[tokio::test]
async fn the_session_must_be_as_asked() {
    let db = TestDb::new().await;
    let with = |attrs: &str| {
        let url = db.url();
        let mark = if url.contains('?') { '&' } else { '?' };
        format!("{url}{mark}target_session_attrs={attrs}")
    };
    for fine in ["any", "read-write", "primary", "prefer-standby"] {
        connect(&Options::parse(&with(fine), &bare()).unwrap()).await.unwrap();
    }
    for (wanted, is) in [("read-only", "read-write"), ("standby", "no standby")] {
        let error = connect(&Options::parse(&with(wanted), &bare()).unwrap()).await.unwrap_err();
        assert!(error.message().contains(&format!("is {is},")), "{error}");
    }
}

/// The server's host stops answering after the session was made: whoever asks to cancel is told so, and soon.
#[tokio::test]
async fn cancelling_does_not_wait_for_ever() {
    let db = TestDb::new().await;
    let (listener, admin) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), server());
    let port = listener.local_addr().unwrap().port();
    let target = (db.config().get_hosts().first().cloned(), admin.get_ports()[0]);
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let Some(Host::Tcp(name)) = target.0 else { panic!("the test server is not on TCP") };
        let mut server = TcpStream::connect((name, target.1)).await.unwrap();
        tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
        // The second connection is taken, and never answered.
        let _silent = listener.accept().await.unwrap();
        std::future::pending::<()>().await;
    });
    let url = format!("{}?hostaddr=127.0.0.1&port={port}", db.url());
    let session = connect(&Options::parse(&url, &bare()).unwrap()).await.unwrap();
    let started = Instant::now();
    let error = session.canceller().cancel().await.unwrap_err();
    assert!(error.message().contains("did not answer within"), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(30));
}
