//! Reading a live database as a catalog: every kind's query in one snapshot, in one round trip.
//!
//! May not write, and leaves the session as it found it. What no kind models is read too and listed by name.

mod assemble;
mod equivalences;
mod reread;
mod rows;
mod uncovered;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use futures_util::TryFutureExt;
use futures_util::future::{MaybeDone, maybe_done};
use tokio_postgres::{Client, Row};

pub use equivalences::{EQUIVALENCES, Equivalence};
pub use uncovered::{GAPS, NOT_SCHEMA};

use crate::base::{Error, ErrorKind, Result};
use crate::kinds;
use crate::model::{Catalog, SchemaFilter};
use crate::pg::{OLDEST_SUPPORTED, server_error};
use assemble::{Assembly, Strangers};

/// Every setting that changes what the deparsing functions write, and those that make many small plans fast, for the
/// transaction alone. The temporary schema is named so that it comes last: left out, it would be searched first and could
/// hide what the queries name.
const SETTINGS: &str = "
    set local search_path = pg_catalog, pg_temp;
    set local timezone = 'UTC';
    set local datestyle = 'ISO, MDY';
    set local intervalstyle = 'postgres';
    set local bytea_output = 'hex';
    set local xmlbinary = 'base64';
    set local extra_float_digits = 3;
    set local quote_all_identifiers = off;
    set local standard_conforming_strings = on;
    set local lc_monetary = 'C';
    set local row_security = off;
    set local jit = off;
    set local work_mem = '32MB';
    set local max_parallel_workers_per_gather = 0;";

const FINGERPRINT: &str = include_str!("fingerprint.sql");
const ANNOTATIONS: &str = include_str!("annotations.sql");
const NEEDS: &str = include_str!("needs.sql");
const STRANGERS: &str = include_str!("strangers.sql");

/// Reads what the database holds, without what the filter leaves out.
///
/// All of it is one repeatable-read, read-only transaction with pinned settings, sent without waiting for answers. The
/// server deparses expressions by the newest catalog and not by the transaction's snapshot, so the catalogs' state is
/// compared before and after, and the reading done again once if it changed.
///
/// No transaction may be open on `client`. Its settings are untouched, also after an error or when the future is dropped.
///
/// # Errors
///
/// A statement error that names the kind and carries the server's message; an environment error for a server before
/// PostgreSQL 15; a lock error when the schema kept changing.
pub async fn read(client: &mut Client, filter: &SchemaFilter) -> Result<Catalog> {
    for _ in 0..2 {
        let (before, result, after) = attempt(client).await?;
        if before == after {
            return result.map(|catalog| filter.apply(catalog));
        }
        tracing::debug!(%before, %after, "the schema changed while it was read");
    }
    Err(Error::new(ErrorKind::Lock, "the schema changed while it was read, twice in a row")
        .with_hint("try again when no other session changes the schema"))
}

/// Reads once: the state of the catalogs before, what was read, and the state after.
///
/// What was read may itself be an error: a concurrent change makes the server lose objects midway, which matters only
/// when nothing changed.
async fn attempt(client: &Client) -> Result<(String, Result<Catalog>, String)> {
    let begin = format!("begin isolation level repeatable read, read only;{SETTINGS}");
    // The state after is read in a transaction of its own, because the first one's snapshot would hide the changes.
    let begin_again = format!("begin isolation level read committed, read only;{SETTINGS}");
    let mut steps = vec![command(client, &begin), query(client, FINGERPRINT)];
    steps.push(query(client, STRANGERS));
    steps.extend(kinds::ALL.iter().map(|kind| query(client, kind.query)));
    steps.extend([query(client, ANNOTATIONS), query(client, NEEDS), query(client, uncovered::QUERY)]);
    steps.extend([command(client, "commit"), command(client, &begin_again), query(client, FINGERPRINT)]);
    steps.push(command(client, "commit"));
    let mut replies = in_order(steps).await.into_iter();
    let mut next = || replies.next().expect("one reply for each step");

    next().map_err(|error| server_error(error, "cannot begin to read the catalog"))?;
    let before = state(next())?;
    let result = catalog(&mut next);
    let [_, begun, after, _] = [next(), next(), next(), next()];
    begun.map_err(|error| server_error(error, "cannot begin to read the catalog"))?;
    Ok((before, result, state(after)?))
}

/// The rows of one step, or what the server said instead.
type Reply = std::result::Result<Vec<Row>, tokio_postgres::Error>;
type Step<'a> = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

fn command<'a>(client: &'a Client, sql: &'a str) -> Step<'a> {
    Box::pin(client.batch_execute(sql).map_ok(|()| Vec::new()))
}

fn query<'a>(client: &'a Client, sql: &'a str) -> Step<'a> {
    Box::pin(client.query_typed(sql, &[]))
}

/// Sends all steps, in order, before the first answer is awaited, and returns the answers in the same order.
///
/// The driver puts a statement on the wire when its future is first polled; polling them in order, in one go, is what
/// makes this one round trip. (`join_all` does so for small numbers only.)
async fn in_order(steps: Vec<Step<'_>>) -> Vec<Reply> {
    let mut steps: Vec<MaybeDone<Step<'_>>> = steps.into_iter().map(maybe_done).collect();
    poll_fn(|context| {
        let pending =
            steps.iter_mut().filter_map(|step| Pin::new(step).poll(context).is_pending().then_some(())).count();
        if pending == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    steps.iter_mut().map(|step| Pin::new(step).take_output().expect("every step is done")).collect()
}

/// Reads a fingerprint's row, and refuses a server that the queries are not written for.
fn state(reply: Reply) -> Result<String> {
    let rows = reply.map_err(|error| server_error(error, "cannot read the state of the catalogs"))?;
    let row = rows.first().ok_or_else(|| Error::environment("the server gave no version"))?;
    let version: i32 = get(row, 0)?;
    let major = version / 10_000;
    if i64::from(major) < i64::from(OLDEST_SUPPORTED) {
        return Err(Error::environment(format!("the server is PostgreSQL {major}, too old to be read"))
            .with_hint(format!("PostgreSQL {OLDEST_SUPPORTED} or newer is needed")));
    }
    get(row, 1)
}

/// Takes the kinds' replies and the others about their objects, and makes the catalog.
fn catalog(next: &mut impl FnMut() -> Reply) -> Result<Catalog> {
    // Every reply is taken before an error is returned, so that the caller's next ones are its own.
    let strangers = next();
    let replies: Vec<_> = kinds::ALL.iter().map(|kind| (*kind, next())).collect();
    let [annotations, needs, uncovered] = [next(), next(), next()];
    let mut assembly = Assembly::default();
    let strangers = Strangers::read(strangers)?;
    for (kind, reply) in replies {
        assembly.add(kind, reply, &strangers)?;
    }
    assembly.annotate(annotations)?;
    assembly.relate(needs)?;
    assembly.finish(uncovered)
}

fn get<'a, T: tokio_postgres::types::FromSql<'a>>(row: &'a Row, column: usize) -> Result<T> {
    row.try_get(column).map_err(|error| server_error(error, "cannot read the server's answer"))
}
