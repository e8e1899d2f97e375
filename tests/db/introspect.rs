//! How introspection behaves as a whole: one trip, no trace in the session, nothing skipped, errors that say what.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use pgward::base::ErrorKind;
use pgward::introspect;
use pgward::kinds;
use pgward::model::{ObjectId, SchemaFilter};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::time::{sleep, timeout};
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, SimpleQueryMessage};

use crate::introspect_rich::rich;
use crate::support::{TestDb, connect};

#[tokio::test]
async fn every_query_stands_alone() {
    let db = rich().await;
    let client = db.connect().await;
    client.batch_execute(OUTSIDE).await.unwrap();
    client.batch_execute("set search_path = ''").await.unwrap();
    let mut empty = Vec::new();
    for kind in kinds::ALL {
        let rows = client.simple_query(kind.query).await.unwrap();
        let rows = rows.iter().filter(|message| matches!(message, SimpleQueryMessage::Row(_))).count();
        empty.extend((rows == 0).then_some(kind.shape.name));
    }
    assert!(empty.is_empty(), "the rich schema has none of {empty:?}");
    // It would hold the database.
    client.batch_execute("drop subscription sub").await.unwrap();
}

/// What a copy of the database, a dump of it, or what an ordinary role sees of it lacks.
const OUTSIDE: &str = "
    create subscription sub connection 'dbname=none' publication pub with (connect = false, slot_name = none);
    do $$ begin execute format('comment on database %I is ''ours''', current_database()); end $$";

#[tokio::test]
async fn every_object_has_its_parent() {
    let db = rich().await;
    let catalog = introspect::read(&mut db.connect().await, &SchemaFilter::all()).await.unwrap();
    for (id, object) in &catalog.objects {
        if let Some(parent) = &object.parent {
            assert!(catalog.objects.contains_key(parent), "{id} has no {parent}");
            assert!(id.path.starts_with(&parent.path), "{id} is not under {parent}");
        }
    }
}

#[tokio::test]
async fn needs_one_round_trip_and_another_where_somebody_writes() {
    let db = rich().await;
    let proxy = Proxy::start(&db.config()).await;
    let mut client = connect(&proxy.config).await;
    client.batch_execute("select 1").await.unwrap();
    let other = connect(&db.config()).await;
    let snapshot = "select pg_current_snapshot()::text";
    for _ in 0..10 {
        let seen: String = other.query_one(snapshot, &[]).await.unwrap().get(0);
        let before = proxy.turns.load(Ordering::Relaxed);
        introspect::read(&mut client, &SchemaFilter::all()).await.unwrap();
        let turns = proxy.turns.load(Ordering::Relaxed) - before;
        assert!((1..=2).contains(&turns), "{turns}");
        // Nobody was writing, and nobody has begun to.
        let ends: Vec<_> = seen.split(':').collect();
        let still: String = other.query_one(snapshot, &[]).await.unwrap().get(0);
        if ends[0] == ends[1] && still == seen {
            assert_eq!(turns, 1);
            break;
        }
    }
}

#[tokio::test]
async fn an_error_names_the_kind_and_leaves_the_session_usable() {
    let db = rich().await;
    let mut client = db.connect().await;
    client.batch_execute("revoke select on pg_catalog.pg_policy from public").await.unwrap();
    client.batch_execute("set session authorization rich_reader; set timezone = 'Asia/Tokyo'").await.unwrap();
    let error = introspect::read(&mut client, &SchemaFilter::all()).await.unwrap_err();
    let expected = "cannot read the objects of kind policy: permission denied for table pg_policy";
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.sqlstate(), Some("42501"));
    assert_untouched(&client).await;
}

#[tokio::test]
async fn a_dropped_read_leaves_the_session_usable() {
    let db = rich().await;
    let mut client = db.connect().await;
    client.batch_execute("set timezone = 'Asia/Tokyo'").await.unwrap();
    let cut = timeout(Duration::from_millis(1), introspect::read(&mut client, &SchemaFilter::all())).await;
    assert!(cut.is_err());
    assert_untouched(&client).await;
}

/// No transaction is open, and settings are the session's own.
async fn assert_untouched(client: &Client) {
    let sql = "select current_setting('transaction_isolation') || current_setting('transaction_read_only')
        || current_setting('timezone')";
    let state: String = client.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(state, "read committedoffAsia/Tokyo");
}

