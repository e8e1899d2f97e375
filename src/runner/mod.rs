//! Applying and undoing migrations: history, locks, transactions, over refinery.
//!
//! An application that embeds its migrations with refinery and brings its database up to date at start:
//!
//! ```no_run
//! # async fn start(migrations: &[refinery_core::Migration]) -> Result<(), Box<dyn std::error::Error>> {
//! use pgward::runner::Runner;
//! use pgward::source::Migrations;
//!
//! let (mut client, connection) = tokio_postgres::connect("host=localhost dbname=app", tokio_postgres::NoTls).await?;
//! tokio::spawn(connection);
//!
//! // refinery::embed_migrations!("migrations") gives migrations::runner(); see examples/embedded.rs.
//! let migrations = Migrations::from_refinery(migrations)?;
//! let report = Runner::new(migrations).up(&mut client).await?;
//! println!("{} migrations applied", report.done.len());
//! # Ok(())
//! # }
//! ```
//!
//! The history is refinery's: its table, its rows, its checksum. What a run promises:
//!
//! - A file and its row in the history are one transaction, sent in one round trip. Files that ask for it with
//!   `-- pgward:no-transaction` run statement by statement, and a run that failed half-way goes on where it was.
//! - One run at a time for each history: a lock that is polled, and freed by the server when the connection ends.
//!   Not through a pooler that pools transactions, as PgBouncer can: there is no session to hold the lock.
//! - Nothing that a file sets reaches the next one: role, search path and settings are put back to what they were when
//!   the run was given the connection. Settings with names of one's own (`my.setting`) are reset: the server has no list
//!   of them. Temporary tables, prepared statements, held cursors and channels end before the next file, unless the
//!   caller had such things in the session.
//! - A migration that frees the lock (`pg_advisory_unlock_all()`) is rolled back if another run took it meanwhile.
//! - A statement waits some seconds for its locks, so that others don't queue behind it, and is tried again later.
//! - An error has the place in the file. What a down would lose it says before it is lost.
//!
//! The connection must not be inside a transaction. When the future of a run is dropped before it is done, the server
//! may still finish what it was sent, and the lock is held until the connection ends.

mod apply;
mod choose;
mod event;
mod guard;
mod history;
mod job;
mod lock;
mod look;
mod options;
mod run;
mod server;
mod session;
mod settings;
mod status;
mod steps;
mod transaction;
mod wire;

pub use apply::Done;
pub use choose::{Target, Undo};
pub use event::{Event, Holder};
pub use history::{HistoryTable, Partial, Row};
pub use options::Retry;
pub use run::{Plan, Planned, Report, Runner};
pub use status::{Entry, State, Status};
