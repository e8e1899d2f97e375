//! A server that belongs to one test, to be stopped, killed and starved.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, geteuid};
use tokio_postgres::{Client, Config};

use crate::program::within;
use crate::support::connect;

/// A server that goes away with the test.
pub struct OwnServer {
    dir: tempfile::TempDir,
    bin: PathBuf,
    port: u16,
    settings: String,
}

impl OwnServer {
    /// Makes a cluster and starts it.
    pub async fn new() -> Self {
        Self::with(&[], "").await
    }

    /// The same with options for `initdb` and for the server.
    pub async fn with(init: &[&str], settings: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("pgw").tempdir_in("/tmp").unwrap();
        give(dir.path());
        let mut server = Self { dir, bin: bindir(), port: 0, settings: settings.to_owned() };
        let data = server.data();
        let mut args = vec!["-D", &data, "-U", "postgres", "-A", "trust", "--locale=C", "--encoding=UTF8", "--no-sync"];
        args.extend(init);
        server.program("initdb", &args).await.unwrap();
        for _ in 0..8 {
            server.port = port();
            if server.try_start().await.is_ok() {
                return server;
            }
        }
        panic!("the server did not start: {}", server.log());
    }

    fn data(&self) -> String {
        self.dir.path().join("data").to_str().unwrap().to_owned()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    pub async fn start(&self) {
        if let Err(why) = self.try_start().await {
            panic!("{why}\n{}", self.log());
        }
    }

    async fn try_start(&self) -> Result<(), String> {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=16MB -c autovacuum=off {}",
            self.port,
            self.dir.path().display(),
            self.settings
        );
        let log = self.dir.path().join("log");
        self.program("pg_ctl", &["-D", &self.data(), "-w", "-l", log.to_str().unwrap(), "-o", &options, "start"]).await
    }

    /// Stops the server: `fast`, `immediate`.
    pub async fn stop(&self, mode: &str) {
        self.program("pg_ctl", &["-D", &self.data(), "-w", "-m", mode, "stop"]).await.unwrap();
    }

    /// Kills every process of the server with SIGKILL, as a machine that runs out of memory does, and starts it again.
    pub async fn kill_and_start(&self) {
        let file = std::fs::read_to_string(Path::new(&self.data()).join("postmaster.pid")).unwrap();
        let postmaster: i32 = file.lines().next().unwrap().parse().unwrap();
        let children = std::fs::read_dir("/proc").unwrap().filter_map(|entry| {
            let pid: i32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let parent: i32 = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            (parent == postmaster).then_some(pid)
        });
        let children: Vec<_> = children.collect();
        for pid in [postmaster].into_iter().chain(children) {
            // A session may have ended by itself.
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        within("the server to start after a kill", async {
            // What it leaves in memory is in use until the last of its processes is gone.
            while let Err(why) = self.try_start().await {
                println!("{why}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
    }

    /// The same as `stop`, whether or not the server runs.
    pub async fn try_stop(&self, mode: &str) {
        let _ = self.program("pg_ctl", &["-D", &self.data(), "-w", "-m", mode, "stop"]).await;
    }

    /// Runs one of PostgreSQL's programs as a user that it accepts.
    async fn program(&self, name: &str, args: &[&str]) -> Result<(), String> {
        let mut command = tokio::process::Command::from(self.command(name, args));
        let output = within(name, command.output()).await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
        if output.status.success() { Ok(()) } else { Err(format!("{name} {args:?}: {said}")) }
    }

    fn command(&self, name: &str, args: &[&str]) -> std::process::Command {
        use std::os::unix::process::CommandExt as _;
        let mut command = std::process::Command::new(self.bin.join(name));
        command.args(args).current_dir("/").env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C");
        command.stdin(std::process::Stdio::null()).process_group(0);
        if let Some(user) = server_user() {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    pub async fn connect(&self, database: &str) -> Client {
        let config: Config = self.url(database).parse().unwrap();
        connect(&config).await
    }

    /// Makes a database and returns its URL.
    pub async fn database(&self, name: &str) -> String {
        self.connect("postgres").await.batch_execute(&format!("create database {name}")).await.unwrap();
        self.url(name)
    }

    /// Sends a signal to a process of the server.
    pub fn signal(&self, pid: i32, signal: Signal) {
        kill(Pid::from_raw(pid), signal).unwrap();
    }

    /// Waits until the server lets somebody in again after a crash of its own.
    pub async fn until_it_is_back(&self, database: &str) -> Client {
        let config: Config = self.url(database).parse().unwrap();
        within("the server to recover", async {
            loop {
                if let Ok((client, connection)) = config.connect(tokio_postgres::NoTls).await {
                    tokio::spawn(connection);
                    // The one from before the crash may still let somebody in.
                    if client.simple_query("select 1").await.is_ok() {
                        return client;
                    }
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _ = self.command("pg_ctl", &["-D", &self.data(), "-w", "-m", "immediate", "stop"]).output();
    }
}

/// A port that no other test has. Below those that the kernel gives to clients: a server must get the same one again.
fn port() -> u16 {
    static SERVERS: AtomicU32 = AtomicU32::new(0);
    let number = std::process::id() * 31 + SERVERS.fetch_add(1, Ordering::Relaxed);
    10_000 + u16::try_from(number % 10_000).unwrap()
}

/// Gives a directory to the user that the server runs as.
pub fn give(dir: &Path) {
    std::fs::set_permissions(dir, Permissions::from_mode(0o755)).unwrap();
    if let Some(user) = server_user() {
        chown(dir, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
    }
}

/// Whom root becomes: PostgreSQL refuses to run as root.
fn server_user() -> Option<User> {
    geteuid().is_root().then(|| {
        let named = |name| User::from_name(name).ok().flatten();
        named("postgres").or_else(|| named("nobody")).expect("no user postgres to run a server as")
    })
}

/// Where the server's programs are: as the test run says, else on the PATH, else Debian's newest.
#[expect(clippy::disallowed_methods, reason = "tests are told their server by the environment")]
fn bindir() -> PathBuf {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut debian: Vec<_> =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    debian.sort();
    std::env::var("PGWARD_TEST_BINDIR")
        .into_iter()
        .map(PathBuf::from)
        .chain(std::env::split_paths(&path))
        .chain(debian.into_iter().rev().map(|dir| dir.join("bin")))
        .find(|dir| dir.join("initdb").is_file() && dir.join("postgres").is_file())
        .expect("no PostgreSQL server programs: set PGWARD_TEST_BINDIR to their directory")
}
