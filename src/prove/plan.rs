//! Does a plan bring the old catalog to the new one, and keep the rows?
//!
//! Shown on a copy of the old state with rows in its tables: the plan is carried out as it will be, the catalog read
//! back and compared, a second plan made, which has to be empty, and the rows looked at. What the server did beyond what
//! was planned is planned again, so that what is returned is complete.

use std::collections::BTreeSet;

use super::rows::{self, Rows};
use super::without_history;
use crate::base::{Error, ErrorKind, Ident, Path, Result};
use crate::diff::{Change, Rename, diff, shown};
use crate::introspect;
use crate::kinds;
use crate::model::{Catalog, Object, ObjectId, SchemaFilter};
use crate::pg::{self, Options, Scratch, Session};
use crate::plan::{self, Plan, Planned, Risk, plan, roles, schemas};
use crate::runner::HistoryTable;

/// How often the difference that is left may be planned again.
const ROUNDS: usize = 3;

/// What is to be proven.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// What is there to begin with.
    pub before: &'a Catalog,
    /// What shall be there.
    pub after: &'a Catalog,
    /// What has another name afterwards.
    pub renames: &'a [Rename],
    /// What is looked at.
    pub filter: &'a SchemaFilter,
    /// The table of migrations, which is no part of either.
    pub history: &'a HistoryTable,
    /// Which way back is wanted.
    pub inverse: Inverse,
}

/// Which way back is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inverse {
    /// None.
    No,
    /// One for the whole plan.
    Whole,
    /// One for each part that has to be a migration of its own.
    Parts,
}

/// A part of a plan that runs in one transaction, or in none, and its way back.
#[derive(Debug, Clone)]
pub struct Part {
    /// The way there.
    pub up: Plan,
    /// The way back.
    pub down: Plan,
}

/// A plan that was seen to work.
#[derive(Debug, Default)]
pub struct Proven {
    /// The plan.
    pub plan: Plan,
    /// The way back, where it was asked for.
    pub inverse: Option<Plan>,
    /// The parts, where they were asked for.
    pub parts: Vec<Part>,
    /// What whoever uses the plan should know of the proof: tables that no row could be put into.
    pub notes: Vec<String>,
}

/// Proves a plan on copies of a database that is in the old state.
///
/// # Errors
///
/// A statement error where a statement fails, an input error where the plan can't be ordered, and one that lists what is
/// still different where the copy does not become equal. The plan is not proven then, and not returned.
pub async fn prove_plan(template: &Scratch, task: Task<'_>) -> Result<Proven> {
    let mut first = plan(task.before, task.after, task.renames)?;
    let mut without_rows = BTreeSet::new();
    loop {
        let copy = copy(template, task.before, task.filter).await?;
        let attempt = attempt(&copy, task, first.clone(), &mut without_rows).await;
        let closed = copy.close().await;
        if let (true, Err(error)) = (first.schemas.is_empty(), &attempt)
            && is_without_schema(error)
        {
            first.schemas = schemas(&[task.before, task.after]);
            continue;
        }
        if let Some(mut proven) = attempt? {
            closed?;
            if task.inverse == Inverse::Parts {
                proven.parts = parts(template, task, &proven.plan).await?;
                let steps = proven.parts.iter().flat_map(|part| part.down.steps());
                let may_fail = steps.filter(|planned| planned.step.risks.contains(&Risk::FailsOnRows));
                let notes = may_fail.map(|planned| {
                    let statement = planned.step.sql.lines().next().unwrap_or_default();
                    format!("the way back fails where rows are not as it demands: {statement}")
                });
                proven.notes.extend(notes);
            }
            return Ok(proven);
        }
    }
}

