//! Everything the program shows, as snapshots: a file a subcommand.

#![expect(clippy::unwrap_used, unreachable_pub, reason = "helpers of tests are tests")]

mod advise;
mod connection;
mod diff;
mod docs;
mod down;
mod env;
mod explain;
mod formats;
mod gate;
mod help;
mod init;
mod lint;
mod new;
mod redo;
mod reports;
mod rls;
mod rules;
#[path = "../db/skipped.rs"]
mod skipped;
mod snapshot;
mod status;
mod support;
mod up;
mod verify;
