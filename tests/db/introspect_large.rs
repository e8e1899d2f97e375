//! What reading a large database does otherwise: several sessions read one snapshot, and what has not changed is not read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pgward::introspect;
use pgward::model::{SchemaFilter, write_snapshot};
use pgward::pg::{Environment, Options, Session, connect};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::time::sleep;
use tokio_postgres::config::Host;

use crate::introspect_rich::rich;
use crate::support::TestDb;

fn options(db: &TestDb) -> Options {
    Options::parse(&db.url(), &Environment::empty()).unwrap()
}

async fn helpers(options: &Options) -> Vec<Session> {
    vec![connect(options).await.unwrap(), connect(options).await.unwrap()]
}

#[tokio::test]
async fn several_sessions_read_what_one_reads() {
    let db = rich().await;
    let options = options(&db);
    let mut session = connect(&options).await.unwrap();
    let filter = SchemaFilter::all();
    let alone = introspect::read(session.client_mut(), &filter).await.unwrap();
    let mut few = helpers(&options).await;
    few.pop();
    for helpers in [few, helpers(&options).await] {
        let together = introspect::read_together(session.client_mut(), helpers, &filter).await.unwrap();
        assert!(together == alone);
    }
    session.close().await;
}

#[tokio::test]
async fn sessions_that_see_something_else_are_sent_away() {
    let db = rich().await;
    let other = TestDb::new().await;
    let mut session = connect(&options(&db)).await.unwrap();
    let filter = SchemaFilter::all();
    let alone = introspect::read(session.client_mut(), &filter).await.unwrap();
    let helpers = helpers(&options(&other)).await;
    let together = introspect::read_together(session.client_mut(), helpers, &filter).await.unwrap();
    assert!(together == alone);
    assert_eq!(write_snapshot(&together), write_snapshot(&alone));
    session.close().await;
}

/// Passes on what clients say until it is told to keep it, as a pooler does that has no session left.
struct Pooler {
    options: Options,
    full: Arc<AtomicBool>,
}

impl Pooler {
    async fn start(db: &TestDb) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = db.config();
        let of_server = server.get_ports().first().copied().unwrap_or(5432);
        let host = server.get_hosts()[0].clone();
        let full = Arc::new(AtomicBool::new(false));
        let is_full = Arc::clone(&full);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let full = Arc::clone(&is_full);
                match &host {
                    Host::Tcp(host) => {
                        let server = TcpStream::connect((host.as_str(), of_server)).await.unwrap();
                        tokio::spawn(pass(client, server, full));
                    }
                    Host::Unix(dir) => {
                        let socket = dir.join(format!(".s.PGSQL.{of_server}"));
                        tokio::spawn(pass(client, UnixStream::connect(socket).await.unwrap(), full));
                    }
                }
            }
        });
        let user = server.get_user().unwrap();
        let password = String::from_utf8(server.get_password().unwrap_or_default().to_vec()).unwrap();
        let url = format!("postgres://{user}:{password}@127.0.0.1:{port}/{}?sslmode=disable", db.name);
        Self { options: Options::parse(&url, &Environment::empty()).unwrap(), full }
    }
}

async fn pass(client: TcpStream, server: impl AsyncRead + AsyncWrite, full: Arc<AtomicBool>) {
    let (mut from_client, mut to_client) = tokio::io::split(client);
    let (mut from_server, mut to_server) = tokio::io::split(server);
    let up = async {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(n @ 1..) = from_client.read(&mut bytes).await {
            while full.load(Ordering::Relaxed) {
                sleep(Duration::from_millis(20)).await;
            }
            let _ = to_server.write_all(&bytes[..n]).await;
        }
        let _ = to_server.shutdown().await;
    };
    let down = tokio::io::copy(&mut from_server, &mut to_client);
    let _ = tokio::join!(up, down);
}

