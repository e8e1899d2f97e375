//! The server stops, crashes or is not there.

use std::time::Duration;

use nix::sys::signal::Signal;
use tokio_postgres::Client;

use crate::own_server::OwnServer;
use crate::program::{Ended, Files, Running, asleep, run, state, succeed, within};

/// How a server is lost.
#[derive(Debug, Clone, Copy)]
enum Loss {
    /// `pg_ctl stop -m …`
    Stop(&'static str),
    /// SIGKILL of the process that serves the run, after which the server ends all sessions and starts over.
    Kill,
}

const LOSSES: [Loss; 3] = [Loss::Stop("immediate"), Loss::Stop("fast"), Loss::Kill];

impl Loss {
    async fn happen(self, server: &OwnServer, client: &Client) {
        match self {
            Self::Stop(mode) => server.stop(mode).await,
            Self::Kill => {
                let query = "select pid from pg_stat_activity where application_name = 'pgward'";
                server.signal(client.query_one(query, &[]).await.unwrap().get(0), Signal::SIGKILL);
            }
        }
    }

    /// Starts the server again, where it doesn't by itself. `before` is a session from before.
    async fn end(self, server: &OwnServer, database: &str, before: &Client) -> Client {
        // A server that has not yet seen that one of its processes was killed lets people in for a moment.
        within("the server to end its sessions", async {
            while !before.is_closed() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
        .await;
        if let Self::Stop(_) = self {
            server.start().await;
        }
        server.until_it_is_back(database).await
    }
}

impl Loss {
    /// Whether the server says goodbye.
    fn is_told(self) -> bool {
        matches!(self, Self::Stop("fast"))
    }
}

/// A database whose table `gate` says how long the migration in question sleeps.
async fn gated(server: &OwnServer, name: &str) -> (String, Client) {
    let url = server.database(name).await;
    let client = server.connect(name).await;
    client.batch_execute("create table gate (seconds int); insert into gate values (3600)").await.unwrap();
    (url, client)
}

/// Runs `up` until it sleeps, loses the server, and returns what the run said, and the server.
async fn lose(server: &OwnServer, loss: Loss, files: &Files, url: &str, client: &Client) -> (Ended, Client) {
    let running = Running::start(files.up(url));
    asleep(client).await;
    loss.happen(server, client).await;
    let ended = running.end().await;
    let client = loss.end(server, url.rsplit_once('/').unwrap().1, client).await;
    (ended, client)
}

async fn open_gate(client: &Client) {
    client.batch_execute("update gate set seconds = 0").await.unwrap();
}

#[tokio::test]
async fn in_a_migration() {
    let server = OwnServer::new().await;
    let files = Files::new(&[
        ("V1__a", "create table a ();"),
        ("V2__b", "create table b ();\nselect pg_sleep((select seconds from gate));\ncreate table b2 ();"),
        ("V3__c", "create table c ();"),
    ]);
    for (n, loss) in LOSSES.into_iter().enumerate() {
        let (url, client) = gated(&server, &format!("db{n}")).await;
        let (ended, client) = lose(&server, loss, &files, &url, &client).await;
        let known: &[&str] = if loss.is_told() {
            &[
                "error: V2__b failed: terminating connection due to administrator command\n",
                "V2__b.sql:2:1\n",
                "note: the migration was rolled back as a whole\n",
                "hint: run it again when the server is back: the history says where to go on\n",
            ]
        } else {
            &[
                "error: whether V2__b was applied is not known: ",
                "note: the file and its row in the history are one transaction: both are there, or neither\n",
                "hint: run it again when the server can be reached: the history says where to go on\n",
            ]
        };
        ended.failed(known);
        ended.failed(&["note: before it, V1__a was applied\n"]);
        assert_eq!(state(&client).await, ("1".into(), "a,gate".into()), "{loss:?}");
        open_gate(&client).await;
        succeed(files.up(&url)).await;
        assert_eq!(state(&client).await, ("1,2,3".into(), "a,b,b2,c,gate".into()), "{loss:?}");
    }
}

/// The moment in which nobody can know: the server was asked to commit and never answered.
#[tokio::test]
async fn at_commit() {
    let server = OwnServer::new().await;
    let files = Files::new(&[
        ("V1__a", "create table a ();"),
        (
            "V2__b",
            "create table b (i int);\n\
             create function slow() returns trigger language plpgsql as $$\n\
             begin perform pg_sleep((select seconds from gate)); return null; end $$;\n\
             create constraint trigger slow after insert on b initially deferred for each row execute function slow();\n\
             insert into b values (1);",
        ),
    ]);
    for (n, loss) in LOSSES.into_iter().enumerate() {
        let (url, client) = gated(&server, &format!("db{n}")).await;
        let (ended, client) = lose(&server, loss, &files, &url, &client).await;
        ended.failed(&[
            "error: whether V2__b was applied is not known: ",
            "note: the file and its row in the history are one transaction: both are there, or neither\n",
            "note: before it, V1__a was applied\n",
            "hint: run it again when the server can be reached: the history says where to go on\n",
        ]);
        assert_eq!(state(&client).await, ("1".into(), "a,gate".into()), "{loss:?}");
        open_gate(&client).await;
        succeed(files.up(&url)).await;
        assert_eq!(state(&client).await, ("1,2".into(), "a,b,gate".into()), "{loss:?}");
    }
}

#[tokio::test]
async fn in_a_file_without_a_transaction() {
    let server = OwnServer::new().await;
    let files = Files::new(&[
        ("V1__a", "create table a ();"),
        (
            "V2__b",
            "-- pgward:no-transaction\ncreate table b ();\nselect pg_sleep((select seconds from gate));\n\
             create table b2 ();",
        ),
    ]);
    for (n, loss) in LOSSES.into_iter().enumerate() {
        let (url, client) = gated(&server, &format!("db{n}")).await;
        let (ended, client) = lose(&server, loss, &files, &url, &client).await;
        let known: &[&str] = if loss.is_told() {
            &[
                "error: V2__b failed: terminating connection due to administrator command\n",
                "note: not done: statements 2 to 3 of 3\n",
            ]
        } else {
            &[
                "error: the connection was lost during V2__b: ",
                "note: what is not known may have taken effect: it runs again, unless it built an index that is there\n",
                "note: not known: statement 2 of 3\n",
                "note: not done: statement 3 of 3\n",
            ]
        };
        ended.failed(known);
        ended.failed(&[
            "note: done, and there to stay: statement 1 of 3\n",
            "hint: run it again when the server is back: it goes on with statement 2 of ",
        ]);
        assert!(!ended.err.contains("mend it"), "{ended}");
        assert_eq!(state(&client).await, ("1".into(), "a,b,gate".into()), "{loss:?}");
        open_gate(&client).await;
        let ended = succeed(files.up(&url)).await;
        assert!(ended.err.contains("V2__b: 1 of 3 statements ran before, going on after them\n"), "{ended}");
        assert_eq!(state(&client).await, ("1,2".into(), "a,b,b2,gate".into()), "{loss:?}");
    }
}

#[tokio::test]
async fn while_waiting_for_another_run() {
    let server = OwnServer::new().await;
    let files = Files::new(&[("V1__a", "create table a ();")]);
    for (n, loss) in LOSSES.into_iter().enumerate() {
        let database = format!("db{n}");
        let url = server.database(&database).await;
        let client = server.connect(&database).await;
        client.batch_execute("select pg_advisory_lock(435826033299926234)").await.unwrap();
        let mut running = Running::start(files.up(&url));
        running.until_it_says("waiting for another run of migrations").await;
        loss.happen(&server, &client).await;
        let ended = running.end().await;
        ended.failed(&[
            "note: this run had not begun and changed nothing\n",
            "hint: run it again when the server is back\n",
        ]);
        // It asks for the lock, and then who has it.
        let asked = ["error: could not ask for the lock: ", "error: could not look at the server: "];
        assert!(asked.iter().any(|error| ended.err.contains(error)), "{ended}");
        let client = loss.end(&server, &database, &client).await;
        assert_eq!(state(&client).await, (String::new(), String::new()), "{loss:?}");
        succeed(files.up(&url)).await;
        assert_eq!(state(&client).await, ("1".into(), "a".into()), "{loss:?}");
    }
}

#[tokio::test]
async fn before_connecting() {
    let server = OwnServer::new().await;
    let url = server.database("db").await;
    server.stop("fast").await;
    let files = Files::new(&[("V1__a", "create table a ();")]);
    let ended = run(files.up(&url)).await;
    ended.failed(&["error: no server answers at 127.0.0.1:", "hint: is PostgreSQL running there"]);
    server.start().await;
    // At once, while the server may still be recovering.
    succeed(files.up(&url)).await;
}

/// Asked twice to stop, the program goes, whatever the server is doing. What the server was doing it may do for long: it
/// looks at its client only when it has something to say.
#[tokio::test]
async fn a_second_signal_ends_a_run_whose_server_does_not_answer() {
    let server = OwnServer::new().await;
    let (url, client) = gated(&server, "db").await;
    let files = Files::new(&[("V1__a", "create table a (); select pg_sleep((select seconds from gate));")]);
    let mut running = Running::start(files.up(&url));
    asleep(&client).await;
    let query = "select pid from pg_stat_activity where application_name = 'pgward'";
    let pid: i32 = client.query_one(query, &[]).await.unwrap().get(0);
    server.signal(pid, Signal::SIGSTOP);
    running.signal(Signal::SIGINT);
    running.until_it_says("stopping: the current migration is rolled back").await;
    running.signal(Signal::SIGINT);
    let ended = running.end().await;
    assert_eq!(ended.status.code(), Some(2), "{ended}");
    server.signal(pid, Signal::SIGCONT);
    client.batch_execute(&format!("select pg_terminate_backend({pid})")).await.unwrap();
    crate::program::alone(&client).await;
    assert_eq!(state(&client).await, (String::new(), "gate".into()));
}
