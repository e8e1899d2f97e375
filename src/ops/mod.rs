//! The client of the `ops` schema: its functions and lists, waiting for a run, and the worker.
//!
//! Everything that changes a run goes through the schema's functions, whose answers are JSON with a stable code; this room
//! adds no rule of its own. It prints nothing and reads no environment.

mod answer;
mod child;
mod job;
mod link;
mod lists;
mod wait;
mod worker;

pub use answer::{Answer, call};
pub use lists::{find_run, list};
pub use wait::{RunWatch, Status};
pub use worker::{Event, Worker, WorkerOptions};
