//! Starting the server on a cluster: its settings, its port, and what to do when it doesn't come up.

use std::fs::{self, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::account::Account;
use super::binaries::Binaries;
use super::postmaster::{self, Postmaster};
use super::state::{State, short_hash, write_new};
use crate::base::{Error, Result};

/// Below the ports that the system gives to outgoing connections, so that a kept port stays free.
const PORTS: std::ops::Range<u16> = 15_432..25_432;
/// How long crash recovery may take.
const START_SECONDS: u32 = 120;
/// How long to wait for processes of a killed server before ending them, and altogether.
const ORPHANS_MAY_TAKE: Duration = Duration::from_secs(1);
const ORPHANS_MUST_END: Duration = Duration::from_secs(20);
const LOG_LIMIT: u64 = 4 << 20;

/// Starts the server and waits until it takes connections.
pub(super) async fn launch(state: &State, binaries: &Binaries, account: &Account) -> Result<Postmaster> {
    postmaster::remove_stale_pid_file(state)?;
    prepare_log(state, account)?;
    let socket_dir = state.socket_dir(account)?;
    let mut ports = free_ports(state);
    let started = Instant::now();
    let mut port = ports.next().ok_or_else(no_port)?;
    loop {
        write_settings(state, account, port, &socket_dir)?;
        remove_stale_socket(&socket_dir, port);
        state.replace("port", &port.to_string(), 0o644)?;
        let log_start = fs::metadata(state.log()).map_or(0, |log| log.len());
        // pg_ctl looks ten times a second and knows when the server died; looking more often, here, sees it ready sooner.
        let said = tokio::select! {
            said = pg_ctl_start(state, binaries, account) => said?,
            server = until_ready(state, account) => return Ok(server),
        };
        if let Some(server) = postmaster::running(state, account).await.filter(|server| server.ready) {
            return Ok(server);
        }
        let log = tail(&state.log(), log_start);
        if log.contains("could not bind") && !log.contains("is still in use") {
            // Somebody took the port since it was looked at.
            port = ports.next().ok_or_else(no_port)?;
        } else if log.contains("is still in use") && started.elapsed() < ORPHANS_MUST_END {
            if started.elapsed() > ORPHANS_MAY_TAKE {
                postmaster::end_orphans(state);
            }
            sleep(Duration::from_millis(100)).await;
        } else {
            return Err(did_not_start(state, &log, &said));
        }
        postmaster::remove_stale_pid_file(state)?;
    }
}

/// The port for a server that is started elsewhere: the one that was kept, or a free one to be kept.
pub(super) fn choose_port(state: &State) -> Result<u16> {
    let port = free_ports(state).next().ok_or_else(no_port)?;
    state.replace("port", &port.to_string(), 0o644)?;
    Ok(port)
}

fn free_ports(state: &State) -> impl Iterator<Item = u16> + use<> {
    let kept = state.line("port").and_then(|line| line.parse().ok());
    kept.into_iter().chain(suggested_ports(&state.dir)).filter(|port| is_free(*port))
}

async fn until_ready(state: &State, account: &Account) -> Postmaster {
    loop {
        if let Some(server) = postmaster::running(state, account).await.filter(|server| server.ready) {
            return server;
        }
        sleep(Duration::from_millis(5)).await;
    }
}

fn no_port() -> Error {
    Error::environment(format!("no port from {} to {} is free on 127.0.0.1", PORTS.start, PORTS.end - 1))
}

fn did_not_start(state: &State, log: &str, said: &str) -> Error {
    let mut error = Error::environment("the development server did not start");
    let text = if log.trim().is_empty() { said } else { log };
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    for line in lines.iter().skip(lines.len().saturating_sub(12)) {
        error = error.with_note(*line);
    }
    let hint = if log.contains("No space left on device") {
        "make room on the disk, or name another folder in PGWARD_STATE_DIR".to_owned()
    } else {
        format!("its log is {}; pgward dev reset starts over with empty databases", state.log().display())
    };
    error.with_hint(hint)
}

/// Runs `pg_ctl start`, which puts the server into a session of its own and waits for it. Returns what it said.
async fn pg_ctl_start(state: &State, binaries: &Binaries, account: &Account) -> Result<String> {
    let pg_ctl = binaries.dir.join("pg_ctl");
    let mut command = account.command(&pg_ctl);
    // pg_ctl hands these paths to a shell in double quotes: where that isn't safe they go without their directory.
    let data = state.data();
    let safe = !data.as_os_str().as_encoded_bytes().iter().any(|byte| b"\"$`\\\n".contains(byte));
    let (data, log) = if safe { (data, state.log()) } else { (PathBuf::from("data"), PathBuf::from("server.log")) };
    command.current_dir(&state.dir).args(["start", "--wait", "--silent", "--timeout", &START_SECONDS.to_string()]);
    command.arg("-D").arg(data).arg("-l").arg(log);
    let output = command
        .output()
        .await
        .map_err(|error| Error::environment(format!("cannot run {}: {error}", pg_ctl.display())))?;
    Ok(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

/// The log must be there and the server's own; one that has grown long is put aside.
fn prepare_log(state: &State, account: &Account) -> Result<()> {
    let log = state.log();
    if fs::metadata(&log).is_ok_and(|log| log.len() > LOG_LIMIT) {
        let _ = fs::rename(&log, log.with_extension("log.1"));
    }
    if !log.exists() {
        OpenOptions::new()
            .create_new(true)
            .append(true)
            .mode(0o600)
            .open(&log)
            .and_then(|file| account.own_file(&file))
            .map_err(|error| state.cannot("write to", &error))?;
    }
    Ok(())
}

/// A socket's lock file has a process number too, which may be somebody else's by now. The directory is private to this
/// server, and that doesn't run.
fn remove_stale_socket(socket_dir: &Path, port: u16) {
    for name in [format!(".s.PGSQL.{port}"), format!(".s.PGSQL.{port}.lock")] {
        let _ = fs::remove_file(socket_dir.join(name));
    }
}

/// The settings that pgward decides. They come last in the cluster's configuration; `ALTER SYSTEM` is stronger.
fn write_settings(state: &State, account: &Account, port: u16, socket_dir: &Path) -> Result<()> {
    let text = format!(
        "\
# Written by pgward at each start. Use ALTER SYSTEM for settings of your own.
cluster_name = 'pgward'
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{}'
unix_socket_permissions = 0700
# A crash may lose the last moments, but never damages the databases: fsync stays on.
fsync = on
synchronous_commit = off
# The same everywhere, whatever this machine is set to.
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] %q%u@%d '
log_checkpoints = off
# Short statements on small tables: compiling them costs more than it brings.
jit = off
",
        socket_dir.display()
    );
    let data = state.data();
    write_new(&data, "pgward.conf", &text, 0o600, Some(account)).map_err(|error| state.cannot("write to", &error))
}

/// Ports to try, beginning at one that stands for the folder, so that projects don't get into each other's way.
fn suggested_ports(dir: &Path) -> impl Iterator<Item = u16> + use<> {
    let hash = u32::from_str_radix(&short_hash(dir), 16).unwrap_or(0);
    let count = u32::from(PORTS.end - PORTS.start);
    (0..1000).filter_map(move |n| Some(PORTS.start + u16::try_from((hash % count + n) % count).ok()?))
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// What was written to a log since a position; at most the last few kilobytes.
fn tail(log: &Path, from: u64) -> String {
    let read = || {
        let mut file = fs::File::open(log)?;
        let end = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(from.max(end.saturating_sub(8192)).min(end)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    };
    read().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{PORTS, suggested_ports};

    #[test]
    fn a_folder_has_its_ports() {
        let ports: Vec<_> = suggested_ports(Path::new("/a")).take(3).collect();
        assert_eq!(ports, suggested_ports(Path::new("/a")).take(3).collect::<Vec<_>>());
        assert_ne!(ports, suggested_ports(Path::new("/b")).take(3).collect::<Vec<_>>());
        assert!(suggested_ports(Path::new("/a")).all(|port| PORTS.contains(&port)));
    }
}
