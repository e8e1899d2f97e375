//! Does each down migration restore the catalog?
//!
//! Reads the catalog before and after with the same [`introspect`] as everything else, and compares. Works on the
//! database that it is given: a throw-away one, or one where going down and up again is what was asked for.

pub mod codes;
mod plan;
mod rows;

use tokio_postgres::Client;

use crate::base::{Error, ErrorKind, Excerpt, Finding, Result};
use crate::diff::{diff, findings};
use crate::introspect;
use crate::model::{Catalog, ObjectId, SchemaFilter};
use crate::runner::{Entry, HistoryTable, Runner, Target, Undo};

pub use plan::{Inverse, Part, Proven, Task, copy, prove_plan, rebuild, rebuild_from};

/// Puts a row into each table of a throw-away database that takes one of values that are made up by type.
///
/// # Errors
///
/// When the server can't be asked; that a table takes no row is no error.
pub async fn put_rows(session: &crate::pg::Session, tables: &[ObjectId]) -> Result<()> {
    rows::put(session, tables.iter()).await.map(drop)
}

/// What came of proving one step.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The migration, or what stands for several.
    pub step: String,
    /// The version of the one migration that it is about.
    pub version: Option<i64>,
    /// The differences; none where the step is proven.
    pub findings: Vec<Finding>,
}

/// Applies every pending migration one at a time, each up, down and up again, and then undoes all of them.
///
/// `told` is called with each proof as it is made. Everything is undone at the end, so the database is left as it was
/// found, or, where something is not proven, as the downs left it. Meant for a throw-away database: rows are not guarded.
///
/// # Errors
///
/// What the [runner](Runner) and [`introspect::read`] return. A migration that has no down is a finding, not an error.
pub async fn prove_from_start(
    client: &mut Client,
    runner: Runner,
    filter: &SchemaFilter,
    told: impl FnMut(&Proof),
) -> Result<Vec<Proof>> {
    prove_unknown(client, runner, filter, |_| false, told).await
}

/// The same, without proving again the migrations that `known` says are proven: they are applied. All of them are undone at
/// the end all the same.
///
/// # Errors
///
/// As for [`prove_from_start`].
pub async fn prove_unknown(
    client: &mut Client,
    runner: Runner,
    filter: &SchemaFilter,
    known: impl Fn(i64) -> bool,
    mut told: impl FnMut(&Proof),
) -> Result<Vec<Proof>> {
    let runner = runner.allow_data_loss(true);
    let start = read(client, &runner, filter).await?;
    let mut proofs = Vec::new();
    let mut before = Some(start.clone());
    let mut all_down = true;
    let pending = pending(client, &runner).await?;
    let steps = pending.len();
    let mut passed_over = None;
    for (version, id, has_down) in pending {
        if known(version) {
            (passed_over, before) = (Some(version), None);
            continue;
        }
        if let Some(version) = passed_over.take() {
            runner.up_to(client, Target::Version(version)).await?;
        }
        let before_it = match before.take() {
            Some(before) => before,
            None => read(client, &runner, filter).await?,
        };
        runner.up_to(client, Target::Version(version)).await?;
        let first = read(client, &runner, filter).await?;
        let mut found = Vec::new();
        if !has_down {
            all_down = false;
            found.push(Finding::new(&codes::NO_DOWN, format!("{id} has no down migration")));
            before = Some(first);
        } else if let Err(error) = runner.down(client, Undo::Steps(1)).await {
            all_down = false;
            found.push(refused(client, &runner, version, &id, error).await?);
            before = Some(first);
        } else {
            let restored = read(client, &runner, filter).await?;
            found.extend(findings(&codes::DOWN_DIFFERS, &diff(&before_it, &restored)));
            if let Err(error) = runner.up_to(client, Target::Version(version)).await {
                found.push(not_again(&id, error)?);
                // What comes after it can't be tried without it.
                add(&mut proofs, id, Some(version), found, &mut told);
                return Ok(proofs);
            }
            let second = read(client, &runner, filter).await?;
            found.extend(findings(&codes::REDO_DIFFERS, &diff(&first, &second)));
            before = Some(second);
        }
        add(&mut proofs, id, Some(version), found, &mut told);
    }
    if all_down && !proofs.is_empty() {
        // What is known to be proven may stand after the last one that was not.
        runner.up_to(client, Target::Latest).await?;
        runner.down(client, Undo::Steps(steps)).await?;
        let end = read(client, &runner, filter).await?;
        let found = findings(&codes::DOWN_DIFFERS, &diff(&start, &end));
        add(&mut proofs, "down --all".to_owned(), None, found, &mut told);
    }
    Ok(proofs)
}

