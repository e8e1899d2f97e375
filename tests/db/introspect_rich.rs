//! One schema with every kind in it: the same snapshot from every server, session, user and route.

use std::collections::BTreeSet;
use std::process::Command;

use pgward::introspect;
use pgward::model::{Catalog, SchemaFilter, digest, write_snapshot};
use tokio_postgres::Client;

use crate::support::TestDb;

/// The schemas of `introspect_rich.sql`.
pub fn filter() -> SchemaFilter {
    SchemaFilter::only(["rich", "weird \".name"])
}

/// Makes the roles that tests share; they belong to the server and stay there.
pub async fn make_roles(client: &Client) {
    let roles = ["rich_owner", "rich_reader", "rich Writer"];
    let mut sql = String::new();
    for role in roles {
        sql += &format!(
            "do $$ begin create role \"{role}\"; exception when duplicate_object or unique_violation then null; end $$;"
        );
    }
    client.batch_execute(&sql).await.unwrap();
}

/// A database with the rich schema in it.
pub async fn rich() -> TestDb {
    let db = TestDb::new().await;
    let client = db.connect().await;
    make_roles(&client).await;
    client.batch_execute(include_str!("introspect_rich.sql")).await.unwrap();
    db
}

pub async fn read(db: &TestDb, filter: &SchemaFilter) -> Catalog {
    introspect::read(&mut db.connect().await, filter).await.unwrap()
}

/// Fails with the lines that only one of two catalogs has.
pub fn assert_same(actual: &Catalog, expected: &Catalog) {
    let (actual_text, expected_text) = (write_snapshot(actual), write_snapshot(expected));
    let only = |one: &str, other: &str, sign| -> String {
        let other: BTreeSet<&str> = other.lines().collect();
        one.lines().skip(1).filter(|line| !other.contains(line)).map(|line| format!("{sign}{line}\n")).collect()
    };
    let differences = only(&expected_text, &actual_text, '-') + &only(&actual_text, &expected_text, '+');
    assert!(differences.is_empty(), "\n{differences}");
    assert_eq!(digest(actual), digest(expected));
    assert_eq!(actual.uncovered, expected.uncovered);
}

#[tokio::test]
async fn has_the_same_bytes_from_every_server() {
    let db = rich().await;
    insta::assert_snapshot!("rich", write_snapshot(&read(&db, &filter()).await));
}

/// Settings under which a naive reading gives other text for the same objects.
const HOSTILE: &str = "
    set search_path = rich, public; set datestyle = 'SQL, DMY'; set timezone = 'Asia/Tokyo';
    set intervalstyle = 'iso_8601'; set bytea_output = 'escape'; set extra_float_digits = -3;
    set quote_all_identifiers = on; set standard_conforming_strings = off; set lc_monetary = 'C';
    set xmlbinary = 'hex'; set default_transaction_isolation = 'serializable'; set jit = on; set row_security = on;
    set backslash_quote = on; set enable_hashjoin = off; create temporary table pg_class (oid int, shadows text);
    create temporary table accounts (id int)";

async fn settings(client: &Client) -> Vec<(String, String)> {
    let rows = client.query("select name, setting from pg_settings order by name", &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn settings_change_nothing_and_stay_as_they_were() {
    let db = rich().await;
    let expected = read(&db, &SchemaFilter::all()).await;
    let mut client = db.connect().await;
    client.batch_execute(HOSTILE).await.unwrap();
    let before = settings(&client).await;
    let catalog = introspect::read(&mut client, &SchemaFilter::all()).await.unwrap();
    assert_same(&catalog, &expected);
    assert_eq!(settings(&client).await, before);
}

#[tokio::test]
async fn another_user_reads_the_same() {
    let db = rich().await;
    let expected = read(&db, &SchemaFilter::all()).await;
    let mut client = db.connect().await;
    client.batch_execute("set session authorization rich_reader").await.unwrap();
    let catalog = introspect::read(&mut client, &SchemaFilter::all()).await.unwrap();
    assert_same(&catalog, &expected);
}

#[tokio::test]
async fn the_same_script_gives_the_same_digest() {
    let (one, other) = (rich().await, rich().await);
    // OIDs and statistics differ; neither is meaning.
    let noise = "create table noise (); drop table noise; insert into rich.base values (1); analyze; vacuum";
    for statement in noise.split(';') {
        other.connect().await.batch_execute(statement).await.unwrap();
    }
    let (one, other) = (read(&one, &SchemaFilter::all()).await, read(&other, &SchemaFilter::all()).await);
    assert_same(&one, &other);
}

#[tokio::test]
async fn a_restored_dump_reads_the_same() {
    let db = rich().await;
    let restored = TestDb::new().await;
    // Without --schema-only, so that materialized views are filled; there are no rows.
    let dump = Command::new("pg_dump").args(["--dbname", &db.url()]).output().unwrap();
    let errors = String::from_utf8(dump.stderr).unwrap();
    if errors.contains("server version mismatch") {
        // Only the server's own pg_dump, or a newer one, can dump it; the run on the oldest server always does.
        return;
    }
    assert!(dump.status.success(), "{errors}");
    let script = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(script.path(), dump.stdout).unwrap();
    let psql = ["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--dbname", &restored.url(), "--file"];
    let restore = Command::new("psql").args(psql).arg(script.path()).output().unwrap();
    assert!(restore.status.success(), "{}", String::from_utf8_lossy(&restore.stderr));
    let (before, after) = (read(&db, &SchemaFilter::all()).await, read(&restored, &SchemaFilter::all()).await);
    assert_same(&after, &before);
}