/// Makes another database like one whose catalog is known, with what the server keeps for a database outside of it: settings,
/// rights, subscriptions.
///
/// # Errors
///
/// Where the server refuses the copy, or a statement of what it lacks fails.
pub async fn copy(template: &Scratch, catalog: &Catalog, filter: &SchemaFilter) -> Result<Scratch> {
    let copy = template.copy().await?;
    let is_outside = |id: &ObjectId| {
        let of = |kind: &str| kinds::OUTSIDE.contains(&kind);
        of(&id.kind) || catalog.objects.get(id).and_then(|object| object.parent.as_ref()).is_some_and(|id| of(&id.kind))
    };
    let lacks: Vec<_> = catalog.objects.iter().filter(|(id, _)| is_outside(id)).collect();
    if !lacks.is_empty() {
        let mut session = open(&copy, &[]).await?;
        let now = introspect::read(session.client_mut(), filter).await?;
        let mut whole = now.clone();
        whole.objects.extend(lacks.into_iter().map(|(id, object)| (id.clone(), object.clone())));
        run(&session, &plan(&now, &whole, &[])?).await.map_err(|(_, error)| error)?;
        session.close().await;
    }
    Ok(copy)
}

/// Makes a database whose catalog is this one.
///
/// # Errors
///
/// Where a statement fails, or the result is not equal: with what differs.
pub async fn rebuild(server: &Options, catalog: &Catalog, filter: &SchemaFilter) -> Result<Scratch> {
    let scratch = Scratch::create(server).await?;
    let made = build(&scratch, catalog, filter).await;
    match made {
        Ok(()) => Ok(scratch),
        Err(error) => {
            let _ = scratch.close().await;
            Err(error.with_note("the state to begin with can't be built anew on the throw-away server"))
        }
    }
}

/// Makes a database whose catalog is this one of another in which there is more: what this one needs that was not looked at.
///
/// # Errors
///
/// As for [`rebuild`].
pub async fn rebuild_from(template: &Scratch, catalog: &Catalog, filter: &SchemaFilter) -> Result<Scratch> {
    let scratch = template.copy().await?;
    match build(&scratch, catalog, filter).await {
        Ok(()) => Ok(scratch),
        Err(error) => {
            let _ = scratch.close().await;
            Err(error)
        }
    }
}

/// Says what an object needs that is in no schema that was looked at.
fn outside(error: Error, planned: &Planned, catalog: &Catalog) -> Error {
    let needs = catalog.objects.get(&planned.object).map(|object| object.needs.as_slice()).unwrap_or_default();
    let missing = needs.iter().find(|id| !catalog.objects.contains_key(id) && id.kind != "extension");
    match missing {
        Some(id) => error
            .with_note(format!("{} needs {id}, which is in no schema that is compared", planned.object))
            .with_hint("name its schema too: --schema NAME for each, or `schemas` in pgward.toml"),
        None => error,
    }
}

async fn build(scratch: &Scratch, catalog: &Catalog, filter: &SchemaFilter) -> Result<()> {
    let mut session = open(scratch, &[]).await?;
    create_roles(&session, &[catalog]).await?;
    let mut is_wide = false;
    for _ in 0..=ROUNDS {
        let now = introspect::read(session.client_mut(), filter).await?;
        let now = like(now, catalog, session_user(&session).await?.as_str());
        if differences(&now, catalog).is_empty() {
            session.close().await;
            return Ok(());
        }
        match run(&session, &plan(&now, catalog, &[])?).await {
            Err((_, error)) if !is_wide && is_without_schema(&error) => {
                set(&session, &schemas(&[catalog])).await?;
                is_wide = true;
            }
            done => done.map_err(|(planned, error)| outside(error, &planned, catalog))?,
        }
        invalidate(&session, catalog).await?;
    }
    let now = introspect::read(session.client_mut(), filter).await?;
    let now = like(now, catalog, session_user(&session).await?.as_str());
    require_equal(&now, catalog)
}

/// Marks the indexes that shall not be valid, as one is that could not be built CONCURRENTLY: no statement makes such a one.
async fn invalidate(session: &Session, catalog: &Catalog) -> Result<()> {
    let is_invalid = |object: &Object| ["valid", "index_valid"].iter().any(|name| object.attrs.contains_key(*name));
    let invalid = catalog.objects.iter().filter(|(_, object)| is_invalid(object));
    let names: Vec<String> = invalid.filter_map(|(id, o)| Some(Path(&o.relation_name(id)?).to_string())).collect();
    if names.is_empty() {
        return Ok(());
    }
    let update = "update pg_catalog.pg_index x set indisvalid = false from pg_catalog.pg_class c
        where x.indisvalid and x.indexrelid = any ($1::text[]::regclass[]) and c.oid = x.indexrelid and c.relkind = 'i'";
    let done = session.client().execute(update, &[&names]).await;
    let error = done.err().map(|error| session.error(error, "make an index that is not valid"));
    error.map_or(Ok(()), |error| Err(error.with_hint("the role on the throw-away server has to be a superuser")))
}

