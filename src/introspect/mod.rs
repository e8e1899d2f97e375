//! Reading a live database as a catalog: every kind's query in one snapshot, in one round trip, and another where somebody
//! wrote meanwhile.
//!
//! May not write, and leaves the session as it found it. What no kind models is read too and listed by name.

mod asking;
mod assemble;
mod equivalences;
mod few;
mod fingerprint;
mod order;
mod reread;
mod rows;
mod single;
mod uncovered;

use tokio_postgres::{Client, Row};

pub use equivalences::{EQUIVALENCES, Equivalence};
pub use fingerprint::Fingerprint;
pub use uncovered::{GAPS, NOT_SCHEMA};

use crate::base::{Error, ErrorKind, Result};
use crate::model::{Catalog, SchemaFilter};
use crate::pg::{Session, server_error};
use asking::{Asked, Failed};

const ANNOTATIONS: &str = include_str!("annotations.sql");
const NEEDS: &str = include_str!("needs.sql");
const WHOLES: &str = include_str!("parts.sql");
const STRANGERS: &str = include_str!("strangers.sql");

/// How many sessions beside its own [`read_together`] has use for.
pub const HELPERS: u8 = 2;

/// Reads what the database holds, without what the filter leaves out.
///
/// All of it is one repeatable-read, read-only transaction with pinned settings, sent without waiting for answers. The
/// server deparses expressions by the newest catalog and not by the transaction's snapshot, so, unless no transaction has
/// written meanwhile, the catalogs' state is compared before and after, and the reading done again once if it changed.
///
/// No transaction may be open on `client`. Its settings are untouched, also after an error or when the future is dropped.
///
/// # Errors
///
/// A statement error that names the kind and carries the server's message; an environment error for a server before
/// PostgreSQL 15; a lock error when the schema kept changing.
pub async fn read(client: &mut Client, filter: &SchemaFilter) -> Result<Catalog> {
    read_together(client, Vec::new(), filter).await
}

/// Reads as [`read`] does, with further sessions on the same database that see the same snapshot and do a part of the work:
/// worth their while where a database has thousands of tables. Where the snapshot can't be shared, one session reads all.
///
/// # Errors
///
/// As for [`read`].
pub async fn read_together(client: &mut Client, helpers: Vec<Session>, filter: &SchemaFilter) -> Result<Catalog> {
    settled(client, helpers, false).await.map(|asked| filter.apply(asked.catalog))
}

/// Reads as [`read`] does, unless nothing has changed since the last time, which takes a small part of the time; then
/// returns nothing. What was there is kept in `last`, which is to be used with one filter alone.
///
/// # Errors
///
/// As for [`read`].
pub async fn read_if_changed(
    client: &mut Client,
    filter: &SchemaFilter,
    last: &mut Option<Fingerprint>,
) -> Result<Option<Catalog>> {
    if last.is_some() && *last == Some(fingerprint::take(client).await?) {
        return Ok(None);
    }
    let asked = settled(client, Vec::new(), true).await?;
    *last = asked.fingerprint;
    Ok(Some(filter.apply(asked.catalog)))
}

/// Reads until nothing changed meanwhile: twice at most.
async fn settled(client: &Client, mut helpers: Vec<Session>, fingerprint: bool) -> Result<Asked> {
    let mut failed = None;
    for _ in 0..2 {
        let outcome = asking::ask(client, &mut helpers, fingerprint).await?;
        match outcome.asked {
            Ok(asked) if outcome.unchanged => return Ok(asked),
            asked => failed = asked.err(),
        }
        for helper in &helpers {
            // A helper that is gone is found out when it is used again.
            let _ = helper.client().batch_execute("rollback").await;
        }
        tracing::debug!(failed = failed.is_some(), "the schema changed while it was read");
    }
    Err(match failed {
        Some(Failed::Few(error)) => asking::name_failed(client, error).await,
        Some(Failed::Here(error)) => error,
        None => Error::new(ErrorKind::Lock, "the schema changed while it was read, twice in a row")
            .with_hint("try again when no other session changes the schema"),
    })
}

fn get<'a, T: tokio_postgres::types::FromSql<'a>>(row: &'a Row, column: usize) -> Result<T> {
    row.try_get(column).map_err(|error| server_error(error, "cannot read the server's answer"))
}
