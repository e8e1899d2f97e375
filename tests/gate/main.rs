//! The gate on the bundle's own project: it passes as it is, and finds every planted fault.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod ci;
mod faults;
mod files;
mod planted;
mod project;
mod statements;