/// Proves the migrations that `known` does not know, in one way up, down and up again: the quick way to know that all is
/// well. Returns whether it is; what is not, [`prove_unknown`] says, in another database.
///
/// # Errors
///
/// What the [runner](Runner) and [`introspect::read`] return, but for a statement that a down, or the second up, is refused.
pub async fn proves(
    client: &mut Client,
    runner: Runner,
    filter: &SchemaFilter,
    known: impl Fn(i64) -> bool,
) -> Result<bool> {
    let runner = runner.allow_data_loss(true);
    let steps = pending(client, &runner).await?;
    if steps.iter().any(|(_, _, has_down)| !has_down) {
        return Ok(false);
    }
    let start = read(client, &runner, filter).await?;
    let first = steps.iter().position(|(version, _, _)| !known(*version)).unwrap_or(steps.len());
    let mut states = Vec::new();
    match first.checked_sub(1).and_then(|last| steps.get(last)) {
        Some((version, _, _)) => {
            runner.up_to(client, Target::Version(*version)).await?;
            states.push(read(client, &runner, filter).await?);
        }
        None => states.push(start.clone()),
    }
    for (version, _, _) in &steps[first..] {
        runner.up_to(client, Target::Version(*version)).await?;
        states.push(read(client, &runner, filter).await?);
    }
    let refused = |error: Error| if error.kind() == ErrorKind::Statement { Ok(false) } else { Err(error) };
    let same = |one: &Catalog, other: &Catalog| diff(one, other).is_empty();
    for before in states.iter().rev().skip(1) {
        if let Err(error) = runner.down(client, Undo::Steps(1)).await {
            return refused(error);
        }
        if !same(before, &read(client, &runner, filter).await?) {
            return Ok(false);
        }
    }
    if let Err(error) = runner.up_to(client, Target::Latest).await {
        return refused(error);
    }
    let last = read(client, &runner, filter).await?;
    if states.last().is_some_and(|state| !same(state, &last)) {
        return Ok(false);
    }
    if first > 0 {
        if let Err(error) = runner.down(client, Undo::Steps(steps.len())).await {
            return refused(error);
        }
        return Ok(same(&start, &read(client, &runner, filter).await?));
    }
    Ok(true)
}

/// The finding of a down that the server refused and rolled back.
///
/// # Errors
///
/// The error itself where it is about something else, or where the down stopped half-way: there is no going on from that.
async fn refused(client: &mut Client, runner: &Runner, version: i64, id: &str, error: Error) -> Result<Finding> {
    if error.kind() != ErrorKind::Statement {
        return Err(error);
    }
    let status = runner.status(client).await?;
    let whole = |entry: &Entry| entry.version == version && entry.state.is_applied() && entry.partial.is_none();
    if !status.entries.iter().any(whole) {
        return Err(error);
    }
    Ok(Finding {
        location: error.excerpt().map(Excerpt::location),
        ..Finding::new(&codes::DOWN_FAILS, format!("the down of {id} is refused: {}", said(&error)))
    })
}