/// Whether a function failed because its body names something without a schema, as it may where it is usually called.
fn is_without_schema(error: &Error) -> bool {
    // An undefined function, table, or type.
    error.sqlstate().is_some_and(|code| ["42883", "42P01", "42704"].contains(&code))
        && error.notes().iter().any(|note| note.starts_with("context: "))
}

/// One attempt on one copy. None where a table's rows stood in the way of a statement that says so itself; the table is
/// left empty in the next attempt.
async fn attempt(
    copy: &Scratch,
    task: Task<'_>,
    mut whole: Plan,
    without_rows: &mut BTreeSet<ObjectId>,
) -> Result<Option<Proven>> {
    let mut session = open(copy, &whole.schemas).await?;
    create_roles(&session, &[task.before, task.after]).await?;
    let user = session_user(&session).await?;
    let touched = touched(&whole, task.before);
    // Checks and triggers find what their functions name, wherever that is.
    set(&session, &schemas(&[task.before])).await?;
    let rows = rows::put(&session, touched.difference(without_rows)).await?;
    set(&session, &whole.schemas).await?;
    let mut next = whole.clone();
    for round in 0.. {
        if let Err((planned, error)) = run(&session, &next).await {
            let table = rows.in_the_way(&planned, error.sqlstate(), task.before);
            return match table {
                Some(tables) if tables.iter().any(|table| without_rows.insert(table.clone())) => Ok(None),
                _ => Err(outside(error, &planned, task.after).with_note("the plan is not proven, so it is not shown")),
            };
        }
        let now = read(&mut session, task, task.after, &user).await?;
        let left = differences(&now, task.after);
        if left.is_empty() {
            break;
        }
        next = plan(&now, task.after, &[])?;
        if round + 1 == ROUNDS || next.is_empty() {
            return require_equal(&now, task.after).map(|()| None);
        }
        whole.append(next.clone());
    }
    rows.check(&session, task, &whole).await?;
    let inverse = match task.inverse {
        Inverse::Whole => Some(Plan { schemas: whole.schemas.clone(), ..back(&mut session, task, &user).await? }),
        _ => None,
    };
    session.close().await;
    let notes = rows.notes(without_rows);
    Ok(Some(Proven { plan: whole, inverse, parts: Vec::new(), notes }))
}

/// Plans and proves the way back, on the copy that is in the new state.
async fn back(session: &mut Session, task: Task<'_>, user: &str) -> Result<Plan> {
    let renames = reversed(task.renames);
    let mut whole = Plan::default();
    let mut next = plan(task.after, task.before, &renames)?;
    for _ in 0..=ROUNDS {
        run(session, &next).await.map_err(|(_, error)| error.with_note("the way back is not proven"))?;
        whole.append(next);
        let now = read(session, task, task.before, user).await?;
        if differences(&now, task.before).is_empty() {
            return Ok(whole);
        }
        next = plan(&now, task.before, &[])?;
    }
    let now = read(session, task, task.before, user).await?;
    require_equal(&now, task.before).map(|()| whole)
}

/// Cuts a plan into what can be one migration each, and proves a way back for every one of them.
async fn parts(template: &Scratch, task: Task<'_>, plan: &Plan) -> Result<Vec<Part>> {
    let copy = copy(template, task.before, task.filter).await?;
    let parts = parts_on(&copy, task, plan).await;
    let closed = copy.close().await;
    let parts = parts?;
    closed.map(|()| parts)
}

