//! What is asked of the server, in which order, and by which session: everything goes out before the first answer is
//! awaited, and each answer is taken row by row.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::Poll;
use std::time::Duration;

use futures_util::TryStreamExt;
use futures_util::future::{MaybeDone, maybe_done};
use tokio::time::timeout;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row, RowStream};

use super::assemble::Assembly;
use super::few::{self, Few, MANY, PARTS};
use super::fingerprint::{self, Fingerprint};
use super::rows::Columns;
use super::{ANNOTATIONS, NEEDS, WHOLES, get};
use crate::base::{Error, ErrorKind, Literal, Result};
use crate::kinds;
use crate::model::Catalog;
use crate::pg::{OLDEST_SUPPORTED, Session, server_error};

/// Every setting that changes what the deparsing functions write, and those that make many small plans fast, for the
/// transaction alone: a merge would sort what a hash table takes as it comes, and what is looked up once is not worth
/// remembering. The temporary schema is named so that it comes last: left out, it would be searched first and could hide
/// what the queries name.
const SETTINGS: &[(&str, &str)] = &[
    ("search_path", "pg_catalog, pg_temp"),
    ("timezone", "UTC"),
    ("datestyle", "ISO, MDY"),
    ("intervalstyle", "postgres"),
    ("bytea_output", "hex"),
    ("xmlbinary", "base64"),
    ("extra_float_digits", "3"),
    ("quote_all_identifiers", "off"),
    ("standard_conforming_strings", "on"),
    ("lc_monetary", "C"),
    ("row_security", "off"),
    ("jit", "off"),
    ("work_mem", "32MB"),
    ("enable_mergejoin", "off"),
    ("enable_memoize", "off"),
    ("max_parallel_workers_per_gather", "0"),
];

const CANNOT_BEGIN: &str = "cannot begin to read the catalog";

const VERSION: &str = ", pg_catalog.current_setting('server_version_num')::pg_catalog.int4";

const BEGIN: &str = "begin isolation level repeatable read, read only";

/// The statement that makes all settings, and what else it selects.
pub(super) fn settings(more: &str) -> String {
    let set = |(name, value): &(&str, &str)| format!("pg_catalog.set_config('{name}', '{value}', true)");
    format!("select {}{more}", SETTINGS.iter().map(set).collect::<Vec<_>>().join(", "))
}

/// Comments and security labels, what is part of what, and what needs what, in one statement. The latter are the most by
/// far: as lists, all of one catalog's and another's in a row, they cost the server and the client the least.
static ABOUT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "select q.class, q.oid, q.sub, q.provider::text, q.text,
            null::oid as other, null::oid[] as oids, null::integer[] as subs, null::oid[] as others, null::integer[] as other_subs
        from (\n{ANNOTATIONS}\n) q
        union all
        select q.class, null, null, null, null,
            q.whole_class, array_agg(q.oid), null, array_agg(q.whole), array_agg(q.whole_sub)
        from (\n{WHOLES}\n) q
        group by q.class, q.whole_class
        union all
        select q.class, null, null, null, null,
            q.needed_class, array_agg(q.oid), array_agg(q.sub), array_agg(q.needed), array_agg(q.needed_sub)
        from (\n{NEEDS}\n) q
        group by q.class, q.needed_class"
    )
});

/// What was read.
pub(super) struct Asked {
    pub(super) catalog: Catalog,
    /// Where it was asked for.
    pub(super) fingerprint: Option<Fingerprint>,
}

/// Why nothing was read.
pub(super) enum Failed {
    /// A part of the statement that reads what there is little of; the server does not say which.
    Few(Error),
    /// As it says.
    Here(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Here(error)
    }
}

/// One reading.
pub(super) struct Outcome {
    /// What was read. May be an error because something changed meanwhile, which makes the server lose objects midway.
    pub(super) asked: std::result::Result<Asked, Failed>,
    /// Whether the catalogs were the same before and after.
    pub(super) unchanged: bool,
}

/// Reads once. Helpers that can't see the same snapshot are sent away, and one session reads all.
pub(super) async fn ask(client: &Client, helpers: &mut Vec<Session>, fingerprint: bool) -> Result<Outcome> {
    if !helpers.is_empty() {
        match together(client, helpers, fingerprint).await {
            Ok(outcome) => return Ok(outcome),
            Err(error) => tracing::debug!(%error, "one session reads all"),
        }
        helpers.clear();
    }
    part_by_part(client, helpers, None, fingerprint).await
}

/// How long it may take until all sessions see one snapshot. Behind a pooler that has fewer sessions to give, one would
/// wait for another for ever.
const PATIENCE: Duration = Duration::from_secs(3);

