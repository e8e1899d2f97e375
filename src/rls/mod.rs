//! Who can do what: tried for real, in a transaction that rolls back, and compared with a manifest.
//!
//! Works on a throw-away database that holds the schema and nothing else. Rows are seeded for two tenants and a third;
//! then every role and identity of the manifest tries every command on the first tenant's row, by each way to it (table,
//! view, function, partition) and column by column. A refusal counts only beside a control: the same statement, on the same
//! row, by one who may. Knows no files and no migrations.

pub mod codes;
mod judge;
mod look;
mod manifest;
mod probe;
mod rows;
mod seed;
mod statements;
mod verdict;

use tokio_postgres::Client;

pub use judge::compare;
pub use look::Way;
pub use manifest::{Identity, Manifest};
pub use verdict::{COMMANDS, Command, Verdict};

use crate::base::Result;
use crate::pg::server_error;

/// What was tried, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// How the row was reached.
    pub way: Way,
    /// The schema of what it was reached by.
    pub schema: String,
    /// Its name; a function's with its argument types.
    pub name: String,
    /// Who acted.
    pub role: String,
    /// As whom.
    pub identity: String,
    /// What was tried.
    pub command: Command,
    /// What came of it, or why that says nothing.
    pub observed: std::result::Result<Verdict, String>,
}

impl Cell {
    /// The name with its schema, as SQL writes it.
    #[must_use]
    pub fn object(&self) -> String {
        match self.way {
            Way::Function => format!("{}.{}", crate::base::Ident(&self.schema), self.name),
            _ => crate::base::Path(&[&self.schema, &self.name]).to_string(),
        }
    }
}

/// Seeds rows and tries everything, in one transaction that rolls back. `client` is connected to a throw-away database as a
/// role that may do everything in it.
///
/// # Errors
///
/// When the connection is lost; when a role of the manifest is not there; when the manifest's own SQL fails.
pub async fn observe(client: &mut Client, manifest: &Manifest) -> Result<Vec<Cell>> {
    let failed = |error| server_error(error, "trying who can do what");
    let mut transaction = client.transaction().await.map_err(failed)?;
    let world = look::look(&transaction, manifest).await?;
    let seeded = seed::seed(&mut transaction, &world, manifest).await?;
    seed::refresh(&mut transaction, &world).await?;
    let cells = probe::probe(&transaction, &world, &seeded, manifest).await?;
    transaction.rollback().await.map_err(failed)?;
    Ok(cells)
}
