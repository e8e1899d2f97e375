//! Up, down, redo, status, plan: what they do to a database, and what they refuse.

use pgward::base::ErrorKind;
use pgward::runner::{HistoryTable, Runner, State, Target, Undo};
use pgward::source::Migrations;

use crate::runner_support::{history, listen, locks, migrations, role, runner, tables, text, value};
use crate::support::TestDb;

const FILES: &[(&str, &str)] = &[
    ("V1__a", "create table a (i int);"),
    ("V1__a.down", "drop table a;"),
    ("V2__b", "create table b (i int);"),
    ("V2__b.down", "drop table b;"),
    ("V3__c", "create table c (i int);"),
    ("V3__c.down", "drop table c;"),
];

#[tokio::test]
async fn up_and_down_and_up_again() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let runner = runner(FILES);

    let status = runner.status(&mut client).await.unwrap();
    assert!(!status.has_history && status.pending() == 3 && status.current().is_none());

    let report = runner.up_to(&mut client, Target::Steps(1)).await.unwrap();
    assert_eq!(report.done.len(), 1);
    assert_eq!(history(&client).await, "1");
    runner.up_to(&mut client, Target::Version(2)).await.unwrap();
    assert_eq!(history(&client).await, "1,2");
    let report = runner.up(&mut client).await.unwrap();
    assert_eq!(report.done.iter().map(|done| done.version).collect::<Vec<_>>(), [3]);
    assert_eq!(tables(&client).await, "a,b,c");
    assert_eq!(runner.up(&mut client).await.unwrap().done, []);

    let status = runner.status(&mut client).await.unwrap();
    assert!(status.entries.iter().all(|entry| entry.state == State::Applied && entry.has_down));
    assert_eq!((status.pending(), status.current()), (0, Some(3)));

    assert_eq!(runner.redo(&mut client, 2).await.unwrap().done.len(), 4);
    assert_eq!((history(&client).await, tables(&client).await), ("1,2,3".into(), "a,b,c".into()));
    runner.down(&mut client, Undo::Steps(1)).await.unwrap();
    assert_eq!((history(&client).await, tables(&client).await), ("1,2".into(), "a,b".into()));
    runner.down(&mut client, Undo::To(1)).await.unwrap();
    assert_eq!((history(&client).await, tables(&client).await), ("1".into(), "a".into()));
    runner.up(&mut client).await.unwrap();
    let report = runner.down(&mut client, Undo::All).await.unwrap();
    assert_eq!(report.done.iter().map(|done| done.version).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!((history(&client).await, tables(&client).await), ("".into(), "".into()));
    assert_eq!(locks(&client).await, "0");
}

#[tokio::test]
async fn the_bundle_goes_up_and_comes_down() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let runner = Runner::new(Migrations::bundle().unwrap());
    let count = runner.migrations().len();
    assert_eq!(runner.up(&mut client).await.unwrap().done.len(), count);
    assert_eq!(runner.down(&mut client, Undo::All).await.unwrap().done.len(), count);
    assert_eq!(value(&client, "select to_regnamespace('ops')").await, "");
}

#[tokio::test]
async fn a_failure_leaves_nothing_of_its_migration() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let runner = runner(&[
        ("V1__a", "create table a (i int);"),
        ("V2__b", "create table b (i int);\ninsert into b values (1);\nselect 1/0;\ncreate table c ();"),
        ("V3__d", "create table d ();"),
    ]);
    let error = runner.up(&mut client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Statement);
    assert_eq!(error.sqlstate(), Some("22012"));
    insta::assert_snapshot!(text(&error), @r#"
    V2__b failed: division by zero
      at V2__b.sql:3:1: `select 1/0`: in this statement
      note: the migration was rolled back as a whole
      note: before it, V1__a was applied
    "#);
    assert_eq!((history(&client).await, tables(&client).await), ("1".into(), "a".into()));
}

#[tokio::test]
async fn the_history_and_its_migration_are_one_transaction() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    runner(&[FILES[0]]).up(&mut client).await.unwrap();
    client.batch_execute("alter table refinery_schema_history add check (version <> 2)").await.unwrap();
    let error = runner(FILES).up(&mut client).await.unwrap_err();
    assert!(error.message().starts_with("V2__b ran, but could not be recorded"), "{error}");
    assert_eq!((history(&client).await, tables(&client).await), ("1".into(), "a".into()));
    client
        .batch_execute("alter table refinery_schema_history drop constraint refinery_schema_history_version_check")
        .await
        .unwrap();
    runner(FILES).up(&mut client).await.unwrap();
    assert_eq!(tables(&client).await, "a,b,c");
}

