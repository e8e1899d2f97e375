//! Rows for three tenants, made from the catalog: one in each table for each, parents first.
//!
//! Checks that can't be read are tried: the server says which constraint a value breaks, and the next value is taken.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Transaction;
use tokio_postgres::error::DbError;

use super::Manifest;
use super::look::{Relation, World};
use super::rows::{Side, candidates, literal};
use crate::base::{Error, Ident, Result};
use crate::pg::server_error;

/// How often values are tried for one row.
const TRIES: usize = 300;

/// A seeded row: each column's value as text.
pub(super) type Row = BTreeMap<String, Option<String>>;

/// What was made.
#[derive(Debug, Default)]
pub(super) struct Seeded {
    rows: BTreeMap<(i64, Side), Row>,
    /// For each table, columns and values of a row that could be inserted for the tenant.
    pub(super) fresh: BTreeMap<i64, std::result::Result<BTreeMap<String, String>, String>>,
    /// Why there is no row.
    pub(super) failed: BTreeMap<i64, String>,
}

impl Seeded {
    pub(super) fn row(&self, relation: &Relation, side: Side) -> Option<&Row> {
        self.rows.get(&(relation.oid, side))
    }

    /// A value of a row as SQL writes it.
    pub(super) fn value(&self, relation: &Relation, side: Side, column: &str) -> Option<String> {
        let text = self.row(relation, side)?.get(column)?;
        let sql_type = &relation.column(column)?.sql_type;
        Some(text.as_ref().map_or_else(|| "NULL".to_owned(), |text| literal(text, sql_type)))
    }

    /// Puts seeded values where a text names them: `${own:ops.projects.id}`.
    pub(super) fn fill(&self, world: &World, text: &str) -> Result<String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let end = rest[start..].find('}').map_or(rest.len(), |end| start + end);
            let name = rest.get(start + 2..end).unwrap_or_default();
            let Some(value) = self.named(world, name) else {
                let error = Error::input(format!("the manifest names ${{{name}}}, and no seeded row has that"));
                let of = world.relations.values().find(|known| {
                    name.split_once(':')
                        .is_some_and(|(_, path)| path.starts_with(&format!("{}.{}.", known.schema, known.name)))
                });
                return Err(match of.and_then(|relation| self.failed.get(&relation.oid)) {
                    Some(reason) => error
                        .with_note(reason)
                        .with_hint("give values under [values] in the manifest, or rows under seed"),
                    None => error.with_hint("write ${own:SCHEMA.TABLE.COLUMN} or ${other:SCHEMA.TABLE.COLUMN}"),
                });
            };
            filled.push_str(&rest[..start]);
            filled.push_str(&value);
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn named(&self, world: &World, name: &str) -> Option<String> {
        let (side, path) = name.split_once(':')?;
        let side = Side::SEEDED.into_iter().find(|known| known.name() == side)?;
        let mut path = path.splitn(3, '.');
        let (schema, table, column) = (path.next()?, path.next()?, path.next()?);
        let relation = world.relations.values().find(|known| known.schema == schema && known.name == table)?;
        self.row(relation, side)?.get(column)?.clone()
    }
}

