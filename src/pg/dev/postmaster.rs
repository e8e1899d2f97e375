//! The server's process: is it there, is it ours, and how it ends.
//!
//! `postmaster.pid` alone proves nothing: after a crash it stays behind, and its number may belong to anyone by now.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::net::UnixStream;
use tokio::process::Command;
use tokio::time::sleep;

use super::account::Account;
use super::state::State;
use crate::base::{Error, Result};

const POLL: Duration = Duration::from_millis(10);
/// How long a server may be without a socket, and how long it may recover from a crash.
const DEAF: Duration = Duration::from_secs(5);
const STARTING: Duration = Duration::from_secs(120);
/// How long a fast shutdown may take until the server is stopped as if by a crash.
const FAST_SHUTDOWN: Duration = Duration::from_secs(60);

/// What `postmaster.pid` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Postmaster {
    pub(super) pid: i32,
    pub(super) port: u16,
    pub(super) socket_dir: PathBuf,
    /// The server takes connections.
    pub(super) ready: bool,
}

impl Postmaster {
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let pid = lines.first()?.parse().ok().filter(|pid| *pid > 1)?;
        let line = |n: usize| lines.get(n).copied().unwrap_or_default();
        Some(Self {
            pid,
            port: line(3).parse().unwrap_or(0),
            socket_dir: PathBuf::from(line(4)),
            ready: line(7) == "ready",
        })
    }
}

/// Whether something takes connections on a server's socket.
pub(super) async fn answers(socket_dir: &Path, port: u16) -> bool {
    UnixStream::connect(socket_dir.join(format!(".s.PGSQL.{port}"))).await.is_ok()
}

/// The running server of a folder, if there is one.
pub(super) async fn running(state: &State, account: &Account) -> Option<Postmaster> {
    let text = fs::read_to_string(state.data().join("postmaster.pid")).ok()?;
    let found = Postmaster::parse(&text)?;
    is_ours(found.pid, &state.data(), account).await.then_some(found)
}

/// As [`running`], but waits while the server can't be used: it is starting, or its processes are just dying. One that
/// stays that way, because somebody removed its socket, is stopped.
pub(super) async fn settled(state: &State, account: &Account) -> Result<Option<Postmaster>> {
    let started = Instant::now();
    while let Some(server) = running(state, account).await {
        if server.ready && answers(&server.socket_dir, server.port).await {
            return Ok(Some(server));
        }
        let patience = if server.ready { DEAF } else { STARTING };
        if started.elapsed() > patience {
            stop(state, account).await?;
        }
        sleep(POLL).await;
    }
    Ok(None)
}

/// Removes what a crash left; only for a server that is known not to run.
pub(super) fn remove_stale_pid_file(state: &State) -> Result<()> {
    match fs::remove_file(state.data().join("postmaster.pid")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(state.cannot("write to", &error)),
        _ => Ok(()),
    }
}

/// Whether a process is the server on a data directory: it works in that directory, or was started with it. Where
/// neither can be seen (no `/proc`) the process's command line must do.
async fn is_ours(pid: i32, data: &Path, account: &Account) -> bool {
    let Ok(data) = fs::canonicalize(data) else { return false };
    if !Path::new("/proc/self").exists() {
        let output = Command::new("ps").args(["-ww", "-o", "command=", "-p", &pid.to_string()]).output().await;
        let line = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        return line.contains("postgres") && line.contains(&*data.to_string_lossy());
    }
    let proc = PathBuf::from(format!("/proc/{pid}"));
    let arguments = fs::read(proc.join("cmdline")).unwrap_or_default();
    // A process without arguments is dying, or dead and waiting for its parent to notice.
    if !arguments.is_empty() && fs::read_link(proc.join("cwd")).is_ok_and(|cwd| cwd == data) {
        return true;
    }
    // In a container root may not see where other users' processes work, but their arguments.
    let owned = fs::metadata(&proc).is_ok_and(|proc| proc.uid() == account.uid);
    owned && arguments.split(|byte| *byte == 0).any(|argument| argument == data.as_os_str().as_encoded_bytes())
}

/// Stops the server: at once but in order, rolling back what is open.
pub(super) async fn stop(state: &State, account: &Account) -> Result<bool> {
    let Some(server) = running(state, account).await else {
        return Ok(false);
    };
    signal(server.pid, Signal::SIGINT)?;
    if gone(server.pid, state, account, FAST_SHUTDOWN).await {
        return Ok(true);
    }
    signal(server.pid, Signal::SIGQUIT)?;
    if gone(server.pid, state, account, Duration::from_secs(10)).await {
        return Ok(true);
    }
    Err(Error::environment(format!("the development server, process {}, does not stop", server.pid))
        .with_hint(format!("see {}", state.log().display())))
}

async fn gone(pid: i32, state: &State, account: &Account, patience: Duration) -> bool {
    let started = Instant::now();
    while started.elapsed() < patience {
        // Neither the process nor its file: whoever starts next finds a clean place.
        if !is_ours(pid, &state.data(), account).await && !state.data().join("postmaster.pid").exists() {
            return true;
        }
        sleep(POLL).await;
    }
    !is_ours(pid, &state.data(), account).await
}

fn signal(pid: i32, signal: Signal) -> Result<()> {
    match kill(Pid::from_raw(pid), signal) {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(error) => Err(Error::environment(format!("cannot signal the development server, process {pid}: {error}"))),
    }
}

/// Ends the processes that a killed server left: each works in the data directory. A server can't start while they
/// hold its shared memory. Only where `/proc` shows them; elsewhere they end by themselves.
pub(super) fn end_orphans(state: &State) {
    let Ok(data) = fs::canonicalize(state.data()) else { return };
    let Ok(entries) = fs::read_dir("/proc") else { return };
    for entry in entries.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else { continue };
        let program = fs::read_link(entry.path().join("exe"));
        let is_postgres = program.is_ok_and(|program| program.file_name().is_some_and(|name| name == "postgres"));
        if is_postgres && fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd == data) {
            let _ = signal(pid, Signal::SIGTERM);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Postmaster;

    #[test]
    fn a_pid_file_is_read_even_if_it_is_not_whole() {
        let text = "4711\n/d\n1700000000\n15432\n/run/x\n127.0.0.1\n  123  456\nready   \n";
        let whole = Postmaster { pid: 4711, port: 15432, socket_dir: PathBuf::from("/run/x"), ready: true };
        assert_eq!(Postmaster::parse(text), Some(whole));
        assert_eq!(Postmaster::parse("12\n").map(|found| (found.pid, found.ready)), Some((12, false)));
        for broken in ["", "x\n", "-1\n", "0\n", "1\n"] {
            assert_eq!(Postmaster::parse(broken), None, "{broken:?}");
        }
    }
}