/// A view is deparsed with its table's newest name, while the table is read as of the snapshot: each reading must have
/// both from one moment.
#[tokio::test]
async fn concurrent_changes_give_one_moment_or_an_error() {
    let db = TestDb::new().await;
    let ddl = db.connect().await;
    let many: String = (0..40).map(|n| format!("create table s.x{n} (a int primary key, b text);")).collect();
    let setup = format!(
        "create schema s; create table s.t (a int); create view s.v as select t.a, u.a as b from s.t, s.t as u; {many}"
    );
    ddl.batch_execute(&setup).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    // Grows as long as reading takes longer than that, which it does on a busy machine.
    let pause = Arc::new(AtomicUsize::new(100));
    let changes = tokio::spawn({
        let (done, pause) = (Arc::clone(&done), Arc::clone(&pause));
        async move {
            while !done.load(Ordering::Relaxed) {
                ddl.batch_execute("alter table s.t rename to renamed").await.unwrap();
                sleep(Duration::from_millis(pause.load(Ordering::Relaxed) as u64)).await;
                ddl.batch_execute("alter table s.renamed rename to t").await.unwrap();
                sleep(Duration::from_millis(pause.load(Ordering::Relaxed) as u64)).await;
            }
        }
    });
    let mut client = db.connect().await;
    let (mut read, mut given_up) = (0, 0);
    for _ in 0..20 {
        match introspect::read(&mut client, &SchemaFilter::all()).await {
            Ok(catalog) => {
                let view = &catalog.objects[&ObjectId::new("view", ["s", "v"])];
                let renamed = catalog.objects.contains_key(&ObjectId::new("table", ["s", "renamed"]));
                let definition = view.attrs["definition"].as_str().unwrap();
                assert_eq!(definition.contains("s.renamed"), renamed, "{definition}");
                read += 1;
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Lock, "{error}");
                given_up += 1;
                pause.fetch_add(100, Ordering::Relaxed);
            }
        }
    }
    done.store(true, Ordering::Relaxed);
    changes.await.unwrap();
    assert!(read > 0, "given up {given_up} times");
}

/// Passes bytes on, the server's a little later, and counts how often the client spoke after it had heard something.
struct Proxy {
    config: Config,
    turns: Arc<AtomicUsize>,
}

impl Proxy {
    async fn start(server: &Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = Config::new();
        config.host("127.0.0.1").port(listener.local_addr().unwrap().port());
        config.user(server.get_user().unwrap()).dbname(server.get_dbname().unwrap());
        config.password(server.get_password().unwrap_or_default());
        let turns = Arc::new(AtomicUsize::new(0));
        let (counted, server) = (Arc::clone(&turns), server.clone());
        tokio::spawn(async move {
            let (client, _) = listener.accept().await.unwrap();
            let port = server.get_ports().first().copied().unwrap_or(5432);
            match &server.get_hosts()[0] {
                Host::Tcp(host) => {
                    pass(client, TcpStream::connect((host.as_str(), port)).await.unwrap(), counted).await
                }
                Host::Unix(dir) => {
                    let socket = dir.join(format!(".s.PGSQL.{port}"));
                    pass(client, UnixStream::connect(socket).await.unwrap(), counted).await;
                }
            }
        });
        Self { config, turns }
    }
}

async fn pass(client: TcpStream, server: impl AsyncRead + AsyncWrite, turns: Arc<AtomicUsize>) {
    let heard = AtomicBool::new(true);
    let (mut from_client, mut to_client) = tokio::io::split(client);
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let up = async {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(n @ 1..) = from_client.read(&mut bytes).await {
            turns.fetch_add(usize::from(heard.swap(false, Ordering::Relaxed)), Ordering::Relaxed);
            to_server.write_all(&bytes[..n]).await.unwrap();
        }
    };
    let down = async {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(n @ 1..) = from_server.read(&mut bytes).await {
            sleep(Duration::from_millis(50)).await;
            heard.store(true, Ordering::Relaxed);
            to_client.write_all(&bytes[..n]).await.unwrap();
        }
    };
    tokio::join!(up, down);
}
