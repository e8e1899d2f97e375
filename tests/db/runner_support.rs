//! Small migrations in directories that go away, and what the runner's tests look at.

use std::fs;
use std::sync::{Arc, Mutex};

use pgward::base::Error;
use pgward::runner::{Event, Retry, Runner};
use pgward::source::Migrations;
use tempfile::TempDir;
use tokio_postgres::Client;

use crate::support::TestDb;

/// Migrations in a directory; those with a name that ends in `.down` are the way back.
pub(crate) fn dir(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(format!("{name}.sql")), text).unwrap();
    }
    dir
}

pub(crate) fn migrations(files: &[(&str, &str)]) -> Migrations {
    Migrations::from_dir(dir(files).path()).unwrap()
}

/// A runner that does not make a test wait.
pub(crate) fn runner(files: &[(&str, &str)]) -> Runner {
    use std::time::Duration;
    Runner::new(migrations(files)).lock_timeout(Duration::from_millis(300)).retry(Retry {
        tries: 20,
        first_pause: Duration::from_millis(50),
        longest_pause: Duration::from_millis(200),
    })
}

/// Collects what a runner tells.
pub(crate) fn listen(runner: Runner) -> (Runner, Arc<Mutex<Vec<Event>>>) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&events);
    (runner.on_event(move |event| sink.lock().unwrap().push(event.clone())), events)
}

/// The one value of a query, as text; empty for null or no row.
pub(crate) async fn value(client: &Client, sql: &str) -> String {
    let messages = client.simple_query(sql).await.unwrap();
    let row = messages.iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    row.and_then(|row| row.get(0)).unwrap_or_default().to_owned()
}

/// The versions in the history, in order; "none" without a table.
pub(crate) async fn history(client: &Client) -> String {
    if value(client, "select to_regclass('public.refinery_schema_history')").await.is_empty() {
        return "none".to_owned();
    }
    value(
        client,
        "select coalesce(string_agg(version::text, ',' order by version), '') from public.refinery_schema_history",
    )
    .await
}

/// Tables of schema public but for the history, in order.
pub(crate) async fn tables(client: &Client) -> String {
    value(
        client,
        "select coalesce(string_agg(relname::text, ',' order by relname), '') from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') and relname !~ '^refinery'",
    )
    .await
}

/// Everything that an error says, files without their directory.
pub(crate) fn text(error: &Error) -> String {
    let mut text = error.message().to_owned();
    let mut dir = String::new();
    if let Some(excerpt) = error.excerpt() {
        let place = &excerpt.text[excerpt.span.clone()];
        text += &format!("\n  at {}: `{place}`: {}", excerpt.location(), excerpt.label);
        dir = excerpt.file.rsplit_once('/').map_or(String::new(), |(dir, _)| format!("{dir}/"));
    }
    error.notes().iter().for_each(|note| text += &format!("\n  note: {note}"));
    error.hints().iter().for_each(|hint| text += &format!("\n  hint: {hint}"));
    if dir.is_empty() { text } else { text.replace(&dir, "") }
}

/// How many advisory locks there are on this database.
pub(crate) async fn locks(client: &Client) -> String {
    let sql = "select count(*) from pg_locks where locktype = 'advisory'
               and database = (select oid from pg_database where datname = current_database())";
    value(client, sql).await
}

/// Makes a role for one test, which may make things in schema public. Roles belong to the whole server.
pub(crate) async fn role(db: &TestDb, client: &Client) -> String {
    let role = format!("{}_r", db.name);
    let sql = format!("drop role if exists {role}; create role {role}; grant all on schema public to {role}");
    client.batch_execute(&sql).await.unwrap();
    role
}
