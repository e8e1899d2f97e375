//! Downs that would lose data: refused with a count, and nothing changed.

use pgward::base::ErrorKind;
use pgward::runner::{Runner, Undo};
use tokio_postgres::Client;

use crate::runner_support::{history, locks, role, runner, text, value};
use crate::support::TestDb;

/// A database with tables of all sorts, and one migration whose down is under test.
async fn database(db: &TestDb, down: &str) -> (Client, Runner) {
    let mut client = db.connect().await;
    client
        .batch_execute(
            "create table empty (i int);
             create table full_ (i int, note text, unused text); insert into full_ values (1, 'a'), (2, null), (3, 'é');
             create schema \"My s\"; create table \"My s\".\"T\" (i int); insert into \"My s\".\"T\" values (1);
             create table parent (i int primary key); create table child (i int references parent on delete cascade);
             insert into parent values (1), (2); insert into child values (1), (1);
             create table parts (i int) partition by list (i); create table parts_1 partition of parts for values in (1);
             insert into parts values (1);
             create table worked_out (i int, twice int generated always as (i * 2) stored);
             insert into worked_out values (1);
             create materialized view mv as select 1 as a;",
        )
        .await
        .unwrap();
    let runner = runner(&[("V1__a", "select 1;"), ("V1__a.down", down)]);
    runner.up(&mut client).await.unwrap();
    (client, runner)
}

/// The error's kind and notes, and that nothing changed.
async fn refused(down: &str) -> Vec<String> {
    let db = TestDb::new().await;
    let (mut client, runner) = database(&db, down).await;
    let error = runner.down(&mut client, Undo::All).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DataLoss, "{}", text(&error));
    assert_eq!(history(&client).await, "1");
    assert_eq!(
        value(&client, "select (select count(*) from full_) + (select count(*) from \"My s\".\"T\") + (select count(*) from child) + (select count(note) from full_) + (select count(*) from parts)").await,
        "9"
    );
    assert_eq!(locks(&client).await, "0");
    // And with leave to do so it goes.
    runner.allow_data_loss(true).down(&mut client, Undo::All).await.unwrap();
    assert_eq!(history(&client).await, "");
    error.notes().iter().filter(|note| !note.contains("rolled back")).cloned().collect()
}

async fn done(down: &str) {
    let db = TestDb::new().await;
    let (mut client, runner) = database(&db, down).await;
    runner.down(&mut client, Undo::All).await.unwrap();
    assert_eq!(history(&client).await, "");
}

#[tokio::test]
async fn dropped_tables() {
    assert_eq!(refused("drop table full_").await, ["table public.full_: 3 rows, with the table"]);
    assert_eq!(
        refused("drop table empty; drop schema \"My s\" cascade").await,
        ["table \"My s\".\"T\": 1 row, with the table"]
    );
    assert_eq!(
        refused("do $$ begin execute 'drop table parts'; end $$").await,
        ["table public.parts_1: 1 row, with the table"]
    );
    assert_eq!(
        refused("set search_path to public; set role pg_monitor; reset role; drop table child, parent").await,
        ["table public.child: 2 rows, with the table", "table public.parent: 2 rows, with the table",]
    );
}

#[tokio::test]
async fn dropped_columns() {
    assert_eq!(
        refused("alter table full_ drop column note, drop unused").await,
        ["table public.full_, column note: 2 values"]
    );
}

#[tokio::test]
async fn deleted_rows() {
    assert_eq!(refused("delete from full_ where i = 1").await, ["table public.full_: 1 row"]);
    assert_eq!(refused("truncate full_").await, ["table public.full_: 3 rows"]);
    assert_eq!(
        refused("delete from parent where i = 1").await,
        ["table public.child: 2 rows", "table public.parent: 1 row",]
    );
    assert_eq!(refused("truncate parts").await, ["table public.parts_1: 1 row"]);
}

#[tokio::test]
async fn what_loses_nothing() {
    done("drop table empty; drop materialized view mv; alter table full_ drop column unused").await;
    done("alter table full_ rename to other; alter table other rename column note to remark; alter table other set schema \"My s\"")
        .await;
    done("alter table full_ alter column i type bigint; insert into full_ values (4)").await;
    done("delete from full_ where i = 9; truncate empty; update full_ set i = i + 1").await;
    done("delete from full_ where i = 1; insert into full_ values (1, 'again')").await;
    done("create table t as select 1; drop table t; create temp table u as select 1; drop table u").await;
    done("-- nothing").await;
    done("alter table worked_out drop column twice").await;
}

#[tokio::test]
async fn rows_that_row_security_hides() {
    let db = TestDb::new().await;
    let (mut client, runner) = database(&db, "drop table hidden").await;
    let role = role(&db, &client).await;
    let sql = format!(
        "grant all on refinery_schema_history to {role};
         create table hidden as select 1 as i; alter table hidden owner to {role};
         alter table hidden enable row level security; alter table hidden force row level security;
         set role {role}"
    );
    client.batch_execute(&sql).await.unwrap();
    assert_eq!(value(&client, "select count(*) from hidden").await, "0");
    let error = runner.down(&mut client, Undo::All).await.unwrap_err();
    assert!(error.message().starts_with("could not count what undoing V1__a would lose: "), "{}", text(&error));
    assert!(error.hints().iter().any(|hint| hint.contains("BYPASSRLS")));
    client.batch_execute(&format!("reset role; drop owned by {role}; drop role {role}")).await.unwrap();
}

#[tokio::test]
async fn a_failing_down_says_where() {
    let db = TestDb::new().await;
    let (mut client, runner) = database(&db, "drop table empty;\n drop table nowhere;").await;
    let error = runner.down(&mut client, Undo::All).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42P01"));
    assert_eq!(error.excerpt().unwrap().location().line, 2);
    assert_eq!(history(&client).await, "1");
    assert_eq!(value(&client, "select to_regclass('empty')").await, "empty");
    // The session is out of its transaction.
    assert_eq!(value(&client, "select 1").await, "1");
}

#[tokio::test]
async fn others_wait_and_lose_nothing() {
    let db = TestDb::new().await;
    let (mut client, runner) = database(&db, "drop table empty").await;
    let other = db.connect().await;
    // A writer that has the table, commits a row while the down waits, and is seen.
    other.batch_execute("begin; insert into empty values (1)").await.unwrap();
    let writer = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        other.batch_execute("commit").await.unwrap();
    });
    let error = runner.down(&mut client, Undo::All).await.unwrap_err();
    assert_eq!(error.notes()[0], "table public.empty: 1 row, with the table");
    writer.await.unwrap();
}
