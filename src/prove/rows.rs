//! Rows in the tables of a copy, to see whether a plan keeps them.
//!
//! Values are made up by the type of each column. A table that takes none of the attempts stays empty, and is named.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Task;
use super::plan::above;
use crate::base::{Error, ErrorKind, Literal, Path, Result, parse_path};
use crate::diff::Rename;
use crate::model::{Catalog, Object, ObjectId};
use crate::pg::Session;
use crate::plan::{Plan, Risk};

/// A column that can be written, with what its type is.
const COLUMNS: &str = "
    select n.nspname::text, c.relname::text, a.attname::text, coalesce(b.typcategory, t.typcategory)::text,
        coalesce(b.typname, t.typname)::text,
        (select l.enumlabel::text from pg_catalog.pg_enum l where l.enumtypid = coalesce(b.oid, t.oid)
            order by l.enumsortorder limit 1),
        a.attnotnull and not a.atthasdef and a.attidentity = ''
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_type t on t.oid = a.atttypid
    left join pg_catalog.pg_type b on b.oid = t.typbasetype
    where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    order by a.attrelid, a.attnum";

/// What a row is called: no column may have the name, or it would be meant.
const ROW: &str = "pgward_row";

/// What was put into tables.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The row of each table, by column.
    rows: BTreeMap<ObjectId, Value>,
    empty: BTreeSet<ObjectId>,
}

struct Column {
    name: String,
    value: String,
    required: bool,
}

/// Puts a row into each table.
pub(super) async fn put<'a>(session: &Session, tables: impl Iterator<Item = &'a ObjectId>) -> Result<Rows> {
    let tables: Vec<&ObjectId> = tables.collect();
    let mut rows = Rows::default();
    if tables.is_empty() {
        return Ok(rows);
    }
    let failed = |error| session.error(error, "put rows into the copy");
    // Triggers and foreign keys are not what is tried; without the right to switch them off, they take part.
    let _ = session.client().batch_execute("set session_replication_role = replica").await;
    let mut columns: BTreeMap<ObjectId, Vec<Column>> = BTreeMap::new();
    for row in session.client().query(COLUMNS, &[]).await.map_err(failed)? {
        let table = ObjectId::new("table", [row.get::<_, String>(0), row.get(1)]);
        let value = sample(row.get(3), row.get(4), row.get(5));
        columns.entry(table).or_default().push(Column { name: row.get(2), value, required: row.get(6) });
    }
    for table in tables {
        let columns = columns.get(table).map_or(&[][..], Vec::as_slice);
        match put_one(session, table, columns).await {
            Some(row) => _ = rows.rows.insert(table.clone(), row),
            None => _ = rows.empty.insert(table.clone()),
        }
    }
    session.client().batch_execute("reset session_replication_role").await.map_err(failed)?;
    Ok(rows)
}

/// Tries with all columns, then with those that have to be given, and returns the row that is there.
async fn put_one(session: &Session, table: &ObjectId, columns: &[Column]) -> Option<Value> {
    let all: Vec<&Column> = columns.iter().collect();
    let required: Vec<&Column> = columns.iter().filter(|column| column.required).collect();
    for columns in [&all, &required] {
        let names: Vec<_> = columns.iter().map(|column| Path(&[column.name.as_str()]).to_string()).collect();
        let values: Vec<_> = columns.iter().map(|column| column.value.as_str()).collect();
        let name = Path(&table.path);
        let sql = match columns.is_empty() {
            true => format!("insert into {name} as {ROW} default values returning to_jsonb({ROW})"),
            false => format!(
                "insert into {name} as {ROW} ({}) overriding system value values ({}) returning to_jsonb({ROW})",
                names.join(", "),
                values.join(", "),
            ),
        };
        if let Ok(row) = session.client().query_one(&sql, &[]).await {
            let mut row: Value = row.try_get(0).ok()?;
            // What is computed from other columns can be computed again.
            if let Value::Object(values) = &mut row {
                values.retain(|name, _| all.iter().any(|column| column.name == *name));
            }
            return Some(row);
        }
    }
    None
}