/// The finding of an up that the server took once, and refuses after its down.
///
/// # Errors
///
/// The error itself where it is about something else.
fn not_again(id: &str, error: Error) -> Result<Finding> {
    if error.kind() != ErrorKind::Statement {
        return Err(error);
    }
    Ok(Finding {
        location: error.excerpt().map(Excerpt::location),
        ..Finding::new(&codes::REDO_DIFFERS, format!("{id} is refused after its down: {}", said(&error)))
    })
}

/// What the server said, without what the runner puts before it.
fn said(error: &Error) -> &str {
    error.message().split_once(" failed: ").map_or(error.message(), |(_, said)| said)
}

/// Takes the newest migrations of a database down and up twice over, and compares each time.
///
/// Rows are guarded as the runner was told to. The database ends as it began.
///
/// # Errors
///
/// What the [runner](Runner) and [`introspect::read`] return.
pub async fn prove_redo(
    client: &mut Client,
    runner: &Runner,
    steps: usize,
    filter: &SchemaFilter,
    mut told: impl FnMut(&Proof),
) -> Result<Vec<Proof>> {
    let mut proofs = Vec::new();
    let status = runner.status(client).await?;
    let applied: Vec<_> = status.entries.iter().filter(|entry| entry.state.is_applied()).rev().take(steps).collect();
    let Some(newest) = applied.first() else { return Ok(proofs) };
    let (target, undo) = (Target::Version(newest.version), Undo::Steps(applied.len()));
    let step = match applied.as_slice() {
        [only] => only.id(),
        several => format!("the newest {} migrations", several.len()),
    };
    let up_first = read(client, runner, filter).await?;
    runner.down(client, undo).await?;
    let down_first = read(client, runner, filter).await?;
    runner.up_to(client, target).await?;
    let up_second = read(client, runner, filter).await?;
    runner.down(client, undo).await?;
    let down_second = read(client, runner, filter).await?;
    runner.up_to(client, target).await?;
    let mut found = findings(&codes::REDO_DIFFERS, &diff(&up_first, &up_second));
    found.extend(findings(&codes::DOWN_DIFFERS, &diff(&down_first, &down_second)));
    let version = if applied.len() == 1 { Some(newest.version) } else { None };
    add(&mut proofs, step, version, found, &mut told);
    Ok(proofs)
}

fn add(
    proofs: &mut Vec<Proof>,
    step: String,
    version: Option<i64>,
    findings: Vec<Finding>,
    told: &mut impl FnMut(&Proof),
) {
    let findings =
        findings.into_iter().map(|finding| Finding { hint: Some(format!("seen when proving {step}")), ..finding });
    let proof = Proof { findings: findings.collect(), step, version };
    told(&proof);
    proofs.push(proof);
}

/// Version, name and whether there is a way back, of what is pending.
async fn pending(client: &mut Client, runner: &Runner) -> Result<Vec<(i64, String, bool)>> {
    let status = runner.status(client).await?;
    let pending = status.entries.iter().filter(|entry| !entry.state.is_applied());
    Ok(pending.map(|entry| (entry.version, entry.id(), entry.has_down)).collect())
}

async fn read(client: &mut Client, runner: &Runner, filter: &SchemaFilter) -> Result<Catalog> {
    Ok(without_history(introspect::read(client, filter).await?, runner.history()))
}

/// Returns a catalog without pgward's own tables, which say what was done and are no part of what was made.
#[must_use]
pub fn without_history(mut catalog: Catalog, history: &HistoryTable) -> Catalog {
    for name in history.tables() {
        let path = vec![history.schema.clone(), name];
        // An identity of no kind comes before all that have its path.
        let first = ObjectId::of(String::new(), path.clone());
        let found = catalog.objects.range(first..).map(|(id, _)| id).take_while(|id| id.path.starts_with(&path));
        for id in found.cloned().collect::<Vec<_>>() {
            catalog.objects.remove(&id);
        }
    }
    catalog
}
