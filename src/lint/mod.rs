//! Rules over the text of migrations: what a statement will do to a running system, said before it runs.
//!
//! Reads text, and if it is given one, the catalog that the files will be applied to. Talks to no server: what a statement
//! really locks, [`trace`](crate::trace) sees.

mod baseline;
mod conventions;
mod effects;
mod engine;
mod known;
mod rules;
mod site;
mod waiver;

pub use baseline::Baseline;
pub use conventions::{Conventions, NAMED, Owner};
pub use engine::{File, Linted, Options, RunBy, lint};
pub use rules::RULES;
pub use site::{Claim, Rule};

use crate::base::Code;

/// Every code of this room: of the rules, and of what is said about waivers and unread text.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    RULES.iter().map(|rule| &rule.code).chain(engine::CODES.iter().copied()).chain(waiver::CODES.iter().copied())
}
