//! Lists: rows of a query as JSON objects, and runs by the names that people use.

use serde_json::Value;
use tokio_postgres::types::ToSql;

use super::answer::failed;
use crate::base::{Error, Result};
use crate::pg::Session;

/// The rows of a query, each as an object by the names of its columns.
///
/// # Errors
///
/// What the server says.
pub async fn list(session: &Session, query: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Value>> {
    let sql = format!("select pg_catalog.to_jsonb(q) from ({query}) q");
    let rows = session.client().query(&sql, params).await.map_err(|error| failed(session, error))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// The id of the run that is called so: by its reference, or by its id.
///
/// # Errors
///
/// When there is no such run, or none that the role may see.
pub async fn find_run(session: &Session, name: &str) -> Result<String> {
    let by = if is_uuid(name) { "r.id = $1::text::uuid" } else { "r.run_ref = $1::text" };
    let sql = format!("select r.id::text from ops.runs r where {by}");
    let row = session.client().query_opt(&sql, &[&name]).await.map_err(|error| failed(session, error))?;
    match row {
        Some(row) => Ok(row.get(0)),
        None => Err(Error::input(format!("there is no run {name}"))
            .with_hint("`pgward run list` shows runs with their references and ids")),
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(n, byte)| match n {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::is_uuid;

    #[test]
    fn ids_are_told_from_references() {
        assert!(is_uuid("10000000-0000-4000-8000-00000000000A"));
        for text in [
            "run-20260214-120000-abc123d",
            "",
            "10000000-0000-4000-8000-00000000000",
            "10000000x0000-4000-8000-000000000000",
        ] {
            assert!(!is_uuid(text), "{text}");
        }
    }
}