/// Seeds everything that the manifest's schemas need.
pub(super) async fn seed(transaction: &mut Transaction<'_>, world: &World, manifest: &Manifest) -> Result<Seeded> {
    let run = async |transaction: &Transaction<'_>, what: &str, sql: &str| {
        transaction.batch_execute(sql).await.map_err(|error| server_error(error, format!("the manifest's {what}")))
    };
    if let Some(sql) = &manifest.seed {
        run(transaction, "seed", sql).await?;
    }
    let mut seeded = Seeded::default();
    for relation in parents_first(world, manifest) {
        for side in Side::SEEDED {
            match make(transaction, world, &seeded, manifest, (relation, side), &[]).await? {
                Ok((row, _)) => {
                    seeded.rows.insert((relation.oid, side), row);
                }
                Err(reason) => {
                    seeded.failed.insert(relation.oid, format!("no row could be seeded: {reason}"));
                    break;
                }
            }
        }
    }
    for (name, identity) in &manifest.identities {
        if let Some(sql) = &identity.seed {
            let sql = seeded.fill(world, sql)?;
            run(transaction, &format!("seed of identity {name}"), &sql).await?;
        }
    }
    // Triggers of later rows may have changed earlier ones.
    for relation in parents_first(world, manifest) {
        for side in Side::SEEDED {
            let Some(condition) = super::statements::condition(&seeded, relation, side) else { continue };
            let columns: Vec<_> =
                relation.columns.iter().map(|column| format!("{}::text", Ident(&column.name))).collect();
            let sql = format!("select {} from {} where {condition}", columns.join(", "), relation.qualified());
            let rows = transaction.query_typed(&sql, &[]).await;
            let rows = rows.map_err(|error| server_error(error, "reading a seeded row"))?;
            if let Some(row) = rows.first() {
                let values = relation.columns.iter().enumerate().map(|(n, column)| (column.name.clone(), row.get(n)));
                seeded.rows.insert((relation.oid, side), values.collect());
            }
        }
    }
    for relation in parents_first(world, manifest) {
        if seeded.failed.contains_key(&relation.oid) {
            continue;
        }
        let fresh = fresh(transaction, world, &seeded, manifest, relation).await?;
        seeded.fresh.insert(relation.oid, fresh);
    }
    Ok(seeded)
}

/// Stores the seeded rows in the materialized views too. One that can't be filled stays as it is, and its control says so.
pub(super) async fn refresh(transaction: &mut Transaction<'_>, world: &World) -> Result<()> {
    for view in world.relations.values().filter(|relation| relation.kind == 'm' && relation.managed) {
        let failed = |error| server_error(error, "filling materialized views");
        let savepoint = transaction.savepoint("view").await.map_err(failed)?;
        match savepoint.batch_execute(&format!("refresh materialized view {}", view.qualified())).await {
            Ok(()) => savepoint.commit().await.map_err(failed)?,
            Err(_) => savepoint.rollback().await.map_err(failed)?,
        }
    }
    Ok(())
}

/// Tables but partitions, each behind what it refers to as far as that goes; those that name a tenant without referring to
/// one come last, since others know which.
fn parents_first<'w>(world: &'w World, manifest: &Manifest) -> Vec<&'w Relation> {
    fn visit<'w>(world: &'w World, relation: &'w Relation, seen: &mut BTreeSet<i64>, order: &mut Vec<&'w Relation>) {
        if !seen.insert(relation.oid) {
            return;
        }
        for (_, referenced) in relation.foreign_keys() {
            if let Some(parent) = world.relations.get(&referenced) {
                visit(world, parent, seen, order);
            }
        }
        order.push(relation);
    }
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    let tables = world.relations.values().filter(|relation| relation.is_table() && relation.parent.is_none());
    let (last, first): (Vec<_>, Vec<_>) = tables.partition(|relation| {
        let unbound = |name: &&String| relation.column(name).is_some() && !refers(relation, name);
        manifest.tenant.iter().any(|name| unbound(&name))
    });
    for relation in first.into_iter().chain(last) {
        visit(world, relation, &mut seen, &mut order);
    }
    order.retain(|relation| relation.is_table() && relation.parent.is_none());
    order
}

/// Whether a column is part of a foreign key.
fn refers(relation: &Relation, column: &str) -> bool {
    relation.foreign_keys().any(|(key, _)| key.columns.iter().any(|name| name == column))
}

