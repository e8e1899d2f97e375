//! Documents of real catalogs. They are left in `target/tmp/documents`, where `ci/check-docs` holds all of them to the
//! parsers of those who read them, in one go, and draws them in a browser.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pgward::docs::{self, Mark, erd_svg};
use pgward::model::{Catalog, ObjectId, SchemaFilter};
use pgward::runner::Runner;
use pgward::source::Migrations;

use crate::introspect_rich::{read, rich};
use crate::support::TestDb;

const NASTY: &str = include_str!("documents.sql");

/// Writes every document of a catalog, and its diagram, for `ci/check-docs`.
fn write(name: &str, catalog: &Catalog) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents").join(name);
    fs::create_dir_all(&dir).unwrap();
    let write = |extension: &str, text: String| {
        assert!(text.ends_with('\n'), "{extension} of {name} has no line feed at its end");
        assert!(!text.contains(" \n"), "{extension} of {name} has white space at the end of a line");
        fs::write(dir.join(format!("{name}.{extension}")), text).unwrap();
    };
    for format in docs::FORMATS {
        write(format.extension, (format.render)(catalog));
    }
    write("svg", erd_svg(catalog, None, &BTreeMap::new()));
    dir
}

async fn database(sql: &str) -> TestDb {
    let db = TestDb::new().await;
    db.connect().await.batch_execute(sql).await.unwrap();
    db
}

#[tokio::test]
async fn of_the_bundle_are_written() {
    let db = TestDb::new().await;
    Runner::new(Migrations::bundle().unwrap()).up(&mut db.connect().await).await.unwrap();
    write("ops", &read(&db, &SchemaFilter::only(["ops"])).await);
}

#[tokio::test]
async fn of_every_kind_are_written() {
    let db = rich().await;
    write("rich", &read(&db, &SchemaFilter::all()).await);
}

#[tokio::test]
async fn of_nasty_names_are_written() {
    let db = database(NASTY).await;
    write("nasty", &read(&db, &SchemaFilter::all()).await);
}

#[tokio::test]
async fn of_nothing_are_written() {
    let db = TestDb::new().await;
    write("nothing", &read(&db, &SchemaFilter::all()).await);
    write("empty", &Catalog::default());
}

/// Foreign keys and types lead out of what is looked at.
#[tokio::test]
async fn of_a_part_are_written() {
    let db = database(NASTY).await;
    for (name, schema) in [("part", "a.b \"c\" `d`"), ("other_part", "other"), ("third_part", "select")] {
        write(name, &read(&db, &SchemaFilter::only([schema])).await);
    }
}

/// What only newer servers have.
#[tokio::test]
async fn of_new_versions_are_written() {
    let db = TestDb::new().await;
    let client = db.connect().await;
    let version: i32 = client.query_one("select current_setting('server_version_num')::int", &[]).await.unwrap().get(0);
    if version < 180_000 {
        return;
    }
    let sql = "create schema app;
        create extension btree_gist schema app;
        create table app.rooms (id int, during daterange, primary key (id, during without overlaps));
        create table app.stays (
            id int primary key, room int, during daterange, n int, twice int generated always as (n * 2) virtual,
            constraint stays_room foreign key (room, period during) references app.rooms (id, period during),
            constraint stays_n check (n > 0) not enforced, constraint stays_n_null not null n no inherit)";
    client.batch_execute(sql).await.unwrap();
    write("new", &read(&db, &SchemaFilter::only(["app"])).await);
}

#[tokio::test]
async fn are_the_same_bytes_from_equal_databases() {
    let (one, other) = (database(NASTY).await, database(NASTY).await);
    let (one, other) = (read(&one, &SchemaFilter::all()).await, read(&other, &SchemaFilter::all()).await);
    for format in docs::FORMATS {
        assert!((format.render)(&one) == (format.render)(&other), "{}", format.name);
    }
    assert!(erd_svg(&one, None, &BTreeMap::new()) == erd_svg(&other, None, &BTreeMap::new()));
}

/// The parts that a page about a change draws.
#[tokio::test]
async fn diagrams_draw_the_tables_that_are_asked_for() {
    let db = TestDb::new().await;
    Runner::new(Migrations::bundle().unwrap()).up(&mut db.connect().await).await.unwrap();
    let catalog = read(&db, &SchemaFilter::only(["ops"])).await;
    let table = |name| ObjectId::new("table", ["ops", name]);
    let only = BTreeSet::from([table("runs"), table("run_logs"), table("projects")]);
    let drawn = docs::mermaid::of(&catalog, Some(&only));
    assert!(drawn.contains("ops_runs[\"runs\"]") && drawn.contains("ops_run_logs[\"run_logs\"]"), "{drawn}");
    assert!(!drawn.contains("ops_workflows["), "{drawn}");
    let marks = BTreeMap::from([
        (table("run_logs"), Mark::Added),
        (table("projects"), Mark::Changed),
        (ObjectId::new("column", ["ops", "projects", "status"]), Mark::Removed),
        (ObjectId::new("column", ["ops", "runs", "status"]), Mark::Changed),
        (ObjectId::new("constraint", ["ops", "run_logs", "run_logs_run_id_fkey"]), Mark::Added),
    ]);
    let svg = erd_svg(&catalog, Some(&only), &marks);
    assert_eq!(svg.matches("<g class=\"table").count(), 3, "{svg}");
    assert_eq!(svg.matches("class=\"fk added\"").count(), 1, "{svg}");
    assert_eq!(svg.matches("class=\"row removed\"").count(), 1, "{svg}");
    let dir = write("ops_part", &catalog);
    fs::write(dir.join("marks.svg"), svg).unwrap();
}
