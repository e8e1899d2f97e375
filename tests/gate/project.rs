//! Copies of the bundle's project, a target database that has it, and runs of the gate.

use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tokio_postgres::SimpleQueryMessage;

/// What a copy of the project holds.
const PARTS: &[&str] = &[
    "pgward.toml",
    ".pre-commit-hooks.yaml",
    "migrations",
    "schema",
    "docs",
    "examples",
    "ci",
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "COVERAGE.md",
    "LICENSE",
    "Cargo.toml",
];

/// The server of this test run.
#[expect(clippy::disallowed_methods, reason = "tests are told their server by the environment")]
pub(crate) fn server_url() -> String {
    std::env::var("PGWARD_TEST_URL")
        .expect("PGWARD_TEST_URL is not set: run ci/test, or set it to the URL of a server's superuser")
}

/// A database of the server.
fn url_of(database: &str) -> String {
    let server = server_url();
    let (server, _) = server.rsplit_once('/').unwrap();
    // A machine that is busy with other tests answers late.
    format!("{server}/{database}?connect_timeout=60")
}

/// Runs SQL with the simple protocol and returns the first column of each row.
fn sql(url: &str, sql: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
        messages
            .iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .collect()
    })
}

/// A database with the bundle, and what the gate remembers between copies of the project.
pub(crate) struct Bench {
    target: String,
    memory: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let target = format!("gate_{:016x}", RandomState::new().hash_one(0));
        sql(&server_url(), &format!("create database {target}"));
        let bench = Self { target, memory: tempfile::tempdir().unwrap() };
        let up = bench.command(root(), &["up", "--database-url", &url_of(&bench.target)]).output().unwrap();
        assert!(up.status.success(), "{}", String::from_utf8_lossy(&up.stderr));
        bench
    }

    /// The definition of each function of the bundle, by its name with arguments.
    pub(crate) fn functions(&self) -> Vec<(String, String)> {
        let query = |what: &str| {
            let sql_text = format!(
                "select {what} from pg_proc p where pronamespace = 'ops'::regnamespace order by p.oid::regprocedure::text"
            );
            sql(&url_of(&self.target), &sql_text)
        };
        query("p.oid::regprocedure::text").into_iter().zip(query("pg_get_functiondef(p.oid)")).collect()
    }

    /// A program with nothing of this machine's in its environment.
    pub(crate) fn command(&self, dir: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pgward"));
        command.args(args).current_dir(dir).env_clear().env("HOME", dir).stdin(Stdio::null());
        // git and the servers' programs are found as usual.
        command.env("PATH", path());
        command
    }

    /// Runs the gate in a copy. `drift` is run on a copy of the target before.
    pub(crate) fn gate(&self, copy: &Path, drift: Option<&str>, more: &[&str]) -> Judged {
        let own = drift.map(|statements| {
            let name = format!("{}_{:08x}", self.target, RandomState::new().hash_one(1) as u32);
            sql(&server_url(), &format!("create database {name} template {}", self.target));
            sql(&url_of(&name), statements);
            name
        });
        let target = url_of(own.as_deref().unwrap_or(&self.target));
        let (shadow, memory) = (url_of("postgres"), self.memory.path().to_str().unwrap());
        let mut args = vec!["gate", "--format", "json", "--shadow-url", &shadow, "--memory", memory];
        args.extend(["--database-url", &target]);
        args.extend(more);
        let output = self.command(copy, &args).output().unwrap();
        if let Some(name) = own {
            sql(&server_url(), &format!("drop database {name} with (force)"));
        }
        let document = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        let said = String::from_utf8(output.stderr).unwrap();
        Judged { exit: output.status.code(), document, said }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        sql(&server_url(), &format!("drop database if exists {} with (force)", self.target));
    }
}

/// What the gate said.
pub(crate) struct Judged {
    pub(crate) exit: Option<i32>,
    pub(crate) document: Value,
    pub(crate) said: String,
}

impl Judged {
    /// Whether a check did not pass.
    pub(crate) fn objects(&self, check: &str) -> bool {
        let outcomes = self.document["outcomes"].as_array();
        outcomes.into_iter().flatten().any(|outcome| {
            outcome["check"] == check && (outcome["outcome"] == "findings" || outcome["outcome"] == "not_evaluated")
        })
    }

    /// Whether something that it found or could not do names an object or a file.
    pub(crate) fn names(&self, name: &str) -> bool {
        let findings = self.document["findings"].as_array();
        let named = findings.into_iter().flatten().any(|finding| {
            let texts = [&finding["message"], &finding["location"]["file"], &finding["hint"]];
            texts.iter().any(|text| text.as_str().is_some_and(|text| text.contains(name)))
        });
        named || self.said.contains(name)
    }
}

/// The directory of this project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[expect(clippy::disallowed_methods, reason = "programs are found as usual")]
pub(crate) fn path() -> String {
    std::env::var("PATH").unwrap_or_default()
}

/// A copy of the project.
pub(crate) fn copy() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for part in PARTS {
        copy_to(&root().join(part), &dir.path().join(part));
    }
    dir
}

fn copy_to(from: &Path, to: &PathBuf) {
    if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let name = entry.unwrap().file_name();
            copy_to(&from.join(&name), &to.join(&name));
        }
    } else if from.is_file() {
        std::fs::copy(from, to).unwrap();
    }
}