/// A value of a type, as SQL writes it, by the category that the server gives it. Texts look like numbers, so that a
/// conversion has something to convert.
fn sample(category: &str, name: &str, label: Option<&str>) -> String {
    let text = match (category, name) {
        ("E", _) => return label.map_or("NULL".to_owned(), |label| Literal(label).to_string()),
        ("N", _) => "1",
        ("B", _) => "true",
        ("D", "time" | "timetz") => "00:00:01",
        ("D", _) => "2000-01-01",
        ("T", _) => "1 day",
        ("A", _) => "{}",
        ("R", _) => "empty",
        ("I", _) => "127.0.0.1",
        ("V", _) => "1",
        ("S", _) => "1",
        (_, "uuid") => "00000000-0000-0000-0000-000000000001",
        (_, "json" | "jsonb") => "1",
        (_, "bytea") => "1",
        (_, "xml") => "<a/>",
        (_, "tsvector" | "tsquery") => "a",
        (_, "pg_lsn") => "0/1",
        (_, "macaddr") => "00:00:00:00:00:01",
        (_, "macaddr8") => "00:00:00:00:00:00:00:01",
        (_, "point") => "(1,1)",
        _ => return "NULL".to_owned(),
    };
    format!("'{text}'")
}

impl Rows {
    /// The tables that have a row.
    pub(super) fn tables(&self) -> impl Iterator<Item = &ObjectId> {
        self.rows.keys()
    }

    /// Which tables the proof says nothing about as far as rows go.
    pub(super) fn notes(&self, without_rows: &BTreeSet<ObjectId>) -> Vec<String> {
        let list = |tables: &[&ObjectId]| tables.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let refused: Vec<&ObjectId> = without_rows.iter().collect();
        let empty: Vec<&ObjectId> = self.empty.iter().filter(|table| !without_rows.contains(*table)).collect();
        let mut notes = Vec::new();
        if !refused.is_empty() {
            let (were, them) = if refused.len() == 1 { ("was", "it") } else { ("were", "them") };
            notes.push(format!(
                "{} {were} empty in the proof: rows made up for {them} do not meet what the plan demands of them",
                list(&refused)
            ));
        }
        if !empty.is_empty() {
            let one = if empty.len() == 1 { "an empty one" } else { "empty ones" };
            notes.push(format!("no row could be made up for {}; the proof is about {one}", list(&empty)));
        }
        notes
    }

    /// Looks whether every row is still there, with the values of the columns that stay. Where a column's type changes, its
    /// value may look different, but may not be gone.
    ///
    /// # Errors
    ///
    /// A statement error that names the table whose row is gone or changed though no statement says so.
    pub(super) async fn check(&self, session: &Session, task: Task<'_>, plan: &Plan) -> Result<()> {
        let losses: BTreeSet<&ObjectId> = plan.losses().map(|planned| &planned.object).collect();
        let is_lost = |id: &ObjectId| losses.iter().any(|lost| id == *lost || id.is_in(lost));
        let rewrites = plan.steps().filter(|planned| planned.step.risks.contains(&Risk::Rewrites));
        let rewritten: BTreeSet<&ObjectId> = rewrites.map(|planned| &planned.object).collect();
        for (table, row) in &self.rows {
            let now = renamed(table, task.renames);
            if is_lost(&now) {
                continue;
            }
            // A table shows its children's rows too.
            let mut found = rows_of(std::slice::from_ref(&now), session).await;
            if found.is_empty() {
                let below = below(table, task);
                // A row may be in a partition that goes.
                if below.iter().any(is_lost) {
                    continue;
                }
                found = rows_of(&below, session).await;
            }
            let lost = |what: String| {
                Err(Error::new(ErrorKind::Statement, format!("the plan would lose {what} without saying so")))
            };
            let (false, Value::Object(row)) = (found.is_empty(), row) else {
                return lost(format!("a row of {now}"));
            };
            let mut kept = Vec::new();
            for (name, value) in row {
                let was = ObjectId::new("column", table.path.iter().chain([name]).cloned());
                let is = renamed(&was, task.renames);
                let by_parents = || ancestors(task.before, &was).iter().any(|id| is_lost(&renamed(id, task.renames)));
                if is_computed(&was, &is, task) || is_lost(&is) || by_parents() {
                    continue;
                }
                let of = |catalog: &Catalog, id| Some(catalog.objects.get(id)?.attrs.get("type")?.clone());
                let exact = of(task.before, &was) == of(task.after, &is)
                    && !needs_differ(&was, task)
                    && ![&is, &now].iter().any(|id| rewritten.contains(id));
                kept.push((is, value, exact));
            }
            let has = |found: &Value, (column, value, exact): &(ObjectId, &Value, bool)| {
                found.get(column.name()).is_some_and(|found| match exact {
                    true => is_same(&as_text(found), &as_text(value)),
                    false => found.is_null() == value.is_null(),
                })
            };
            if !found.iter().any(|found| kept.iter().all(|one| has(found, one))) {
                let gone = kept.iter().find(|one| !found.iter().any(|found| has(found, one)));
                return lost(gone.map_or(format!("a row of {now}"), |(column, ..)| format!("a value of {column}")));
            }
        }
        Ok(())
    }
}