#[tokio::test]
async fn one_session_reads_all_when_the_others_wait_for_ever() {
    let db = rich().await;
    let pooler = Pooler::start(&db).await;
    let mut session = connect(&options(&db)).await.unwrap();
    let filter = SchemaFilter::all();
    let alone = introspect::read(session.client_mut(), &filter).await.unwrap();
    let of_pooler = helpers(&pooler.options).await;
    let mixed = vec![connect(&options(&db)).await.unwrap(), connect(&pooler.options).await.unwrap()];
    let free = helpers(&pooler.options).await;
    let before = introspect::read_together(session.client_mut(), free, &filter).await.unwrap();
    assert!(before == alone);
    pooler.full.store(true, Ordering::Relaxed);
    for helpers in [of_pooler, mixed] {
        let together = introspect::read_together(session.client_mut(), helpers, &filter).await.unwrap();
        assert!(together == alone);
    }
    session.close().await;
}

#[tokio::test]
async fn what_has_not_changed_is_not_read_again() {
    let db = rich().await;
    let mut reader = connect(&options(&db)).await.unwrap();
    let filter = SchemaFilter::all();
    let mut last = None;
    assert!(introspect::read_if_changed(reader.client_mut(), &filter, &mut last).await.unwrap().is_some());
    let client = db.connect().await;
    client.batch_execute(MADE).await.unwrap();
    assert!(introspect::read_if_changed(reader.client_mut(), &filter, &mut last).await.unwrap().is_some());
    for change in CHANGES {
        // What is no change of the schema is none.
        client
            .batch_execute("create temp table if not exists mine (a int); insert into fp.t values (1)")
            .await
            .unwrap();
        // Other tests change what all databases share, such as roles; between two looks they do not always.
        let mut looks = 0;
        while introspect::read_if_changed(reader.client_mut(), &filter, &mut last).await.unwrap().is_some() {
            looks += 1;
            assert!(looks < 20, "read again and again before {change}");
        }
        client.batch_execute(change).await.unwrap();
        let read = introspect::read_if_changed(reader.client_mut(), &filter, &mut last).await.unwrap();
        assert!(read.is_some(), "nothing is seen of {change}");
    }
    reader.close().await;
}

const MADE: &str = "
    create schema fp;
    create table fp.t (a int, b text default 'x', c int generated by default as identity);
    create table fp.p (a int) partition by range (a);
    create table fp.p1 (a int not null);
    create index on fp.t (a);
    create view fp.v as select a from fp.t;
    create sequence fp.s;
    create type fp.e as enum ('a');
    create domain fp.d as int;
    create function fp.f() returns trigger language plpgsql as 'begin return new; end';
    create trigger tr before insert on fp.t for each row execute function fp.f();
    create policy po on fp.t using (true);
    create statistics fp.st on a, b from fp.t;
    create publication fp_pub for table fp.t;
    create foreign data wrapper fp_fdw;
    create server fp_server foreign data wrapper fp_fdw";

/// A change of each sort of thing that is kept in a place of its own.
const CHANGES: &[&str] = &[
    "comment on table fp.t is 'x'",
    "comment on table fp.t is 'y'",
    "grant select on fp.t to public",
    "grant select (a) on fp.t to public",
    "alter table fp.t alter column b set default 'y'",
    "alter table fp.t alter column b drop default",
    "alter table fp.t alter column a set statistics 50",
    "alter table fp.t add constraint c check (a > 0) not valid",
    "alter table fp.t validate constraint c",
    "alter table fp.t rename column b to bb",
    "alter table fp.t enable row level security",
    "alter policy po on fp.t using (a > 0)",
    "alter table fp.t disable trigger tr",
    "alter table fp.p attach partition fp.p1 for values from (1) to (2)",
    "alter sequence fp.s increment 5",
    "alter sequence fp.s owned by fp.t.a",
    "alter type fp.e add value 'b'",
    "alter domain fp.d set default 5",
    "alter function fp.f() cost 7",
    "alter function fp.f() depends on extension plpgsql",
    "alter statistics fp.st set statistics 5",
    "alter view fp.v set (security_barrier)",
    "alter publication fp_pub drop table fp.t",
    "create user mapping for public server fp_server options (user 'x')",
    "alter user mapping for public server fp_server options (set user 'y')",
    "alter default privileges in schema fp grant select on tables to public",
    "do $$ begin execute format('alter database %I set work_mem = ''5MB''', current_database()); end $$",
    "do $$ begin execute format('comment on database %I is ''z''', current_database()); end $$",
    "drop index fp.t_a_idx",
    "drop table fp.p",
];
