//! The state of a database's catalogs as a short text: has anything changed?

use std::sync::LazyLock;

use tokio_postgres::{Client, Row};

use super::asking::{Asking, first, settings};
use super::get;
use crate::base::{Error, Literal, Result};
use crate::kinds;
use crate::model::digest_of;
use crate::pg::{OLDEST_SUPPORTED, server_error};

/// The version of the server, the state of the catalogs that the deparsing functions read as they are now, and the
/// snapshot in which it was seen.
pub(super) const STATE: &str = include_str!("fingerprint.sql");

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

/// The state of the catalogs, and the snapshot in which it was seen.
pub(super) struct State {
    pub(super) text: String,
    snapshot: String,
}

impl State {
    /// Asks for the state once more. Where the snapshot is the same and nobody was writing, nobody has written since: then
    /// nothing is counted.
    pub(super) fn again(&self) -> String {
        let same = match self.snapshot.split(':').collect::<Vec<_>>()[..] {
            [oldest, next, ""] => oldest == next,
            _ => false,
        };
        if !same {
            return STATE.to_owned();
        }
        format!(
            "select pg_catalog.current_setting('server_version_num')::integer,
                case when pg_catalog.pg_current_snapshot()::text = {} then {} else (select q.state from (\n{STATE}\n) q) end, ''",
            Literal(&self.snapshot),
            Literal(&self.text)
        )
    }
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

    /// Made of the state before, and of the others', which is the next answer.
    pub(super) async fn of(state: &str, asking: &mut Asking<'_>) -> Result<Self> {
        let others = first(asking, |row| get::<String>(row, 0), WHAT).await?.unwrap_or_default();
        Ok(Self::new(state, &others))
    }

    fn new(state: &str, others: &str) -> Self {
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
    let state =
        state.map_err(failed)?.first().map(read_state).transpose()?.map_or_else(String::new, |state| state.text);
    let others = others.map_err(failed)?.first().map(|row| get::<String>(row, 0)).transpose()?.unwrap_or_default();
    ended.map_err(failed)?;
    Ok(Fingerprint::new(&state, &others))
}

/// Reads the next answer as a state, and refuses a server that the queries are not written for.
pub(super) async fn state(asking: &mut Asking<'_>) -> Result<State> {
    first(asking, read_state, WHAT).await?.ok_or_else(|| Error::environment("the server gave no version"))
}

fn read_state(row: &Row) -> Result<State> {
    let version: i32 = get(row, 0)?;
    let major = version / 10_000;
    if i64::from(major) < i64::from(OLDEST_SUPPORTED) {
        return Err(Error::environment(format!("the server is PostgreSQL {major}, too old to be read"))
            .with_hint(format!("PostgreSQL {OLDEST_SUPPORTED} or newer is needed")));
    }
    Ok(State { text: get(row, 1)?, snapshot: get(row, 2)? })
}