async fn parts_on(copy: &Scratch, task: Task<'_>, whole: &Plan) -> Result<Vec<Part>> {
    let mut session = open(copy, &whole.schemas).await?;
    let user = session_user(&session).await?;
    let mut ups: Vec<Plan> = Vec::new();
    for group in &whole.groups {
        match ups.last_mut().and_then(|up| up.groups.last_mut()) {
            // What runs in no transaction is one file with others of its sort.
            Some(last) if !last.transaction && !group.transaction => last.steps.extend(group.steps.iter().cloned()),
            _ => ups.push(Plan { groups: vec![group.clone()], ..Plan::default() }),
        }
    }
    let mut states = vec![task.before.clone()];
    for up in &ups {
        run(&session, up).await.map_err(|(_, error)| error)?;
        states.push(read(&mut session, task, task.after, &user).await?);
    }
    let mut parts = Vec::new();
    for (n, up) in ups.iter().enumerate().rev() {
        // Names change in the first part alone.
        let renames = if n == 0 { reversed(task.renames) } else { Vec::new() };
        // One file is one transaction wherever it can be: it is tried before it is done, and all or nothing.
        let down = crate::plan::plan(&states[n + 1], &states[n], &renames)?.at_once();
        run(&session, &down).await.map_err(|(_, error)| error.with_note("the way back is not proven"))?;
        let now = read(&mut session, task, &states[n], &user).await?;
        require_equal(&now, &states[n]).map_err(|error| error.with_note("this is about the way back"))?;
        parts.push(Part { up: up.clone(), down });
    }
    session.close().await;
    parts.reverse();
    Ok(parts)
}

/// The same renames, the other way round.
fn reversed(renames: &[Rename]) -> Vec<Rename> {
    renames.iter().rev().map(Rename::reversed).collect()
}

async fn open(scratch: &Scratch, schemas: &[String]) -> Result<Session> {
    let session = pg::connect(scratch.options()).await?;
    set(&session, schemas).await?;
    Ok(session)
}

/// Sets what a plan's statements run under.
async fn set(session: &Session, schemas: &[String]) -> Result<()> {
    let set = session.client().batch_execute(&plan::session(schemas).join(";")).await;
    set.map_err(|error| session.error(error, "prepare the session"))
}

async fn read(session: &mut Session, task: Task<'_>, expected: &Catalog, user: &str) -> Result<Catalog> {
    let now = introspect::read(session.client_mut(), task.filter).await?;
    Ok(like(without_history(now, task.history), expected, user))
}

async fn session_user(session: &Session) -> Result<String> {
    let row = session.client().query_one("select current_user::text", &[]).await;
    row.map(|row| row.get(0)).map_err(|error| session.error(error, "ask who is connected"))
}

/// Leaves out the owner where the other catalog says nothing of one and it is whoever made the object here.
fn like(mut catalog: Catalog, expected: &Catalog, user: &str) -> Catalog {
    for (id, object) in &mut catalog.objects {
        let silent = expected.objects.get(id).is_none_or(|expected| !expected.attrs.contains_key("owner"));
        if silent && object.attrs.get("owner").and_then(|owner| owner.as_str()) == Some(user) {
            object.attrs.remove("owner");
        }
    }
    catalog
}

/// What differs, but for the order of columns.
fn differences(now: &Catalog, expected: &Catalog) -> Vec<Change> {
    diff(now, expected)
        .into_iter()
        .filter(|change| !change.is_order() && !matches!(change, Change::Uncovered { .. }))
        .collect()
}

fn require_equal(now: &Catalog, expected: &Catalog) -> Result<()> {
    let left = differences(now, expected);
    if left.is_empty() {
        return Ok(());
    }
    let mut error = Error::new(ErrorKind::Statement, "the plan does not bring the old schema to the new one");
    for change in left.iter().take(10) {
        error = error.with_note(match change {
            Change::Added(id) => format!("{id} is missing"),
            Change::Removed(id) => format!("{id} is there and should not be"),
            Change::Altered { id, attributes } => {
                let one = |one: &crate::diff::AttributeChange| {
                    format!("{}: {} instead of {}", one.name, shown(one.before.as_ref()), shown(one.after.as_ref()))
                };
                format!("{id} differs: {}", attributes.iter().map(one).collect::<Vec<_>>().join("; "))
            }
            other => format!("{other:?}"),
        });
    }
    Err(error.with_hint("write this change by hand; pgward only prints plans that it saw work"))
}

