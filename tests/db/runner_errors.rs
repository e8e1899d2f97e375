//! Where an error is: file, line, column, whatever the characters and line ends.

use pgward::base::ErrorKind;
use pgward::runner::Runner;
use pgward::source::Migrations;
use tokio::sync::watch;

use crate::runner_support::{history, runner, tables, text};
use crate::support::TestDb;

/// Line, column, and the text pointed at.
async fn place(sql: &str) -> (u32, u32, String) {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let error = runner(&[("V1__a", sql)]).up(&mut client).await.unwrap_err();
    let excerpt = error.excerpt().unwrap_or_else(|| panic!("no place: {}", text(&error)));
    let location = excerpt.location();
    (location.line, location.column, excerpt.text[excerpt.span.clone()].to_owned())
}

fn at(line: u32, column: u32, token: &str) -> (u32, u32, String) {
    (line, column, token.to_owned())
}

#[tokio::test]
async fn exact_places() {
    assert_eq!(place("select 'äöü€𐐷', nix;").await, at(1, 17, "nix"));
    assert_eq!(place("\u{feff}select 1;\r\n\r\n  select 'é' as \"ß\",\r\n    nix;\r\n").await, at(4, 5, "nix"));
    assert_eq!(place("-- é\nselect 1;\nselect 2 from nowhere").await, at(3, 15, "nowhere"));
    assert_eq!(place("select 1;\nselekt 'a';").await, at(2, 1, "selekt"));
    assert_eq!(place("select 1;\ncreate table t (").await, at(2, 17, ""));
}

#[tokio::test]
async fn statements_that_fail_without_a_place() {
    let checked = "create table t (i int check (i > 0));\n-- x\ninsert into t\n  values (-1);\nselect 2;";
    assert_eq!(place(checked).await, at(3, 1, "insert into t\n  values (-1)"));
    // An empty statement counts for nothing, and a rule's several statements count once.
    let raised = "create table t (i int);;\ncreate rule r as on insert to t do also (select 1; select 2);\n\
                  insert into t values (1);;\n/* x */ do $$ begin raise 'no'; end $$;";
    assert_eq!(place(raised).await, at(4, 9, "do $$ begin raise 'no'; end $$"));
}

#[tokio::test]
async fn places_inside_functions_of_the_file() {
    let sql = "select 1;\ncreate function f() returns int language plpgsql as $$\nbegin\n  return 1 / 0;\nend $$;\n\
               do $$ begin\n  insert into nowhere\n    values (1); end $$;";
    assert_eq!(place(sql).await, at(7, 15, "nowhere"));
}

#[tokio::test]
async fn errors_inside_functions_say_where_there() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let error = runner(&[("V1__a", "do $$ begin perform 1,\n nix; end $$;")]).up(&mut client).await.unwrap_err();
    insta::assert_snapshot!(text(&error), @r#"
    V1__a failed: column "nix" does not exist
      at V1__a.sql:1:1: `do $$ begin perform 1,
     nix; end $$`: in this statement
      note: context: PL/pgSQL function inline_code_block line 1 at PERFORM
      note: inside a function, at line 2, column 2 of: SELECT 1,
     nix
      note: the migration was rolled back as a whole
    "#);
}

#[tokio::test]
async fn a_server_that_ends_the_session_is_reported_and_the_next_run_goes_on() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let kill = runner(&[
        ("V1__a", "create table a ()"),
        ("V2__b", "create table b (); select pg_terminate_backend(pg_backend_pid()); create table c ();"),
    ]);
    let error = kill.up(&mut client).await.unwrap_err();
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Connection, Some("57P01")));
    insta::assert_snapshot!(text(&error), @r#"
    V2__b failed: terminating connection due to administrator command
      at V2__b.sql:1:20: `select pg_terminate_backend(pg_backend_pid())`: in this statement
      note: the migration was rolled back as a whole
      note: before it, V1__a was applied
      hint: run it again when the server is back: the history says where to go on
    "#);
    let mut client = db.connect().await;
    assert_eq!((history(&client).await, tables(&client).await), ("1".into(), "a".into()));
    runner(&[("V1__a", "create table a ()"), ("V2__b", "create table b ()")]).up(&mut client).await.unwrap();
    assert_eq!((history(&client).await, tables(&client).await), ("1,2".into(), "a,b".into()));
}

#[tokio::test]
async fn an_interrupt_cancels_and_rolls_back() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let (stop, stopped) = watch::channel(false);
    let files = [("V1__a", "create table a ()"), ("V2__b", "create table b (); select pg_sleep(60);")];
    let slow = runner(&files).interrupt(stopped.clone());
    let (error, ()) = tokio::join!(async { slow.up(&mut client).await.unwrap_err() }, async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        stop.send(true).unwrap();
    });
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(
        text(&error),
        "interrupted during V2__b\n  note: it was rolled back as a whole\n  note: before it, V1__a was applied"
    );
    assert_eq!((history(&client).await, tables(&client).await), ("1".into(), "a".into()));
    let error = runner(&files).interrupt(stopped).up(&mut client).await.unwrap_err();
    assert_eq!(error.message(), "interrupted before V2__b");
}

#[tokio::test]
async fn an_interrupt_during_steps_says_what_ran() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let (stop, stopped) = watch::channel(false);
    let runner = runner(&[("V1__a", "-- pgward:no-transaction\ncreate table a (); select pg_sleep(60); select 3")])
        .interrupt(stopped);
    let (error, ()) = tokio::join!(async { runner.up(&mut client).await.unwrap_err() }, async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        stop.send(true).unwrap();
    });
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(error.notes().contains(&"done, and there to stay: statement 1 of 3".to_owned()), "{}", text(&error));
    assert_eq!((history(&client).await, tables(&client).await), ("".into(), "a".into()));
}

#[tokio::test]
async fn what_helps_is_said() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let error = runner(&[("V1__a", "create subscription s connection 'host=/nowhere' publication p")])
        .up(&mut client)
        .await
        .unwrap_err();
    assert_eq!(error.sqlstate(), Some("25001"));
    assert!(error.hints().iter().any(|hint| hint.contains("pgward:no-transaction")), "{}", text(&error));
    let error = Runner::new(Migrations::from_refinery(&[]).unwrap()).up(&mut client).await;
    assert!(error.unwrap().done.is_empty());
}
