//! The state of a database's catalogs as a short text: has anything changed?

use std::sync::LazyLock;

use tokio_postgres::{Client, Row};

use super::asking::{Asking, first, settings};
use super::get;
use crate::base::Result;
use crate::kinds;
use crate::model::digest_of;
use crate::pg::server_error;

/// The state of the catalogs that the deparsing functions read as they are now.
pub(super) const STATE: &str = include_str!("fingerprint.sql");

/// Whether nobody can have changed anything since the transaction's snapshot was taken: nobody was writing then, and no
/// transaction has begun to write since. What is counted from is the newest transaction when `age()` is first asked for in a
/// transaction, so nothing else may ask for it before.
const QUIET: &str = "select pg_catalog.pg_snapshot_xmin(s) = pg_catalog.pg_snapshot_xmax(s)
    and pg_catalog.age(pg_catalog.pg_snapshot_xmax(s)::pg_catalog.xid) = 0
from pg_catalog.pg_current_snapshot() s";

/// The state of what else is read. Of a catalog that most roles see through a view or in part alone, it has what they see.
pub(super) static OTHERS: LazyLock<String> = LazyLock::new(|| {
    let seen = ["user mapping", "subscription"].iter().filter_map(|kind| kinds::by_name(kind)).map(|kind| {
        format!(
            ",\n(select md5(string_agg(row_to_json(q)::text, ' ' order by row_to_json(q)::text)) from (\n{}\n) q)",
            kind.query
        )
    });
    format!("select concat_ws(' ', (\n{}\n){})", include_str!("others.sql"), seen.collect::<String>())
});

/// Asks in the transaction that has read whether anything may have changed meanwhile, and for the state in its snapshot: where
/// nothing has and it is not wanted for itself, that is not counted.
pub(super) fn check(state: bool) -> String {
    format!("select q.quiet, case when {state} or not q.quiet then ({STATE}) end from ({QUIET}) q (quiet)")
}

/// Reads the next answer as that of [`check`].
pub(super) async fn checked(asking: &mut Asking<'_>) -> Result<(bool, Option<String>)> {
    let read = |row: &Row| Ok((get(row, 0)?, get(row, 1)?));
    Ok(first(asking, read, WHAT).await?.unwrap_or_default())
}

/// Reads the next answer as a state.
pub(super) async fn state(asking: &mut Asking<'_>) -> Result<Option<String>> {
    first(asking, |row| get(row, 0), WHAT).await
}

/// What a database's catalogs were like, for one role and one version of pgward.
///
/// Of the same database, two that are equal say that nothing that [`read`](super::read) reads has changed in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Its text, to be kept; [`From`] makes it again.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn new(state: &str, others: &str) -> Self {
        Self(digest_of(&format!("{} {state} {others}", env!("CARGO_PKG_VERSION"))))
    }
}

impl From<String> for Fingerprint {
    fn from(text: String) -> Self {
        Self(text)
    }
}

const WHAT: &str = "cannot read the state of the catalogs";

/// Takes a fingerprint alone.
pub(super) async fn take(client: &Client) -> Result<Fingerprint> {
    let failed = |error| server_error(error, WHAT);
    let begin = format!("begin isolation level repeatable read, read only;{}", settings(""));
    let (begun, state, others, ended) = futures_util::join!(
        client.batch_execute(&begin),
        client.query_typed(STATE, &[]),
        client.query_typed(&OTHERS, &[]),
        client.batch_execute("commit"),
    );
    begun.map_err(failed)?;
    let text = |rows: Vec<Row>| rows.first().map(|row| get::<String>(row, 0)).transpose();
    let state = text(state.map_err(failed)?)?.unwrap_or_default();
    let others = text(others.map_err(failed)?)?.unwrap_or_default();
    ended.map_err(failed)?;
    Ok(Fingerprint::new(&state, &others))
}
