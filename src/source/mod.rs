//! Migrations as an ordered set: from the embedded bundle, a directory, or what an application embeds with refinery.
//!
//! Knows files and their names, no database. Nothing in a directory is skipped in silence.

mod bundle;
mod checksum;
mod create;
mod directory;
mod layout;
mod migration;
mod places;
mod set;
#[cfg(test)]
mod tests;

pub use checksum::{Match, Width};
pub use create::{NewFiles, new_files, new_files_of};
pub use layout::{Direction, LAYOUTS, Layout};
pub use migration::{Migration, SqlFile};
pub use places::Places;
pub use set::{Migrations, Origin};