/// Columns and values of a row that the tenant could have besides: of the same parents where that is not taken.
async fn fresh(
    transaction: &mut Transaction<'_>,
    world: &World,
    seeded: &Seeded,
    manifest: &Manifest,
    relation: &Relation,
) -> Result<std::result::Result<BTreeMap<String, String>, String>> {
    let movable: Vec<&str> = relation
        .foreign_keys()
        .filter(|(key, _)| !key.columns.iter().any(|column| manifest.tenant.contains(column)))
        .map(|(key, _)| key.name.as_str())
        .collect();
    let mut reason = String::new();
    let choices = std::iter::once(Vec::new())
        .chain(movable.iter().map(|key| vec![*key]))
        .chain((movable.len() > 1).then(|| movable.clone()));
    for spare in choices {
        let savepoint = transaction.savepoint("fresh").await;
        let mut savepoint = savepoint.map_err(|error| server_error(error, "seeding rows"))?;
        let made = make(&mut savepoint, world, seeded, manifest, (relation, Side::Fresh), &spare).await?;
        savepoint.rollback().await.map_err(|error| server_error(error, "seeding rows"))?;
        match made {
            Ok((_, values)) => return Ok(Ok(values)),
            Err(why) => reason = why,
        }
    }
    Ok(Err(format!("no further row can be inserted for the tenant: {reason}")))
}

/// Inserts a row, with values that the server accepts. Returns it, and the columns and values that it was made of; or why
/// none was accepted.
async fn make(
    transaction: &mut Transaction<'_>,
    world: &World,
    seeded: &Seeded,
    manifest: &Manifest,
    (relation, side): (&Relation, Side),
    spare: &[&str],
) -> Result<std::result::Result<(Row, BTreeMap<String, String>), String>> {
    let mut values = Values::new(world, seeded, manifest, (relation, side), spare);
    let mut last = String::new();
    for _ in 0..TRIES {
        let chosen = values.chosen();
        let (names, expressions): (Vec<_>, Vec<_>) =
            chosen.iter().map(|(name, value)| (Ident(name).to_string(), value.clone())).unzip();
        let what = match names.is_empty() {
            true => "default values".to_owned(),
            false => format!("({}) values ({})", names.join(", "), expressions.join(", ")),
        };
        let returned: Vec<_> = relation.columns.iter().map(|column| format!("{}::text", Ident(&column.name))).collect();
        let sql = format!("insert into {} {what} returning {}", relation.qualified(), returned.join(", "));
        let savepoint = transaction.savepoint("row").await.map_err(|error| server_error(error, "seeding rows"))?;
        match savepoint.query_typed(&sql, &[]).await {
            Ok(rows) => {
                savepoint.commit().await.map_err(|error| server_error(error, "seeding rows"))?;
                let Some(row) = rows.first() else { return Ok(Err("a trigger lets no row in".to_owned())) };
                let row = relation.columns.iter().enumerate().map(|(n, column)| (column.name.clone(), row.get(n)));
                return Ok(Ok((row.collect(), chosen)));
            }
            Err(error) => {
                savepoint.rollback().await.map_err(|error| server_error(error, "seeding rows"))?;
                let Some(db) = error.as_db_error() else { return Err(server_error(error, "seeding rows")) };
                last = format!("{} ({})", db.message(), db.code().code());
                if !values.next(relation, db) {
                    break;
                }
            }
        }
    }
    // A trigger of another table may have made the row.
    let chosen = values.chosen();
    let given = chosen.iter().filter(|(name, _)| refers(relation, name) || manifest.tenant.contains(name));
    let same: Vec<_> = given.map(|(name, value)| format!("{} = {value}", Ident(name))).collect();
    if side != Side::Fresh && !same.is_empty() {
        let columns: Vec<_> = relation.columns.iter().map(|column| format!("{}::text", Ident(&column.name))).collect();
        let (columns, table) = (columns.join(", "), relation.qualified());
        let sql = format!("select {columns} from {table} where {} limit 1", same.join(" and "));
        let rows = transaction.query_typed(&sql, &[]).await;
        let rows = rows.map_err(|error| server_error(error, "looking for a row that is there"))?;
        if let Some(row) = rows.first() {
            let row = relation.columns.iter().enumerate().map(|(n, column)| (column.name.clone(), row.get(n)));
            return Ok(Ok((row.collect(), chosen)));
        }
    }
    Ok(Err(last))
}