/// Reads with all helpers; an error when they did not get to see the same.
async fn together(client: &Client, helpers: &[Session], fingerprint: bool) -> Result<Outcome> {
    let shared = timeout(PATIENCE, share(helpers)).await.map_err(|_| late())?;
    let snapshot = shared.map_err(|error| server_error(error, "cannot share a snapshot"))?;
    part_by_part(client, helpers, snapshot, fingerprint).await
}

fn late() -> Error {
    Error::new(ErrorKind::Lock, "the sessions did not begin in time")
}

/// Shares the work among the sessions that there are.
async fn part_by_part(
    client: &Client,
    helpers: &[Session],
    snapshot: Option<String>,
    fingerprint: bool,
) -> Result<Outcome> {
    let set = snapshot.map(|snapshot| format!("set transaction snapshot {}", Literal(&snapshot)));
    let settings = settings(VERSION);
    let session = |n: usize| {
        let all = 1 + helpers.len();
        // What is begun already is not counted.
        if n.is_multiple_of(all) { client } else { helpers[n % all - 1].client() }
    };
    let check = fingerprint::check(fingerprint);
    let mut asking = Asking(Vec::new());
    let mut begin = vec![(0, BEGIN)];
    begin.extend(set.as_deref().map(|sql| (0, sql)));
    for n in 2..=helpers.len() {
        begin.extend([Some(BEGIN), set.as_deref(), Some(&settings)].into_iter().flatten().map(|sql| (n, sql)));
    }
    for (n, sql) in &begin {
        asking.send(session(*n), sql);
    }
    asking.send(client, &settings);
    asking.send(client, &few::QUERY);
    // The dearest on different sessions.
    for (kind, n) in MANY.iter().filter_map(|kind| kinds::by_name(kind)).zip([0, 1, 2, 1, 2]) {
        asking.send(session(n), kind.query);
    }
    asking.send(client, &ABOUT);
    if fingerprint {
        asking.send(client, &fingerprint::OTHERS);
    }
    if helpers.is_empty() {
        asking.send(client, &check);
    }
    asking.send(client, "commit");
    asking.start().await;

    let begun = asking.all_done(begin.len());
    let begun = match helpers {
        [] => begun.await,
        _ => timeout(PATIENCE, begun).await.map_err(|_| late())?,
    };
    begun.map_err(|error| server_error(error, CANNOT_BEGIN))?;
    require_version(&mut asking).await?;
    let read = catalog(&mut asking).await;
    let ended = |error| server_error(error, "cannot end the reading of the catalog");
    let catalog = match read {
        Ok(catalog) => catalog,
        Err(failed) => {
            // After an error, nobody waits for the rest.
            asking.0.drain(..asking.0.len() - 1);
            asking.done().await.map_err(ended)?;
            return Ok(Outcome { asked: Err(failed), unchanged: false });
        }
    };
    let others = if fingerprint { fingerprint::state(&mut asking).await? } else { None };
    let (quiet, before) = match helpers.first() {
        None => {
            let checked = fingerprint::checked(&mut asking).await?;
            asking.done().await.map_err(ended)?;
            checked
        }
        Some(helper) => {
            asking.done().await.map_err(ended)?;
            // All have read by now. Where there is much to read, another round trip is nothing.
            asking.send(helper.client(), &check);
            fingerprint::checked(&mut asking).await?
        }
    };
    let unchanged = quiet || {
        // Outside of the transaction, whose snapshot would hide the changes.
        asking.send(client, fingerprint::STATE);
        fingerprint::state(&mut asking).await? == before
    };
    let fingerprint = before.zip(others).map(|(state, others)| Fingerprint::new(&state, &others));
    Ok(Outcome { asked: Ok(Asked { catalog, fingerprint }), unchanged })
}

/// Refuses a server that the queries are not written for; the next answer is that to the settings.
async fn require_version(asking: &mut Asking<'_>) -> Result<()> {
    let version: Option<i32> = first(asking, |row| get(row, row.len() - 1), CANNOT_BEGIN).await?;
    let major = version.unwrap_or_default() / 10_000;
    if i64::from(major) < i64::from(OLDEST_SUPPORTED) {
        return Err(Error::environment(format!("the server is PostgreSQL {major}, too old to be read"))
            .with_hint(format!("PostgreSQL {OLDEST_SUPPORTED} or newer is needed")));
    }
    Ok(())
}

/// Begins a transaction on the first helper and exports its snapshot.
async fn share(helpers: &[Session]) -> std::result::Result<Option<String>, tokio_postgres::Error> {
    let Some(first) = helpers.first() else { return Ok(None) };
    let settings = settings(", pg_catalog.pg_export_snapshot()");
    let mut asking = Asking(Vec::new());
    asking.send(first.client(), BEGIN);
    asking.send(first.client(), &settings);
    asking.start().await;
    asking.done().await?;
    let mut snapshot = None;
    let mut rows = asking.next().await?;
    while let Some(row) = rows.try_next().await? {
        snapshot = row.try_get(row.len() - 1)?;
    }
    Ok(snapshot)
}

