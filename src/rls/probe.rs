//! Tries everything: one round trip for each role and identity, one for the controls, and as many again for columns.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Transaction;
use tokio_postgres::types::Type;

use super::look::{Relation, Way, World};
use super::rows::Side;
use super::seed::Seeded;
use super::statements::{Statement, Target, call, condition, of_view};
use super::verdict::{COMMANDS, Command, Verdict};
use super::{Cell, Manifest};
use crate::base::{Ident, Result};
use crate::pg::server_error;

/// The SQLSTATE under which a statement that worked is rolled back.
const WORKED: &str = "PGW00";

/// What the server said: a SQLSTATE, and a message or the number of rows.
type Answer = (String, String);

/// A cell to be tried.
struct Try {
    cell: Cell,
    statement: Statement,
    /// Whether the role lacks the privilege anyway.
    lacks: bool,
    /// Whether the row is there to be met.
    met: bool,
}

pub(super) async fn probe(
    transaction: &Transaction<'_>,
    world: &World,
    seeded: &Seeded,
    manifest: &Manifest,
) -> Result<Vec<Cell>> {
    let failed = |error| server_error(error, "trying who can do what");
    // Errors of deferred checks belong to the tries, not to the seed.
    transaction.batch_execute(include_str!("try.sql")).await.map_err(failed)?;
    let places = places(transaction, world, seeded).await?;
    let settings = |identity: &str| -> Result<serde_json::Value> {
        let set = manifest.identities.get(identity).map(|identity| &identity.set);
        let filled =
            set.into_iter().flatten().map(|(name, value)| Ok((name.clone(), seeded.fill(world, value)?.into())));
        Ok(serde_json::Value::Object(filled.collect::<Result<_>>()?))
    };
    let mut cells = Vec::new();
    let mut tries = Vec::new();
    for (role, identity) in manifest.actors() {
        for relation in world.relations.values().filter(|relation| relation.managed) {
            all_of_relation(world, seeded, manifest, (role, identity), relation, &places, &mut tries, &mut cells);
        }
        for routine in &world.routines {
            let cell = Cell {
                way: Way::Function,
                schema: routine.schema.clone(),
                name: routine.signature(),
                role: role.to_owned(),
                identity: identity.to_owned(),
                command: Command::Execute,
                observed: Ok(Verdict::refused()),
            };
            tries.push(Try { cell, statement: call(world, seeded, routine), lacks: false, met: false });
        }
    }
    run(transaction, manifest, &settings, &mut tries).await?;
    // Then which columns, where it works at all.
    let mut of_columns = Vec::new();
    for Try { cell, .. } in &tries {
        let by_column = matches!(cell.command, Command::Select | Command::Insert | Command::Update);
        if !by_column || cell.observed != Ok(Verdict::Allow(None)) || cell.way == Way::View {
            continue;
        }
        let relation = world.relations.values().find(|known| known.schema == cell.schema && known.name == cell.name);
        let Some(relation) = relation else { continue };
        let target = target(world, seeded, manifest, &cell.role, relation, &places);
        for column in relation.columns.iter().filter(|column| column.written || cell.command == Command::Select) {
            if let Some(statement) = target.statement(cell.command, Some(&column.name)) {
                let lacks = target.lacks(cell.command, Some(&column.name));
                let mut cell = cell.clone();
                // Stands for the column until the verdict does.
                cell.observed = Err(column.name.clone());
                of_columns.push((column.name.clone(), Try { cell, statement, lacks, met: true }));
            }
        }
    }
    let (names, mut column_tries): (Vec<_>, Vec<_>) = of_columns.into_iter().unzip();
    run(transaction, manifest, &settings, &mut column_tries).await?;
    let key = |cell: &Cell| (cell.object(), cell.role.clone(), cell.identity.clone(), cell.command);
    let mut allowed: BTreeMap<_, Vec<(String, bool)>> = BTreeMap::new();
    for (name, tried) in names.into_iter().zip(&column_tries) {
        let works = tried.cell.observed.as_ref().is_ok_and(Verdict::is_allowed);
        // A value that a check or a trigger refuses is let through by privileges and policies.
        let passes = matches!(&tried.cell.observed, Ok(Verdict::Deny(state)) if state != "42501" && !tried.lacks);
        allowed.entry(key(&tried.cell)).or_default().push((name, works || passes && !tried.lacks));
    }
    for tried in &mut tries {
        if let Some(columns) = allowed.get(&key(&tried.cell))
            && columns.iter().any(|(_, works)| !works)
        {
            let mut columns: Vec<_> =
                columns.iter().filter(|(_, works)| *works).map(|(name, _)| name.clone()).collect();
            columns.sort();
            tried.cell.observed = Ok(Verdict::Allow(Some(columns)));
        }
    }
    cells.extend(tries.into_iter().map(|tried| tried.cell));
    let order: BTreeMap<_, _> = manifest.actors().enumerate().map(|(n, actor)| (actor, n)).collect();
    cells.sort_by_key(|cell| {
        (order.get(&(cell.role.as_str(), cell.identity.as_str())).copied(), cell.way, cell.object(), cell.command)
    });
    Ok(cells)
}

