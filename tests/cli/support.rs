//! Runs the built program and shows everything a person or a script sees: exit status, both streams.

use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The server of this test run.
#[expect(clippy::disallowed_methods, reason = "tests are told their server by the environment")]
pub fn server_url() -> String {
    std::env::var("PGWARD_TEST_URL")
        .expect("PGWARD_TEST_URL is not set: run ci/test, or set it to the URL of a server's superuser")
}

/// A database that is made for one test and dropped with it, and a directory to work in.
pub struct Project {
    pub dir: tempfile::TempDir,
    name: String,
}

impl Project {
    pub fn new() -> Self {
        let name = format!("cli_{}", unique());
        let project = Self { dir: tempfile::tempdir().unwrap(), name };
        psql(&server_url(), &format!("create database {} template template0", project.name));
        project
    }

    /// The URL of the database.
    pub fn url(&self) -> String {
        let server = server_url();
        let (server, _) = server.rsplit_once('/').unwrap();
        format!("{server}/{}", self.name)
    }

    /// Runs SQL in the database.
    pub fn sql(&self, sql: &str) -> String {
        psql(&self.url(), sql)
    }

    /// Writes a file into the directory.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs pgward in the directory, with the database as DATABASE_URL and nothing else in the environment.
    pub fn run(&self, args: &[&str]) -> String {
        let output = pgward(self.dir.path(), args).env("DATABASE_URL", self.url()).output().unwrap();
        self.shown(&output)
    }

    /// What a run showed, with what differs from run to run replaced.
    pub fn shown(&self, output: &Output) -> String {
        filtered(&show(output)).replace(&self.name, "[DATABASE]")
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        psql(&server_url(), &format!("drop database if exists {} with (force)", self.name));
    }
}

/// The program, in a directory, with an environment that holds nothing of this machine's.
pub fn pgward(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgward"));
    command.args(args).current_dir(dir).env_clear().env("HOME", dir).stdin(Stdio::null());
    command
}

/// Runs pgward without a database.
pub fn run(args: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    filtered(&show(&pgward(dir.path(), args).output().unwrap()))
}

fn show(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut shown = format!("exit: {}\n", output.status.code().map_or("killed".to_owned(), |code| code.to_string()));
    for (name, stream) in [("stdout", text(&output.stdout)), ("stderr", text(&output.stderr))] {
        if !stream.is_empty() {
            shown.push_str(&format!("--- {name}\n{stream}"));
            if !stream.ends_with('\n') {
                shown.push_str("(no line feed)\n");
            }
        }
    }
    shown
}

/// Replaces what differs from run to run: times, versions, addresses.
fn filtered(text: &str) -> String {
    let server = server_url();
    let (_, address) = server.rsplit_once('@').unwrap();
    let (address, _) = address.split_once('/').unwrap();
    let port = address.rsplit_once(':').unwrap().1;
    let mut text = text.replace(port, "[PORT]");
    for (pattern, replacement) in [
        (r" *\b\d+(\.\d+)? (µs|ms|s)\b", " [TIME]"),
        (r"\( \[TIME\]", "([TIME]"),
        (r"\b20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?( UTC|Z)?", "[WHEN]"),
        (r"PostgreSQL \d+(\.\d+|beta\d+)?", "PostgreSQL [VERSION]"),
        (r"pgward \d+\.\d+\.\d+", "pgward [VERSION]"),
    ] {
        text = regex::Regex::new(pattern).unwrap().replace_all(&text, replacement).into_owned();
    }
    text
}

/// Runs SQL with the driver's simple protocol and returns the values of the last result, a line a row.
fn psql(url: &str, sql: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let mut lines = Vec::new();
        for message in client.simple_query(sql).await.unwrap() {
            if let tokio_postgres::SimpleQueryMessage::Row(row) = message {
                let values: Vec<_> = (0..row.len()).map(|n| row.get(n).unwrap_or("null")).collect();
                lines.push(values.join(" | "));
            }
        }
        lines.join("\n")
    })
}

/// A name that no other test has, of this run or of one before: each state of the standard library's hash maps has keys
/// of its own.
fn unique() -> String {
    format!("{:016x}", RandomState::new().hash_one(0))
}