/// Takes the answers, and makes the catalog.
async fn catalog(asking: &mut Asking<'_>) -> std::result::Result<Catalog, Failed> {
    let mut few = Few::new();
    if let Err(error) = asking.each(|row| few.add(row)).await? {
        return Err(Failed::Few(server_error(error, "cannot read the catalog")));
    }
    let mut assembly = Assembly::default();
    let mut parts = few.into_parts().peekable();
    for kind in MANY.iter().filter_map(|kind| kinds::by_name(kind)) {
        // What it may be in is there before.
        while let Some((part, rows)) = parts.next_if(|(part, _)| part.comes_before(kind)) {
            assembly.take(part, rows)?;
        }
        let mut columns = None;
        let read = asking.each(|row| {
            let columns = match &mut columns {
                Some(columns) => columns,
                none => none.insert(Columns::of(kind, row.columns())?),
            };
            assembly.insert(kind, columns.read(kind, row)?);
            Ok(())
        });
        let failure = || few::failure(kind);
        read.await.map_err(|error| error.with_note(failure()))?.map_err(|error| server_error(error, failure()))?;
    }
    for (part, rows) in parts {
        assembly.take(part, rows)?;
    }
    let read = asking.each(|row| assembly.add_about(row)).await?;
    read.map_err(|error| server_error(error, "cannot read comments, security labels and dependencies"))?;
    Ok(assembly.finish())
}

/// Finds out which part of the statement for what there is little of can't be read.
pub(super) async fn name_failed(client: &Client, error: Error) -> Error {
    let begun = client.batch_execute(&format!("{BEGIN};{}", settings(""))).await;
    let mut named = None;
    if begun.is_ok() {
        for part in PARTS.iter() {
            if let Err(error) = client.query_typed(part.query(), &[]).await {
                named = Some(server_error(error, part.failure()));
                break;
            }
        }
        let _ = client.batch_execute("rollback").await;
    }
    named.unwrap_or(error)
}

type Answer<'a> = Pin<Box<dyn Future<Output = std::result::Result<RowStream, tokio_postgres::Error>> + Send + 'a>>;

/// Statements whose answers were not taken yet, in the order in which they are taken.
pub(super) struct Asking<'a>(Vec<MaybeDone<Answer<'a>>>);

impl<'a> Asking<'a> {
    fn send(&mut self, client: &'a Client, sql: &'a str) {
        let none = std::iter::empty::<(&(dyn ToSql + Sync), Type)>();
        self.0.push(maybe_done(Box::pin(client.query_typed_raw(sql, none))));
    }

    /// Puts all statements on the wire. The driver does so when a future is first polled; polling them in order, in one
    /// go, is what makes this one round trip.
    async fn start(&mut self) {
        poll_fn(|context| {
            for answer in &mut self.0 {
                let _ = Pin::new(answer).poll(context);
            }
            Poll::Ready(())
        })
        .await;
    }

    /// The next answer.
    async fn next(&mut self) -> std::result::Result<Pin<Box<RowStream>>, tokio_postgres::Error> {
        let mut answer = self.0.remove(0);
        Pin::new(&mut answer).await;
        Pin::new(&mut answer).take_output().expect("it was just awaited").map(Box::pin)
    }

    /// Waits until the next statement is done.
    async fn done(&mut self) -> std::result::Result<(), tokio_postgres::Error> {
        let mut rows = self.next().await?;
        while rows.try_next().await?.is_some() {}
        Ok(())
    }

    /// Waits until the next statements are done.
    async fn all_done(&mut self, count: usize) -> std::result::Result<(), tokio_postgres::Error> {
        for _ in 0..count {
            self.done().await?;
        }
        Ok(())
    }

    /// Takes the rows of the next answer. The outer error is the taker's, the inner one the server's.
    pub(super) async fn each(
        &mut self,
        mut take: impl FnMut(&Row) -> Result<()>,
    ) -> Result<std::result::Result<(), tokio_postgres::Error>> {
        let mut rows = match self.next().await {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(error)),
        };
        loop {
            match rows.try_next().await {
                Ok(Some(row)) => take(&row)?,
                Ok(None) => return Ok(Ok(())),
                Err(error) => return Ok(Err(error)),
            }
        }
    }
}

/// One value of the next answer's first row.
pub(super) async fn first<T>(
    asking: &mut Asking<'_>,
    read: impl Fn(&Row) -> Result<T>,
    what: &str,
) -> Result<Option<T>> {
    let mut found = None;
    let taken = asking.each(|row| {
        found = Some(read(row)?);
        Ok(())
    });
    taken.await?.map_err(|error| server_error(error, what))?;
    Ok(found)
}