#[tokio::test]
async fn deferred_constraints_fail_at_commit() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let sql = "create table a (i int primary key); create table b (i int references a deferrable initially deferred);
               insert into b values (1);";
    let error = runner(&[("V1__a", sql)]).up(&mut client).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("23503"));
    assert!(error.message().starts_with("V1__a failed at COMMIT: "), "{error}");
    assert_eq!((history(&client).await, tables(&client).await), ("".into(), "".into()));
}

#[tokio::test]
async fn settings_of_a_file_do_not_reach_the_next() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let role = role(&db, &client).await;
    client.batch_execute("create schema s; set application_name = 'mi;''ne'; set my.own = 'x'").await.unwrap();
    let one =
        format!("set search_path to s; set role {role}; set my.own = 'z'; set my.other = 'z'; set lock_timeout = 1;");
    let two = format!("create table b (i int); set session authorization {role}; create table r ();");
    let three = "create table c (i int); select set_config('search_path', '', false);";
    let (runner, events) = listen(runner(&[("V1__a", &one), ("V2__b", &two), ("V3__c", three)]));
    runner.up(&mut client).await.unwrap();
    assert_eq!(tables(&client).await, "b,c,r");
    let owners = "select string_agg(relname || ' ' || relowner::regrole, ',' order by relname) from pg_class
                  where relname in ('b', 'c', 'r')";
    assert_eq!(value(&client, owners).await, format!("b postgres,c postgres,r {role}"));
    assert_eq!(value(&client, "show application_name").await, "mi;'ne");
    // The server has no list of settings with names of one's own, so the caller's can't be put back either.
    assert_eq!(value(&client, "select current_setting('my.own', true)").await, "");
    assert_eq!(value(&client, "select current_setting('my.other', true)").await, "");
    assert_eq!(value(&client, "show lock_timeout").await, "0");
    assert_eq!(value(&client, "show search_path").await, "\"$user\", public");
    assert!(events.lock().unwrap().len() >= 6);
    client.batch_execute(&format!("drop owned by {role}; drop role {role}")).await.unwrap();
}

#[tokio::test]
async fn a_role_that_the_caller_took_stays_taken() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let role = role(&db, &client).await;
    client.batch_execute(&format!("set role {role}")).await.unwrap();
    let files = [("V1__a", "create table a (); reset role;"), ("V2__b", "create table b ();")];
    runner(&files).up(&mut client).await.unwrap();
    let owners = "select string_agg(distinct relowner::regrole::text, ',') from pg_class
                  where relnamespace = 'public'::regnamespace";
    assert_eq!(value(&client, owners).await, role);
    assert_eq!(value(&client, "select current_user").await, role);
    client.batch_execute(&format!("reset role; drop owned by {role}; drop role {role}")).await.unwrap();
}

#[tokio::test]
async fn own_transaction_control_is_refused_before_anything_runs() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let error = runner(&[("V1__a", "create table a ();"), ("V2__b", "create table b ();\n  commit;\nselect 1/0;")])
        .up(&mut client)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert_eq!(error.excerpt().unwrap().location().line, 2);
    assert_eq!(history(&client).await, "none", "not even the first file ran");
    let error = runner(&[("V1__a", "create index concurrently i on a (b);")]).up(&mut client).await.unwrap_err();
    assert_eq!(error.message(), "CREATE INDEX CONCURRENTLY can't run in a transaction");
    assert!(error.to_string().ends_with("V1__a.sql:1:1: CREATE INDEX CONCURRENTLY can't run in a transaction"));
    assert_eq!(history(&client).await, "none");
}

#[tokio::test]
async fn disagreements_stop_the_run() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    runner(&[FILES[0], FILES[4]]).up(&mut client).await.unwrap();

    let late = runner(FILES);
    let error = late.up(&mut client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::History);
    assert_eq!(error.message(), "V2__b is not applied, but comes before the newest that is, version 3");
    let status = late.status(&mut client).await.unwrap();
    assert_eq!(status.with(State::OutOfOrder).map(|entry| entry.version).collect::<Vec<_>>(), [2]);
    late.allow_out_of_order(true).up(&mut client).await.unwrap();
    assert_eq!(history(&client).await, "1,2,3");

    let changed = runner(&[("V1__a", "create table a (j int);"), ("V2__bb", FILES[2].1)]);
    let error = changed.up(&mut client).await.unwrap_err();
    assert_eq!(error.message(), "the history and the migrations disagree about 3 versions");
    assert!(error.notes()[0].starts_with("V1__a was changed after it was applied on 20"));
    assert_eq!(error.notes()[1], "V2__bb was applied under the name b");
    assert_eq!(error.notes()[2], "V3__c was applied, but its file is gone");
    changed.allow_changed(true).allow_missing(true).up(&mut client).await.unwrap();

    let crlf = runner(&[("V1__a", "\u{feff}create table a (i int);"), FILES[2], FILES[4]]);
    crlf.up(&mut client).await.unwrap();
    assert_eq!(crlf.status(&mut client).await.unwrap().entries[0].state, State::LineEnds);

    let error = runner(FILES).up_to(&mut client, Target::Version(9)).await.unwrap_err();
    assert_eq!(text(&error), "there is no migration of version 9\n  hint: the last is V3__c");
}