/// A partition's root, whose seeded rows it shows.
fn root<'w>(world: &'w World, relation: &'w Relation) -> &'w Relation {
    let mut root = relation;
    while let Some(parent) = root.parent.and_then(|oid| world.relations.get(&oid)) {
        root = parent;
    }
    root
}

/// Where each relation's own row is.
type Places = BTreeMap<i64, String>;

async fn places(transaction: &Transaction<'_>, world: &World, seeded: &Seeded) -> Result<Places> {
    let mut found = Places::new();
    let mut parts = Vec::new();
    for relation in world.relations.values().filter(|relation| relation.is_table() && relation.managed) {
        if let Some(condition) = condition(seeded, root(world, relation), Side::Own) {
            let oid = relation.oid;
            parts.push(format!(
                "(select {oid}::bigint, ctid::text from {} where {condition} limit 1)",
                relation.qualified()
            ));
        }
    }
    if !parts.is_empty() {
        let rows = transaction.query_typed(&parts.join(" union all "), &[]).await;
        let rows = rows.map_err(|error| server_error(error, "looking for the seeded rows"))?;
        found.extend(rows.iter().map(|row| (row.get::<_, i64>(0), row.get::<_, String>(1))));
    }
    Ok(found)
}

fn target<'a>(
    world: &'a World,
    seeded: &'a Seeded,
    manifest: &'a Manifest,
    role: &str,
    relation: &'a Relation,
    places: &'a Places,
) -> Target<'a> {
    Target {
        relation,
        source: root(world, relation),
        seeded,
        manifest,
        may: world.may(relation, role),
        place: places.get(&relation.oid).map(String::as_str),
    }
}

/// The tries of one actor on one relation; what can't be tried is a cell at once.
#[expect(clippy::too_many_arguments, reason = "what all tries are made of")]
fn all_of_relation(
    world: &World,
    seeded: &Seeded,
    manifest: &Manifest,
    (role, identity): (&str, &str),
    relation: &Relation,
    places: &Places,
    tries: &mut Vec<Try>,
    cells: &mut Vec<Cell>,
) {
    let target = target(world, seeded, manifest, role, relation, places);
    let source = target.source;
    let cell = |command: Command| Cell {
        way: relation.way(),
        schema: relation.schema.clone(),
        name: relation.name.clone(),
        role: role.to_owned(),
        identity: identity.to_owned(),
        command,
        observed: Ok(Verdict::refused()),
    };
    let is_view = !relation.is_table();
    for command in COMMANDS {
        let lacks = target.lacks(command, None);
        let met = places.contains_key(&relation.oid);
        if is_view {
            let condition = of_view(world, seeded, manifest, relation);
            let name = relation.qualified();
            let first = relation.columns.first().map(|column| Ident(&column.name).to_string());
            let Some(first) = first else { continue };
            let sql = match command {
                Command::Select => format!("select 1 from {name}{condition}"),
                Command::Update => format!("update {name} set {first} = {first}{condition}"),
                Command::Delete => format!("delete from {name}{condition}"),
                Command::Insert => format!("insert into {name} default values"),
                _ => continue,
            };
            tries.push(Try { cell: cell(command), statement: sql.into(), lacks, met: false });
            continue;
        }
        let statement = target.statement(command, None);
        let inserts = matches!(command, Command::Insert | Command::InsertReturning | Command::Upsert);
        match statement {
            Some(statement) => tries.push(Try { cell: cell(command), statement, lacks, met }),
            // Nothing can be tried where nothing was seeded, but without the privilege nothing has to be.
            None if lacks => cells.push(cell(command)),
            None if command == Command::Move && !has_tenant(manifest, relation) => {}
            None if command == Command::Upsert && source.key.is_none() => {}
            None => {
                let why = seeded.failed.get(&source.oid).cloned().or_else(|| {
                    let fresh = seeded.fresh.get(&source.oid)?.as_ref().err()?;
                    inserts.then(|| fresh.clone())
                });
                let why = why.unwrap_or_else(|| "there is no row to try it on".to_owned());
                cells.push(Cell { observed: Err(why), ..cell(command) });
            }
        }
    }
}

fn has_tenant(manifest: &Manifest, relation: &Relation) -> bool {
    manifest.tenant.iter().any(|name| relation.column(name).is_some())
}

