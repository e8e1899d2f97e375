//! Databases as a whole: making one that may be there already.

use super::{Options, Session, connect};
use crate::base::{Ident, Result};

/// Makes a database unless there is one of that name. `server` says how to connect to any other of the same server.
///
/// # Errors
///
/// When the server can't be reached, or the role may not make databases.
pub async fn ensure_database(server: &Options, name: &str) -> Result<()> {
    let session = connect(server).await?;
    create_database_if_missing(&session, name).await?;
    session.close().await;
    Ok(())
}

pub(super) async fn create_database_if_missing(session: &Session, name: &str) -> Result<()> {
    let what = || format!("create the database {}", Ident(name));
    let query = "select exists (select from pg_catalog.pg_database where datname = $1)";
    let row = session.client().query_one(query, &[&name]).await.map_err(|error| session.error(error, what()))?;
    if row.get(0) {
        return Ok(());
    }
    match session.client().batch_execute(&format!("create database {}", Ident(name))).await {
        // Another process was as quick: either before we looked for the name, or between that and the catalog.
        Err(error) if matches!(error.code().map(|code| code.code()), Some("42P04" | "23505")) => Ok(()),
        made => made.map_err(|error| session.error(error, what())),
    }
}
