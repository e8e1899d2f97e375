//! What the tests of the bundled `ops` schema share: databases with the bundle applied, and asking them questions.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::support::{TestDb, connect, server};

/// The control plane's tables.
pub const TABLES: [&str; 15] = [
    "projects",
    "workflows",
    "runs",
    "run_events",
    "run_artifacts",
    "run_logs",
    "tools",
    "upgrade_advisories",
    "project_memberships",
    "environments",
    "run_queue",
    "project_queues",
    "queue_lanes",
    "dead_letters",
    "workers",
];

/// The bundle's migrations in the order of their versions: the path of each up and its down.
pub fn bundle() -> Vec<(PathBuf, PathBuf)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut ups: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    ups.retain(|path| path.extension().is_some_and(|e| e == "sql") && !path.to_str().unwrap().ends_with(".down.sql"));
    ups.sort();
    ups.into_iter().map(|up| (up.clone(), up.with_extension("down.sql"))).collect()
}

/// Runs one file as one batch in one transaction.
pub async fn apply(client: &Client, file: &Path) -> Result<(), tokio_postgres::Error> {
    client.batch_execute("begin").await?;
    if let Err(error) = client.batch_execute(&fs::read_to_string(file).unwrap()).await {
        client.batch_execute("rollback").await?;
        return Err(error);
    }
    client.batch_execute("commit").await
}

/// Applies every migration of the bundle.
pub async fn apply_bundle(client: &Client) {
    for (up, _) in bundle() {
        if let Err(error) = apply(client, &up).await {
            panic!("{}: {}", up.display(), error.as_db_error().map_or(error.to_string(), ToString::to_string));
        }
    }
}

impl TestDb {
    /// Makes a database with the bundle applied: a copy of a template that the first test on the server makes.
    pub async fn with_bundle() -> Self {
        Self::from_template(&template().await).await
    }
}

/// The name of the template for the migrations as they are now. Tests run in many processes at once: one makes it.
async fn template() -> String {
    let mut hash = Sha256::new();
    for (up, _) in bundle() {
        hash.update(fs::read(up).unwrap());
    }
    let hash: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("t_bundle_{hash}");

    let admin = connect(&server()).await;
    admin.batch_execute(&format!("select pg_advisory_lock(x'{hash}'::bit(64)::bigint)")).await.unwrap();
    if rows(&admin, &format!("select from pg_database where datname = '{name}'")).await.is_empty() {
        // A test that was killed half way leaves one behind.
        admin.batch_execute(&format!("drop database if exists {name}_new with (force)")).await.unwrap();
        admin.batch_execute(&format!("create database {name}_new template template0")).await.unwrap();
        let mut config = server();
        let (client, connection) = config.dbname(format!("{name}_new")).connect(tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        apply_bundle(&client).await;
        drop(client);
        connection.await.unwrap().unwrap();
        // Waits for the connection to end on the server's side, too.
        admin.batch_execute(&format!("alter database {name}_new rename to {name}")).await.unwrap();
    }
    admin.batch_execute("select pg_advisory_unlock_all()").await.unwrap();
    name
}

/// The rows of a query as text; null is `null`. Of several statements, those of all.
pub async fn rows(client: &Client, sql: &str) -> Vec<Vec<String>> {
    let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}\n{}", describe(&error)));
    let mut rows = Vec::new();
    for message in messages {
        if let SimpleQueryMessage::Row(row) = message {
            rows.push((0..row.len()).map(|i| row.get(i).unwrap_or("null").to_owned()).collect());
        }
    }
    rows
}

/// The first column of a query.
pub async fn column(client: &Client, sql: &str) -> Vec<String> {
    rows(client, sql).await.into_iter().map(|mut row| row.swap_remove(0)).collect()
}

/// The one value of a query.
pub async fn one(client: &Client, sql: &str) -> String {
    let mut values = column(client, sql).await;
    assert_eq!(values.len(), 1, "{sql}");
    values.swap_remove(0)
}

/// The answer of one of the schema's functions: `call(client, "claim_next_run('w1')")`. It must be an answer, not an
/// error, and have the one shape that all of them have.
pub async fn call(client: &Client, function: &str) -> Value {
    let answer: Value = serde_json::from_str(&one(client, &format!("select ops.{function}")).await).unwrap();
    match answer["success"].as_bool() {
        Some(true) => assert!(answer["code"].is_null() && answer["error"].is_null(), "{function}: {answer}"),
        Some(false) => assert!(
            answer["code"].as_str().is_some_and(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
                && answer["error"].as_str().is_some_and(|error| !error.is_empty()),
            "{function}: {answer}"
        ),
        None => panic!("{function}: no success in {answer}"),
    }
    answer
}

/// `success`, or the code of what went wrong.
pub fn code(answer: &Value) -> &str {
    if answer["success"] == true { "success" } else { answer["code"].as_str().unwrap() }
}

/// What a statement came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was carried out, and concerned so many rows.
    Rows(u64),
    /// It was refused.
    Refused { code: SqlState, constraint: String, message: String },
}

impl Outcome {
    /// The number of rows, `none` for no rows, or the SQLSTATE.
    pub fn cell(&self) -> String {
        match self {
            Self::Rows(0) => "none".to_owned(),
            Self::Rows(rows) => rows.to_string(),
            Self::Refused { code, .. } => code.code().to_owned(),
        }
    }

    /// Asserts that it was refused for this reason: a SQLSTATE, or the name of a constraint or trigger.
    #[track_caller]
    pub fn expect_refused(&self, reason: &str) {
        match self {
            Self::Refused { code, constraint, .. } if code.code() == reason || constraint == reason => {}
            other => panic!("expected to be refused with {reason}: {other:?}"),
        }
    }

    /// Asserts that it was carried out on so many rows.
    #[track_caller]
    pub fn expect_rows(&self, rows: u64) {
        assert_eq!(*self, Self::Rows(rows));
    }
}

/// Carries out a statement for good.
pub async fn run(client: &Client, sql: &str) -> Outcome {
    match client.simple_query(sql).await {
        Ok(messages) => Outcome::Rows(
            messages.iter().map(|m| if let SimpleQueryMessage::CommandComplete(n) = m { *n } else { 0 }).sum(),
        ),
        Err(error) => {
            let Some(db) = error.as_db_error() else { panic!("{sql}\n{error}") };
            Outcome::Refused {
                code: db.code().clone(),
                constraint: db.constraint().unwrap_or_default().to_owned(),
                message: db.message().to_owned(),
            }
        }
    }
}

/// Carries out a statement, deferred constraints included, and takes it back.
pub async fn attempt(client: &Client, sql: &str) -> Outcome {
    client.batch_execute("begin").await.unwrap();
    let mut outcome = run(client, sql).await;
    if let Outcome::Rows(_) = outcome {
        let deferred = run(client, "set constraints all immediate").await;
        if let Outcome::Refused { .. } = deferred {
            outcome = deferred;
        }
    }
    client.batch_execute("rollback").await.unwrap();
    outcome
}

/// Waits until the backend waits for a lock, or gives up.
pub async fn until_blocked(observer: &Client, pid: &str) {
    let blocked = format!("select from pg_stat_activity where pid = {pid} and wait_event_type = 'Lock'");
    for _ in 0..2000 {
        if !rows(observer, &blocked).await.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("backend {pid} never waited for a lock");
}

fn describe(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), |db| format!("{} {}", db.code().code(), db.message()))
}