/// Runs the tries of each actor in one go, then each statement once more as who may do everything, and judges.
async fn run(
    transaction: &Transaction<'_>,
    manifest: &Manifest,
    settings: &impl Fn(&str) -> Result<serde_json::Value>,
    tries: &mut [Try],
) -> Result<()> {
    let mut answers: Vec<Option<Answer>> = tries.iter().map(|_| None).collect();
    for (role, identity) in manifest.actors() {
        let mine: Vec<usize> =
            (0..tries.len()).filter(|n| tries[*n].cell.role == role && tries[*n].cell.identity == identity).collect();
        let statements: Vec<&Statement> = mine.iter().map(|n| &tries[*n].statement).collect();
        let said = ask(transaction, Some(role), &settings(identity)?, &statements).await?;
        for (n, answer) in mine.into_iter().zip(said) {
            answers[n] = Some(answer);
        }
    }
    let refused = tries.iter().zip(&answers).filter(|(_, answer)| !answer.as_ref().is_some_and(worked));
    let statements: BTreeSet<Statement> = refused.map(|(tried, _)| tried.statement.clone()).collect();
    let statements: Vec<&Statement> = statements.iter().collect();
    let said = ask(transaction, None, &serde_json::json!({}), &statements).await?;
    let controls: BTreeMap<&Statement, Answer> = statements.iter().copied().zip(said).collect();
    for (tried, answer) in tries.iter_mut().zip(answers) {
        if let Some(answer) = answer {
            let control = controls.get(&tried.statement);
            tried.cell.observed = judge(&answer, control, tried);
        }
    }
    Ok(())
}

fn worked(answer: &Answer) -> bool {
    answer.0 == WORKED && answer.1 != "0"
}

/// What an answer says, beside what the control got.
fn judge(answer: &Answer, control: Option<&Answer>, tried: &Try) -> std::result::Result<Verdict, String> {
    let (state, message) = answer;
    if worked(answer) {
        return Ok(Verdict::Allow(None));
    }
    let control_worked = control.is_some_and(worked);
    let of_control = || match control {
        Some((state, _)) if state == WORKED => "the control touched no rows either".to_owned(),
        Some((state, message)) => format!("the control failed too: {message} ({state})"),
        None => "there was no control".to_owned(),
    };
    let inserts = matches!(tried.cell.command, Command::Insert | Command::InsertReturning | Command::Upsert);
    // The row is there, and the control got as far as an error that is about more than finding it.
    let met = tried.met && !inserts && control.is_some_and(|(state, _)| state != WORKED);
    match (tried.cell.command, state.as_str()) {
        (Command::Execute, "42501") => Ok(Verdict::refused()),
        (Command::Execute, WORKED) if control_worked => Ok(Verdict::NoRows),
        // It was let in; what it made of the arguments is its own affair.
        (Command::Execute, _) => Ok(Verdict::Allow(None)),
        // Others refer to the table: the privilege was there.
        (Command::Truncate, "0A000" | WORKED) => Ok(Verdict::Allow(None)),
        (_, "42501") if tried.lacks => Ok(Verdict::refused()),
        (_, WORKED) if control_worked || met => Ok(Verdict::NoRows),
        (_, WORKED) => Err(format!("no rows, but {}", of_control())),
        (_, state) if control_worked || met => Ok(Verdict::Deny(state.to_owned())),
        // Refused by a trigger to everybody.
        (_, state)
            if !matches!(&state[..2.min(state.len())], "22" | "23")
                && control.is_some_and(|(other, _)| other == state) =>
        {
            Ok(Verdict::Deny(state.to_owned()))
        }
        (_, state) => Err(format!("{message} ({state}), but {}", of_control())),
    }
}

/// Has the server try statements as a role, or as who is connected.
async fn ask(
    transaction: &Transaction<'_>,
    role: Option<&str>,
    settings: &serde_json::Value,
    statements: &[&Statement],
) -> Result<Vec<Answer>> {
    let failed = |error| server_error(error, "trying who can do what");
    let sql: Vec<&str> = statements.iter().map(|statement| statement.sql.as_str()).collect();
    let checks: Vec<Option<&str>> = statements.iter().map(|statement| statement.check.as_deref()).collect();
    let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), Type)] =
        &[(&role, Type::TEXT), (settings, Type::JSONB), (&sql, Type::TEXT_ARRAY), (&checks, Type::TEXT_ARRAY)];
    let rows =
        transaction.query_typed("select pg_temp.pgward_try($1, $2, $3, $4)", parameters).await.map_err(failed)?;
    let Some(row) = rows.first() else { return Ok(Vec::new()) };
    let said: serde_json::Value = row.try_get(0).map_err(failed)?;
    let text =
        |value: Option<&serde_json::Value>| value.and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let said = said.as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(said.iter().map(|pair| (text(pair.get(0)), text(pair.get(1)))).collect())
}