/// The tables that were a table's partitions or children, or theirs, under their names afterwards.
fn below(table: &ObjectId, task: Task<'_>) -> Vec<ObjectId> {
    let tables = task.before.objects.keys().filter(|id| id.kind == table.kind);
    tables.filter(|id| above(id, task.before).contains(table)).map(|id| renamed(id, task.renames)).collect()
}

async fn rows_of(tables: &[ObjectId], session: &Session) -> Vec<Value> {
    let mut found = Vec::new();
    for table in tables {
        let sql = format!("select to_jsonb({ROW}) from {} {ROW}", Path(&table.path));
        let rows = session.client().query(&sql, &[]).await.unwrap_or_default();
        found.extend(rows.iter().filter_map(|row| row.try_get::<_, Value>(0).ok()));
    }
    found
}

/// Whether a column is computed from others, so that losing what it holds loses nothing: it is gone, or computed again.
fn is_computed(was: &ObjectId, is: &ObjectId, task: Task<'_>) -> bool {
    let generated = |object: Option<&Object>| object.is_some_and(|object| object.attrs.contains_key("generated"));
    let after = task.after.objects.get(is);
    generated(task.before.objects.get(was)) && (after.is_none() || generated(after))
}

/// Whether something that a column needs is not what it was, such as the domain that it is of: its values may look
/// different then.
fn needs_differ(column: &ObjectId, task: Task<'_>) -> bool {
    let needs = task.before.objects.get(column).map_or(&[][..], |object| &object.needs);
    let attrs = |catalog: &'_ Catalog, id| catalog.objects.get(id).map(|object| object.attrs.clone());
    needs.iter().any(|id| id.kind != column.kind && attrs(task.before, id) != attrs(task.after, id))
}

/// The columns of parents, and of theirs, that bring a column along and take it with them; of a typed table, the
/// attribute.
fn ancestors(catalog: &Catalog, column: &ObjectId) -> BTreeSet<ObjectId> {
    let table = catalog.objects.get(column).and_then(|column| catalog.objects.get(column.parent.as_ref()?));
    let of_type = table.and_then(|table| parse_path(table.attrs.get("of_type")?.as_str()?).ok());
    let attribute =
        of_type.map(|path| ObjectId::of(column.kind.clone(), [path, vec![column.name().to_owned()]].concat()));
    let mut found: BTreeSet<ObjectId> = attribute.into_iter().collect();
    let mut queue = vec![column];
    while let Some(object) = queue.pop().and_then(|id| catalog.objects.get(id)) {
        if !object.attrs.contains_key("inherited") {
            continue;
        }
        for needed in object.needs.iter().filter(|id| id.kind == column.kind && id.name() == column.name()) {
            if found.insert(needed.clone()) {
                queue.push(needed);
            }
        }
    }
    found
}

/// Whether two texts are the same value: a time that has a zone now, or none any more, was in UTC.
fn is_same(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.strip_suffix("+00:00").unwrap_or(text).to_owned();
    one == other || bare(one) == bare(other)
}

/// A value without what only tells its type: 1 and "1" are the same text.
fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// An identity after all renames, those of what it is in included.
fn renamed(id: &ObjectId, renames: &[Rename]) -> ObjectId {
    renames.iter().fold(id.clone(), |id, rename| rename.apply(&id))
}