#[tokio::test]
async fn downs_that_cannot_be() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let some = runner(&[FILES[0], FILES[2], FILES[3], FILES[4], FILES[5]]);
    some.up(&mut client).await.unwrap();
    let error = some.down(&mut client, Undo::All).await.unwrap_err();
    assert_eq!(error.message(), "V1__a can't be undone: it has no down");
    assert_eq!(history(&client).await, "1,2,3", "nothing was undone");
    let error = some.down(&mut client, Undo::To(20)).await.unwrap_err();
    assert_eq!(error.message(), "version 20 is not applied, so there is no way down to it");
    let error = runner(&[FILES[0], FILES[2], FILES[3]]).down(&mut client, Undo::Steps(1)).await.unwrap_err();
    assert_eq!(error.message(), "V3__c can't be undone: the history has it, but there is no file");
}

#[tokio::test]
async fn a_plan_writes_nothing() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let runner = runner(FILES);
    let before = value(&client, "select pg_current_wal_insert_lsn()").await;
    let plan = runner.plan_up(&mut client, Target::Steps(2)).await.unwrap();
    assert_eq!(plan.steps.iter().map(|step| step.version).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(plan.steps[0].file.text, FILES[0].1);
    runner.status(&mut client).await.unwrap();
    assert_eq!(history(&client).await, "none");
    let _ = before;
    runner.up(&mut client).await.unwrap();
    let plan = runner.plan_down(&mut client, Undo::All).await.unwrap();
    assert_eq!(plan.steps.iter().map(|step| step.version).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(history(&client).await, "1,2,3");
}

#[tokio::test]
async fn places_that_cannot_have_a_history() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    let table = |schema: &str| HistoryTable { schema: schema.to_owned(), table: "h".to_owned() };
    let one = || Runner::new(migrations(&FILES[..2]));
    let error = one().history_table(table("Nowhere")).up(&mut client).await.unwrap_err();
    assert!(error.message().ends_with("has no schema \"Nowhere\" for the history table"), "{error}");

    let role = role(&db, &client).await;
    let sql = format!("revoke all on schema public from {role}; create schema \"My s\"; set role {role}");
    client.batch_execute(&sql).await.unwrap();
    let error = one().up(&mut client).await.unwrap_err();
    assert_eq!(error.message(), format!("{role} may not create the history table in schema public"));
    client.batch_execute(&format!("reset role; drop role {role}")).await.unwrap();

    one().history_table(table("My s")).up(&mut client).await.unwrap();
    assert_eq!(value(&client, "select count(*) from \"My s\".h").await, "1");

    client.batch_execute("set default_transaction_read_only = on").await.unwrap();
    let error = one().up(&mut client).await.unwrap_err();
    assert!(error.message().contains("are read-only"), "{error}");
    one().history_table(table("My s")).up(&mut client).await.unwrap();
    client.batch_execute("set default_transaction_read_only = off").await.unwrap();

    client.batch_execute("create table refinery_schema_history (id int)").await.unwrap();
    let error = one().status(&mut client).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42703"));
    client.batch_execute("drop table refinery_schema_history; create view refinery_schema_history as select 1::int8 as version, 'x' as name, '' as applied_on, 'y' as checksum").await.unwrap();
    let error = one().status(&mut client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::History);
    assert!(error.message().contains("is damaged: the checksum is no number"), "{error}");
}

#[tokio::test]
async fn a_transaction_of_the_callers_is_not_ended() {
    let db = TestDb::new().await;
    let mut client = db.connect().await;
    client.batch_execute("begin").await.unwrap();
    client.batch_execute("create table mine ()").await.unwrap();
    let error = runner(FILES).up(&mut client).await.unwrap_err();
    assert!(error.message().starts_with("the connection is inside a transaction"), "{error}");
    client.batch_execute("commit").await.unwrap();
    assert_eq!(tables(&client).await, "mine");
}
