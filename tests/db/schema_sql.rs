//! A catalog written as SQL makes the same catalog in an empty database.

#![expect(clippy::disallowed_methods, reason = "what is run is told by the environment, and a test says what it does")]

use futures_util::{StreamExt, stream};
use pgward::diff::diff;
use pgward::introspect;
use pgward::model::{Catalog, SchemaFilter};
use pgward::pg::{self, Environment, Options};
use pgward::plan::write_schema;
use pgward::runner::Runner;
use pgward::source::Migrations;

use crate::cases::{build, cases, make_what_cases_share, turn};
use crate::introspect_rich::{make_roles, rich};
use crate::support::{TestDb, server_url};

/// Runs the text in one transaction, as `psql --single-transaction` does, in a database with nothing but `first`.
async fn made(text: &str, first: &str, filter: &SchemaFilter) -> Result<Catalog, String> {
    let db = TestDb::new().await;
    let client = db.connect().await;
    client.batch_execute(first).await.unwrap();
    if let Err(error) = client.batch_execute(text).await {
        let place = error.as_db_error().map(|error| (error.message().to_owned(), error.position().cloned()));
        return Err(format!("{place:?}\n{text}"));
    }
    let made = introspect::read(&mut db.connect().await, filter).await.map_err(|error| error.to_string());
    // Of a subscription the server keeps something that holds the database.
    let names = "select quote_ident(subname) from pg_subscription s join pg_database d on d.oid = subdbid \
                 where d.datname = current_database()";
    for row in client.query(names, &[]).await.unwrap() {
        let name: String = row.get(0);
        let drop = format!("alter subscription {name} disable; alter subscription {name} set (slot_name = none)");
        client.batch_execute(&drop).await.unwrap();
        client.batch_execute(&format!("drop subscription {name}")).await.unwrap();
    }
    made
}

/// What differs. Which of two equal indexes a key refers to is none: the server chooses.
fn difference(made: &Catalog, wanted: &Catalog) -> String {
    diff(wanted, made).iter().map(|change| format!("{change:?}\n")).collect()
}

async fn proves(catalog: &Catalog, first: &str, filter: &SchemaFilter) -> Result<String, String> {
    let text = write_schema(catalog, filter).map_err(|error| error.to_string())?;
    let made = made(&text, first, filter).await?;
    let difference = difference(&made, catalog);
    if !difference.is_empty() {
        return Err(format!("{difference}\n{text}"));
    }
    // But for its digest, which knows that index too.
    let body = |text: &str| text.split_once("\n\n").unwrap().1.to_owned();
    assert_eq!(body(&write_schema(&made, filter).unwrap()), body(&text));
    Ok(text)
}

#[tokio::test]
async fn of_the_bundle_it_is_the_committed_file_on_every_server() {
    let db = TestDb::new().await;
    Runner::new(Migrations::bundle().unwrap()).up(&mut db.connect().await).await.unwrap();
    let filter = SchemaFilter::only(["ops"]);
    let catalog = introspect::read(&mut db.connect().await, &filter).await.unwrap();
    // It says itself what it needs that is not in schema ops.
    let users = "create schema auth; create table auth.users (id uuid primary key)";
    let text = proves(&catalog, users, &filter).await.unwrap();
    assert!(text.contains("-- Needed from outside of it: column auth.users.id, constraint auth.users.users_pkey\n"));
    assert!(text.contains("-- Roles that have to be there: anon, authenticated, postgres, service_role\n"));
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/ops.sql")).unwrap();
    assert!(committed == text, "schema/ops.sql is out of date: run cargo xtask generate");
    // With all schemas it needs nothing.
    let filter = SchemaFilter::only(["ops", "auth"]);
    let catalog = introspect::read(&mut db.connect().await, &filter).await.unwrap();
    proves(&catalog, "", &filter).await.unwrap();
}

#[tokio::test]
async fn of_the_rich_schema_it_makes_the_same() {
    let db = rich().await;
    let filter = SchemaFilter::all();
    let catalog = introspect::read(&mut db.connect().await, &filter).await.unwrap();
    let text = proves(&catalog, "", &filter).await.unwrap();
    assert_eq!(text, write_schema(&catalog, &filter).unwrap());
}

#[tokio::test]
async fn of_every_case_it_makes_the_same() {
    let server = Options::parse(&server_url(), &Environment::default()).unwrap();
    let session = pg::connect(&server).await.unwrap();
    let version = session.server_version() / 10_000;
    make_roles(session.client()).await;
    make_what_cases_share(&session).await;
    let wanted = std::env::var("PGWARD_CASE").ok();
    let cases: Vec<_> = cases()
        .into_iter()
        .filter(|case| {
            case.since <= version && wanted.as_ref().is_none_or(|all| all.split(',').any(|one| case.name.contains(one)))
        })
        .collect();
    assert!(!cases.is_empty());
    let filter = SchemaFilter::all();
    let results = stream::iter(&cases).map(|case| {
        let (server, filter) = (&server, &filter);
        async move {
            let _turn = turn(case).await;
            let (scratch, catalog) = build(server, &case.new).await?;
            let done = proves(&catalog, "", filter).await;
            scratch.close().await.map_err(|error| error.to_string())?;
            done.map_err(|error| format!("{}: {error}", case.name))
        }
    });
    let results: Vec<_> = results.buffer_unordered(4).collect().await;
    let failed: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{} of {} failed:\n{}", failed.len(), cases.len(), failed.join("\n"));
}
