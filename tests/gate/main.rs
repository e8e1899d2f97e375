//! The gate on the bundle's own project: it passes as it is, and finds every planted fault.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests are tests, and one says its figures")]

mod ci;
mod faults;
mod files;
mod planted;
mod project;
mod statements;
