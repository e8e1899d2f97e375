//! What a run of migrations does when something goes wrong around it: other runs, kills, signals, lost servers, full
//! disks. The built program, against real servers.

#![expect(clippy::unwrap_used, unreachable_pub, reason = "helpers of tests are tests")]
#![expect(clippy::print_stdout, reason = "a test's output is shown when it fails")]

mod at_once;
mod disk_full;
mod interrupted;
mod killed;
mod long_run;
mod mount;
mod others_lock;
mod own_server;
mod program;
mod queue;
mod server_lost;
#[path = "../db/skipped.rs"]
mod skipped;
mod streams;
#[path = "../db/support.rs"]
mod support;
