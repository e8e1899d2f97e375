//! The server that tests run on, and a database for each test.
//!
//! The server is `PGWARD_TEST_URL` (superuser; `ci/test` starts one and sets it).

use std::hash::{BuildHasher as _, RandomState};
use std::thread;

use tokio_postgres::{Client, Config, NoTls};

/// A database that is made for one test and dropped with it.
pub struct TestDb {
    admin: Config,
    pub name: String,
}

impl TestDb {
    /// Makes an empty database.
    pub async fn new() -> Self {
        Self::from_template("template0").await
    }

    /// Makes a copy of another database, which nobody may be connected to.
    pub async fn from_template(template: &str) -> Self {
        let admin = server();
        let name = format!("t_{}", unique());
        connect(&admin).await.batch_execute(&format!("create database {name} template {template}")).await.unwrap();
        Self { admin, name }
    }

    /// How to connect as the superuser.
    pub fn config(&self) -> Config {
        let mut config = self.admin.clone();
        config.dbname(&self.name);
        config
    }

    /// A new connection as the superuser.
    pub async fn connect(&self) -> Client {
        connect(&self.config()).await
    }

    /// The URL of this database.
    #[expect(clippy::disallowed_methods, reason = "tests are told their server by the environment")]
    pub fn url(&self) -> String {
        let base = std::env::var("PGWARD_TEST_URL").unwrap();
        let (before, query) =
            base.split_once('?').map_or((base.as_str(), String::new()), |(b, q)| (b, format!("?{q}")));
        let (server, _) = before.rsplit_once('/').unwrap();
        format!("{server}/{}{query}", self.name)
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let (admin, name) = (self.admin.clone(), self.name.clone());
        let dropped = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let _ = connect(&admin).await.batch_execute(&format!("drop database {name} with (force)")).await;
            });
        });
        let _ = dropped.join();
    }
}

/// The server of this test run.
pub fn server() -> Config {
    server_url().parse().unwrap()
}

/// The URL of the server of this test run.
#[expect(clippy::disallowed_methods, reason = "tests are told their server by the environment")]
pub fn server_url() -> String {
    std::env::var("PGWARD_TEST_URL")
        .expect("PGWARD_TEST_URL is not set: run ci/test, or set it to the URL of a server's superuser")
}

/// Connects and drives the connection in the background.
pub async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A name that no other test has, of this run or of one before: each state of the standard library's hash maps has keys
/// of its own.
fn unique() -> String {
    format!("{:016x}", RandomState::new().hash_one(0))
}
