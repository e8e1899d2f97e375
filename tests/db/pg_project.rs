//! A project's folder with a development server in it, for tests that need a server of their own.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pgward::pg::{DevConfig, DevServer, Environment};

/// A project's folder that every user can enter, and its server, which goes away with it.
pub(crate) struct Project {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) env: Environment,
}

impl Project {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        // Clusters are cached between tests; where that can't be written (as another user) each makes its own.
        Self { dir, env: environment(Path::new(env!("CARGO_TARGET_TMPDIR"))) }
    }

    pub(crate) async fn server(&self) -> DevServer {
        DevServer::locate(&DevConfig::new(self.dir.path(), &self.env), &self.env).await.unwrap()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.dir.path().join(".pgward")
    }

    pub(crate) fn pid(&self) -> Option<i32> {
        let text = fs::read_to_string(self.state().join("data/postmaster.pid")).ok()?;
        text.lines().next()?.parse().ok()
    }

    /// Kills the server's first process, and waits until the kernel has done it.
    pub(crate) fn crash(&self) {
        let pid = self.pid().unwrap();
        kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        while !command_line(pid).is_empty() {
            std::thread::yield_now();
        }
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if let Some(pid) = self.pid().filter(|pid| command_line(*pid).contains("postgres")) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGQUIT);
            let started = Instant::now();
            while self.pid().is_some() && started.elapsed() < Duration::from_secs(5) {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the programs are on the PATH of whoever runs the tests")]
fn environment(cache: &Path) -> Environment {
    Environment::empty()
        .with("PATH", std::env::var("PATH").unwrap())
        .with("XDG_CACHE_HOME", cache.to_str().unwrap())
        .with("HOME", "/nonexistent")
}

pub(crate) fn command_line(pid: i32) -> String {
    fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default().replace('\0', " ")
}
