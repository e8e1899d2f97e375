//! The process of a run: in a group of its own, its output line by line, stopped as a group, also by the death of the worker.

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

use crate::base::{Error, Result};

/// Lines that may wait to be sent before the process has to wait for the server.
const LINES_AHEAD: usize = 10_000;

/// Leads the group of a run's process, which it outlives: when the worker is gone, however it went, its standard input ends.
/// Then it stops the group as the worker does, `$1` seconds after having asked.
const GUARD: &str = "trap '' HUP INT TERM; read -r line; kill -TERM 0; sleep \"$1\"; kill -KILL 0";

/// A longer line is cut into several.
const LONGEST_LINE: usize = 64 * 1024;

/// A run's process.
pub(super) struct RunProcess {
    child: Child,
    /// Not waited for as long as signals may be sent to its group, so that the number is of no other.
    _guard: Child,
    group: Pid,
    grace: Duration,
    /// Lines as `ops.append_run_logs` takes them.
    pub(super) lines: Receiver<Value>,
}

impl RunProcess {
    /// Starts a shell command with the run's data in its environment. `grace` is how long it may take to stop when asked.
    pub(super) fn start(command: &str, env: &[(String, OsString)], grace: Duration) -> Result<Self> {
        let failed = |error| Error::environment("the command can't be started").with_source(error);
        let mut guard = Command::new("/bin/sh");
        guard.args(["-c", GUARD, "pgward"]).arg(grace.as_secs().to_string());
        guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).kill_on_drop(true);
        let guard = guard.spawn().map_err(failed)?;
        let group = guard.id().and_then(|id| i32::try_from(id).ok()).unwrap_or(-1);
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(command).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        shell.envs(env.iter().map(|(name, value)| (name, value))).process_group(group).kill_on_drop(true);
        let mut child = shell.spawn().map_err(failed)?;
        let (sender, lines) = channel(LINES_AHEAD);
        if let Some(out) = child.stdout.take() {
            tokio::spawn(read_lines(out, "info", sender.clone()));
        }
        if let Some(err) = child.stderr.take() {
            tokio::spawn(read_lines(err, "warn", sender));
        }
        Ok(Self { child, _guard: guard, group: Pid::from_raw(group), grace, lines })
    }

    /// The process and its output, to wait for both at once.
    pub(super) fn parts(&mut self) -> (&mut Child, &mut Receiver<Value>) {
        (&mut self.child, &mut self.lines)
    }

    /// Ends the group: asks first, and makes an end of it after a while.
    pub(super) async fn stop(&mut self) {
        // The group may be gone already.
        let _ = killpg(self.group, Signal::SIGTERM);
        let _ = timeout(self.grace, self.child.wait()).await;
        self.kill();
        let _ = self.child.wait().await;
    }

    /// Ends what is left of the group.
    pub(super) fn kill(&self) {
        if self.group.as_raw() > 1 {
            let _ = killpg(self.group, Signal::SIGKILL);
        }
    }
}

impl Drop for RunProcess {
    /// Nothing of a run goes on without its worker.
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits for the process itself; what it left running may still hold its output open.
pub(super) async fn exit_code(child: &mut Child) -> Result<i32> {
    let status = child.wait().await;
    status.map(code).map_err(|error| Error::environment("the command can't be waited for").with_source(error))
}

/// As a shell has it: 128 and the signal for a process that a signal ended.
fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

async fn read_lines(stream: impl AsyncRead + Unpin, level: &'static str, sender: Sender<Value>) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    loop {
        let (taken, complete) = match reader.fill_buf().await {
            Ok([]) | Err(_) => (0, true),
            Ok(bytes) => match bytes.iter().position(|byte| *byte == b'\n') {
                Some(end) => {
                    line.extend_from_slice(&bytes[..end]);
                    (end + 1, true)
                }
                None => {
                    line.extend_from_slice(bytes);
                    (bytes.len(), line.len() >= LONGEST_LINE)
                }
            },
        };
        reader.consume(taken);
        if complete && (taken > 0 || !line.is_empty()) {
            // PostgreSQL's texts hold no zero byte.
            let text = String::from_utf8_lossy(&line).trim_end_matches('\r').replace('\0', "\u{fffd}");
            line.clear();
            if sender.send(json!({ "level": level, "message": text })).await.is_err() {
                return;
            }
        }
        if taken == 0 {
            return;
        }
    }
}