/// The value that a column has in another table, where it says which tenant a row belongs to.
fn elsewhere(world: &World, seeded: &Seeded, (relation, side): (&Relation, Side), column: &str) -> Option<String> {
    let sql_type = &relation.column(column)?.sql_type;
    let others = world.relations.values().filter(|other| other.oid != relation.oid && refers(other, column));
    let same = others.filter(|other| other.column(column).is_some_and(|column| column.sql_type == *sql_type));
    same.filter_map(|other| seeded.value(other, side, column)).find(|value| value != "NULL")
}

/// For each column that is given, what it might be, and which of these is next.
struct Values {
    columns: BTreeMap<String, (Vec<String>, usize)>,
}

impl Values {
    fn new(
        world: &World,
        seeded: &Seeded,
        manifest: &Manifest,
        (relation, side): (&Relation, Side),
        spare: &[&str],
    ) -> Self {
        let mut columns = BTreeMap::new();
        for column in &relation.columns {
            let named = format!("{}.{}.{}", relation.schema, relation.name, column.name);
            let tenant = manifest.tenant.contains(&column.name);
            if column.written && (column.required || tenant || manifest.values.contains_key(&named)) {
                let of = if tenant && side == Side::Fresh { Side::Own } else { side };
                let known = tenant.then(|| elsewhere(world, seeded, (relation, of), &column.name)).flatten();
                let values = known.map_or_else(|| candidates(relation, column, of, manifest), |value| vec![value]);
                columns.insert(column.name.clone(), (values, 0));
            }
        }
        for (key, referenced) in relation.foreign_keys() {
            let of = match side {
                Side::Fresh if spare.contains(&key.name.as_str()) => Side::Spare,
                Side::Fresh => Side::Own,
                side => side,
            };
            let Some(parent) = world.relations.get(&referenced).filter(|parent| parent.oid != relation.oid) else {
                continue;
            };
            for (column, theirs) in key.columns.iter().zip(&key.referenced_columns) {
                if let Some(value) = seeded.value(parent, of, theirs) {
                    columns.insert(column.clone(), (vec![value], 0));
                }
            }
        }
        Self { columns }
    }

    fn chosen(&self) -> BTreeMap<String, String> {
        let given = self.columns.iter().filter_map(|(name, (values, n))| Some((name.clone(), values.get(*n)?.clone())));
        given.collect()
    }

    /// Takes other values after an error, for the columns that it is about. False when there are none.
    fn next(&mut self, relation: &Relation, error: &DbError) -> bool {
        let constraint = error.constraint().unwrap_or_default();
        let of_constraint = relation.constraints.iter().find(|known| known.name == constraint);
        let of_index = relation.unique_indexes.iter().find(|index| index.name == constraint);
        let about: Vec<String> = match (error.code().code(), error.column()) {
            ("23502", Some(column)) => vec![column.to_owned()],
            _ => match (of_constraint, of_index) {
                (Some(constraint), _) => constraint.columns.clone(),
                (None, Some(index)) => index.columns.clone(),
                // What no value would change.
                _ if matches!(&error.code().code()[..2], "08" | "0A" | "40" | "42" | "53" | "57") => return false,
                // A domain's check, a value that its type does not take, or a trigger that refuses.
                _ => self.columns.keys().cloned().collect(),
            },
        };
        // As an odometer turns: the first column that has another value takes it, those before begin again.
        let mut turned = Vec::new();
        for name in about {
            let Some((values, n)) = self.columns.get_mut(&name) else { continue };
            if *n + 1 < values.len() {
                *n += 1;
                for name in turned {
                    if let Some((_, n)) = self.columns.get_mut(&name) {
                        *n = 0;
                    }
                }
                return true;
            }
            turned.push(name);
        }
        false
    }
}
