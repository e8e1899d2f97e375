//! Round trips, counted by a proxy between the runner and the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pgward::base::ErrorKind;
use pgward::runner::{Runner, Undo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls};

use crate::runner_support::{history, migrations, runner, tables, text};
use crate::support::TestDb;

/// Counts how often the client speaks after the server did.
#[derive(Default)]
struct Count {
    trips: AtomicUsize,
    client_spoke_last: AtomicBool,
}

impl Count {
    fn take(&self) -> usize {
        self.trips.swap(0, Ordering::SeqCst)
    }
}

async fn proxy(config: &Config) -> (Client, Arc<Count>) {
    let host = match &config.get_hosts()[0] {
        Host::Tcp(host) => host.clone(),
        Host::Unix(path) => panic!("the tests' server is on a socket, {}: give it a TCP address", path.display()),
    };
    let upstream = TcpStream::connect((host, config.get_ports()[0])).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(Count::default());
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        let (downstream, _) = listener.accept().await.unwrap();
        let (mut from_client, mut to_client) = downstream.into_split();
        let (mut from_server, mut to_server) = upstream.into_split();
        let up = Arc::clone(&counted);
        tokio::spawn(async move {
            let mut buffer = vec![0; 65536];
            while let Ok(n @ 1..) = from_client.read(&mut buffer).await {
                if !up.client_spoke_last.swap(true, Ordering::SeqCst) {
                    up.trips.fetch_add(1, Ordering::SeqCst);
                }
                // A packet that belongs to the same flush may come a moment later, before any answer does.
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                to_server.write_all(&buffer[..n]).await.unwrap();
            }
        });
        let mut buffer = vec![0; 65536];
        while let Ok(n @ 1..) = from_server.read(&mut buffer).await {
            counted.client_spoke_last.store(false, Ordering::SeqCst);
            to_client.write_all(&buffer[..n]).await.unwrap();
        }
    });
    let mut through = Config::new();
    through.host("127.0.0.1").port(port).user(config.get_user().unwrap()).dbname(config.get_dbname().unwrap());
    if let Some(password) = config.get_password() {
        through.password(password);
    }
    let (client, connection) = through.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    count.take();
    (client, count)
}

fn files(n: usize) -> Vec<(String, String)> {
    let up =
        |n: usize| (format!("V{n}__t{n}"), format!("create table t{n} (i int);\ncreate index t{n}_i on t{n} (i);"));
    let down = |n: usize| (format!("V{n}__t{n}.down"), format!("drop table t{n};"));
    (1..=n).flat_map(|n| [up(n), down(n)]).collect()
}

#[tokio::test]
async fn one_round_trip_for_each_migration() {
    let db = TestDb::new().await;
    let (mut client, count) = proxy(&db.config()).await;
    let with = |n: usize| {
        let files = files(n);
        let files: Vec<_> = files.iter().map(|(name, sql)| (name.as_str(), sql.as_str())).collect();
        Runner::new(migrations(&files))
    };
    let mut trips = Vec::new();
    for n in [1, 11, 61] {
        with(n).up(&mut client).await.unwrap();
        trips.push(count.take());
    }
    // Fresh: facts; lock with facts; history table; the migration; unlock. Later: facts; history; lock with both;
    // the migrations; unlock.
    assert_eq!(trips, [5, 4 + 10, 4 + 50]);

    with(61).up(&mut client).await.unwrap();
    assert_eq!(count.take(), 2, "nothing to do");
    with(61).status(&mut client).await.unwrap();
    assert_eq!(count.take(), 2, "status, in a read-only transaction");

    with(61).allow_data_loss(true).down(&mut client, Undo::Steps(30)).await.unwrap();
    assert_eq!(count.take(), 4 + 30, "down without the guard");
    with(61).down(&mut client, Undo::Steps(10)).await.unwrap();
    assert_eq!(count.take(), 4 + 10 * 4, "down with the guard");
}

#[tokio::test]
async fn a_failure_takes_no_more() {
    let db = TestDb::new().await;
    let (mut client, count) = proxy(&db.config()).await;
    runner(&[("V1__a", "select 1; select 1/0; select 2")]).up(&mut client).await.unwrap_err();
    assert_eq!(count.take(), 5);
}

/// Hands everything on until the client sends COMMIT. The server gets it, the client hears nothing more.
async fn proxy_that_goes_silent(config: &Config) -> Client {
    let Host::Tcp(host) = config.get_hosts()[0].clone() else { panic!("the tests' server is on a socket") };
    let upstream = TcpStream::connect((host, config.get_ports()[0])).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut downstream, _) = listener.accept().await.unwrap();
        let mut upstream = upstream;
        let (mut from_client, mut from_server) = (vec![0; 65536], vec![0; 65536]);
        loop {
            tokio::select! {
                Ok(n @ 1..) = downstream.read(&mut from_client) => {
                    upstream.write_all(&from_client[..n]).await.unwrap();
                    if from_client[..n].windows(7).any(|window| window == b"COMMIT\0") {
                        drop(downstream);
                        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
                        return;
                    }
                }
                Ok(n @ 1..) = upstream.read(&mut from_server) => downstream.write_all(&from_server[..n]).await.unwrap(),
                else => return,
            }
        }
    });
    let mut through = Config::new();
    through.host("127.0.0.1").port(port).user(config.get_user().unwrap()).dbname(config.get_dbname().unwrap());
    if let Some(password) = config.get_password() {
        through.password(password);
    }
    let (client, connection) = through.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn a_connection_lost_at_commit_is_said_to_be_unknown() {
    let db = TestDb::new().await;
    let mut client = proxy_that_goes_silent(&db.config()).await;
    let runner = runner(&[("V1__a", "create table a ()"), ("V2__b", "create table b ()")]);
    let error = runner.up(&mut client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(error.message().starts_with("whether V1__a was applied is not known: "), "{}", text(&error));
    let mut client = db.connect().await;
    let again = runner.up(&mut client).await.unwrap().done;
    assert_eq!((history(&client).await, tables(&client).await), ("1,2".into(), "a,b".into()));
    // Here the server had got everything.
    assert_eq!(again.len(), 1);
}
