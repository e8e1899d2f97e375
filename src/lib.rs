//! PostgreSQL migrations and schema checks: migrate, verify, review.
//!
//! One way through: migration [`source`]s go through the [`runner`] into a database, [`introspect`] reads the
//! database back as a [`model::Catalog`] with the help of the [`kinds`], and [`diff`] and [`verify`] compare catalogs.
//! ARCHITECTURE.md has the table of rooms and what each may import; `tests/architecture.rs` holds them to it.

pub mod advise;
pub mod base;
pub mod cli;
pub mod diff;
pub mod docs;
pub mod gate;
pub mod introspect;
pub mod kinds;
pub mod lint;
pub mod model;
pub mod ops;
pub mod pg;
pub mod plan;
pub mod prove;
pub mod report;
pub mod rls;
pub mod runner;
pub mod source;
pub mod sql;
pub mod trace;
pub mod verify;
