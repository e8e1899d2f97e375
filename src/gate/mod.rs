//! The gate: what came of each check, at which threshold, and the one verdict over all of them.
//!
//! What a check could not evaluate is never green. Knows no database and prints nothing: `cli::gate` runs the checks, each
//! in a file of its own, and hands their results to this room.

pub mod codes;
mod markdown;
mod outcome;
mod pages;

pub use outcome::{Found, section, verdict, without_notes};
pub use pages::{Page, check_pages};