/// Runs a plan as it would be run: each group in its transaction. Returns the statement that failed, and why.
async fn run(session: &Session, plan: &Plan) -> std::result::Result<(), (Box<Planned>, Error)> {
    for group in &plan.groups {
        if group.transaction {
            let _ = session.client().batch_execute("begin").await;
        }
        for planned in &group.steps {
            if let Err(error) = session.client().batch_execute(&planned.step.sql).await {
                let error = session.error(error, format!("run a statement of the plan for {}", planned.object));
                let error = error.with_note(format!("the statement is: {}", planned.step.sql));
                if group.transaction {
                    let _ = session.client().batch_execute("rollback").await;
                }
                return Err((Box::new(planned.clone()), error));
            }
        }
        if group.transaction
            && let Err(error) = session.client().batch_execute("commit").await
            && let Some(last) = group.steps.last()
        {
            let error = session.error(error, "commit the plan");
            return Err((Box::new(last.clone()), error));
        }
    }
    Ok(())
}

/// The tables that stand, and that the plan does something to.
fn touched(plan: &Plan, before: &Catalog) -> BTreeSet<ObjectId> {
    let mut found = BTreeSet::new();
    for planned in plan.steps() {
        for end in 1..=planned.object.path.len() {
            let table = ObjectId::new("table", planned.object.path[..end].to_vec());
            if before.objects.contains_key(&table) {
                found.insert(table);
            }
        }
    }
    found
}

/// What a table inherits from or is a partition of, and what that does.
pub(super) fn above(table: &ObjectId, catalog: &Catalog) -> Vec<ObjectId> {
    let paths = catalog.objects.get(table).map(Object::inherits_from).unwrap_or_default();
    let parents = paths.into_iter().map(|path| ObjectId::of(table.kind.clone(), path));
    parents.flat_map(|parent| [above(&parent, catalog), vec![parent]].concat()).collect()
}

/// Makes the roles that catalogs name and the throw-away server lacks; they can't log in.
async fn create_roles(session: &Session, catalogs: &[&Catalog]) -> Result<()> {
    let names: BTreeSet<String> = catalogs.iter().flat_map(|catalog| roles(catalog)).collect();
    let names: Vec<String> = names.into_iter().collect();
    let query = "select name from unnest($1::text[]) name where not exists (select from pg_catalog.pg_roles where rolname = name)";
    let missing = session.client().query(query, &[&names]).await;
    for row in missing.map_err(|error| session.error(error, "look for roles"))? {
        let name: String = row.get(0);
        let made = session.client().batch_execute(&format!("create role {} nologin", Ident(&name))).await;
        if let Err(error) = made
            && error.code().is_none_or(|code| code.code() != "42710" && code.code() != "23505")
        {
            return Err(session.error(error, format!("make the role {} on the throw-away server", Ident(&name))));
        }
    }
    Ok(())
}

impl Rows {
    /// The tables whose rows may be why a statement failed, where it says of itself that it may fail on rows.
    fn in_the_way(&self, planned: &Planned, sqlstate: Option<&str>, before: &Catalog) -> Option<Vec<ObjectId>> {
        let on_rows = planned.step.risks.contains(&Risk::FailsOnRows)
            || sqlstate.is_some_and(|code| code.starts_with("22") || code.starts_with("23"));
        let path = &planned.object.path;
        // Rows of a child are a parent's too, and those of a partition may have come through what it is in.
        let is_about = |table: &ObjectId| path.starts_with(&table.path);
        // What a key refers to may be missing for the rows of any table.
        let is_key = sqlstate == Some("23503");
        let own = ObjectId::new("table", path.iter().take(2).cloned());
        let parents = above(&own, before);
        let of = |table: &&ObjectId| {
            is_key
                || !before.objects.contains_key(&own)
                || path.len() < 3
                || is_about(table)
                || parents.contains(*table)
                || above(table, before).iter().any(is_about)
        };
        on_rows.then(|| self.tables().filter(of).cloned().collect())
    }
}
