//! The catalog as documents look at it: schemas, their relations with columns and keys, and all else by kind.
//!
//! Reads a catalog once; borrows from it.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::Entry;
use super::types::TypeName;
use crate::base::parse_path;
use crate::model::{Catalog, ObjectId};

/// Kinds that hold rows.
const TABLES: &[&str] = &["table", "foreign table"];
/// Kinds that are queries.
const VIEWS: &[&str] = &["view", "materialized view"];

/// A catalog, grouped.
pub(super) struct Database<'a> {
    catalog: &'a Catalog,
    children: BTreeMap<&'a ObjectId, Vec<Entry<'a>>>,
    /// By name.
    pub(super) schemas: Vec<Schema<'a>>,
    /// What stands in no schema: extensions and the like.
    pub(super) outside: Vec<Entry<'a>>,
}

/// A schema and what stands in it, each in the order of names.
pub(super) struct Schema<'a> {
    pub(super) name: &'a str,
    /// None where only its contents are in the catalog.
    pub(super) entry: Option<Entry<'a>>,
    pub(super) tables: Vec<Relation<'a>>,
    pub(super) views: Vec<Relation<'a>>,
    /// Types, routines, sequences and all that future kinds bring.
    pub(super) others: Vec<Entry<'a>>,
}

/// A table or a view.
pub(super) struct Relation<'a> {
    pub(super) entry: Entry<'a>,
    /// In their own order.
    pub(super) columns: Vec<Column<'a>>,
    pub(super) constraints: Vec<Entry<'a>>,
    pub(super) foreign_keys: Vec<ForeignKey<'a>>,
    pub(super) indexes: Vec<Entry<'a>>,
    pub(super) triggers: Vec<Entry<'a>>,
    pub(super) policies: Vec<Entry<'a>>,
    /// What else belongs to it, grants apart.
    pub(super) others: Vec<Entry<'a>>,
    /// The partitions of a partitioned table.
    pub(super) partitions: Vec<Entry<'a>>,
}

/// A column.
pub(super) struct Column<'a> {
    pub(super) entry: Entry<'a>,
    pub(super) name: &'a str,
    pub(super) ty: TypeName,
    pub(super) not_null: bool,
}

/// A foreign key.
pub(super) struct ForeignKey<'a> {
    pub(super) entry: Entry<'a>,
    pub(super) columns: Vec<&'a str>,
    /// The table, where it is in the catalog with all the columns.
    pub(super) target: Option<&'a ObjectId>,
    /// The path of the table that it refers to.
    pub(super) target_path: Vec<String>,
    pub(super) target_columns: Vec<&'a str>,
    /// Whether a row may refer to none.
    pub(super) optional: bool,
    /// Whether at most one row refers to each.
    pub(super) unique: bool,
    /// Whether it is part of what identifies the row.
    pub(super) identifying: bool,
}

impl<'a> Database<'a> {
    /// Groups a catalog.
    pub(super) fn of(catalog: &'a Catalog) -> Self {
        let mut children: BTreeMap<&ObjectId, Vec<Entry<'a>>> = BTreeMap::new();
        let mut partitions: BTreeMap<Vec<String>, Vec<Entry<'a>>> = BTreeMap::new();
        for (id, object) in &catalog.objects {
            let entry = Entry { id, attrs: &object.attrs };
            if let Some(parent) = &object.parent {
                children.entry(parent).or_default().push(entry);
            }
            if let Some(Ok(parent)) = entry.text("partition_of").map(parse_path)
                && TABLES.contains(&entry.kind())
            {
                partitions.entry(parent).or_default().push(entry);
            }
        }
        let mut database = Self { catalog, children, schemas: Vec::new(), outside: Vec::new() };
        let mut schemas: BTreeMap<&str, Schema<'a>> = BTreeMap::new();
        for (id, object) in &catalog.objects {
            let entry = Entry { id, attrs: &object.attrs };
            let name = match &object.parent {
                None if entry.kind() == "schema" => entry.name(),
                Some(parent) if parent.kind == "schema" => parent.path.first().map_or("", String::as_str),
                // What stands in the database itself, and not in something else that is written with it.
                None => {
                    database.outside.push(entry);
                    continue;
                }
                Some(_) => continue,
            };
            let empty = || Schema { name, entry: None, tables: Vec::new(), views: Vec::new(), others: Vec::new() };
            let schema = schemas.entry(name).or_insert_with(empty);
            match entry.kind() {
                "schema" => schema.entry = Some(entry),
                "grant" => {}
                kind if TABLES.contains(&kind) => schema.tables.push(database.relation(entry, &partitions)),
                kind if VIEWS.contains(&kind) => schema.views.push(database.relation(entry, &partitions)),
                _ => schema.others.push(entry),
            }
        }
        database.schemas = schemas.into_values().collect();
        database
    }

    /// What belongs to an object.
    pub(super) fn children(&self, id: &ObjectId) -> &[Entry<'a>] {
        self.children.get(id).map_or(&[], Vec::as_slice)
    }

    /// The children of one kind.
    pub(super) fn children_of_kind(&self, id: &ObjectId, kind: &str) -> Vec<Entry<'a>> {
        self.children(id).iter().filter(|entry| entry.kind() == kind).copied().collect()
    }

    /// The object of a kind that a type names.
    pub(super) fn named(&self, kind: &str, ty: &TypeName) -> Option<Entry<'a>> {
        let (id, object) = self.catalog.objects.get_key_value(&ObjectId::new(kind, ty.path()?))?;
        Some(Entry { id, attrs: &object.attrs })
    }

    /// The columns of a relation or composite type, in their own order.
    pub(super) fn columns(&self, id: &ObjectId) -> Vec<Column<'a>> {
        let mut columns = self.children_of_kind(id, "column");
        columns.sort_by_key(|column| column.attrs.get("position").and_then(serde_json::Value::as_u64));
        let read = |entry: Entry<'a>| Column {
            entry,
            name: entry.name(),
            ty: TypeName::parse(entry.text("type").unwrap_or_default()),
            not_null: entry.flag("not_null"),
        };
        columns.into_iter().map(read).collect()
    }

    /// Tables that a diagram or a schema file shows. A partition that nothing refers to is said in its parent's notes.
    pub(super) fn shown_tables(&self) -> Vec<&Relation<'a>> {
        let tables = || self.schemas.iter().flat_map(|schema| &schema.tables);
        let referenced: BTreeSet<_> = tables().flat_map(|t| &t.foreign_keys).filter_map(|key| key.target).collect();
        tables()
            .filter(|table| {
                let parent = table.entry.text("partition_of").and_then(|name| parse_path(name).ok());
                let has_parent = parent.is_some_and(|path| self.table(&path).is_some());
                !has_parent || !table.foreign_keys.is_empty() || referenced.contains(table.entry.id)
            })
            .collect()
    }

    /// All views.
    pub(super) fn views(&self) -> impl Iterator<Item = &Relation<'a>> {
        self.schemas.iter().flat_map(|schema| &schema.views)
    }

    /// Whether names need their schema to be understood.
    pub(super) fn has_many_schemas(&self) -> bool {
        let used = |schema: &&Schema<'_>| !schema.tables.is_empty() || !schema.views.is_empty();
        self.schemas.iter().filter(used).count() > 1
    }

    /// All objects of a kind that stand in schemas.
    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = Entry<'a>> {
        self.schemas.iter().flat_map(|schema| &schema.others).filter(move |entry| entry.kind() == kind).copied()
    }

    fn table(&self, path: &[String]) -> Option<&'a ObjectId> {
        let find = |kind: &&str| self.catalog.objects.get_key_value(&ObjectId::new(kind, path)).map(|(id, _)| id);
        TABLES.iter().find_map(find)
    }

    fn relation(&self, entry: Entry<'a>, partitions: &BTreeMap<Vec<String>, Vec<Entry<'a>>>) -> Relation<'a> {
        let kinds = ["column", "constraint", "index", "trigger", "policy", "grant"];
        let mut relation = Relation {
            entry,
            columns: self.columns(entry.id),
            constraints: self.children_of_kind(entry.id, "constraint"),
            foreign_keys: Vec::new(),
            indexes: self.children_of_kind(entry.id, "index"),
            triggers: self.children_of_kind(entry.id, "trigger"),
            policies: self.children_of_kind(entry.id, "policy"),
            others: self.children(entry.id).iter().filter(|e| !kinds.contains(&e.kind())).copied().collect(),
            partitions: partitions.get(&entry.id.path).cloned().unwrap_or_default(),
        };
        let keys = relation.constraints_of("foreign key").map(|key| self.foreign_key(&relation, key)).collect();
        relation.foreign_keys = keys;
        relation
    }

    fn foreign_key(&self, relation: &Relation<'a>, entry: Entry<'a>) -> ForeignKey<'a> {
        let columns = entry.list("columns");
        let target_path = entry.text("references").and_then(|name| parse_path(name).ok()).unwrap_or_default();
        let target_columns = entry.list("referenced_columns");
        let has = |id: &&ObjectId| {
            let names = self.children_of_kind(id, "column");
            target_columns.iter().all(|column| names.iter().any(|entry| entry.name() == *column))
        };
        let target = self.table(&target_path).filter(has);
        let nullable = |name: &&str| relation.column(name).is_none_or(|column| !column.not_null);
        let primary = relation.primary_key();
        ForeignKey {
            entry,
            target,
            target_path,
            target_columns,
            optional: columns.iter().any(nullable),
            unique: relation.unique_sets().iter().any(|set| set.iter().all(|name| columns.contains(name))),
            identifying: primary.is_some_and(|key| columns.iter().all(|name| key.list("columns").contains(name))),
            columns,
        }
    }
}

impl<'a> Relation<'a> {
    pub(super) fn schema(&self) -> &'a str {
        self.entry.schema()
    }

    pub(super) fn name(&self) -> &'a str {
        self.entry.name()
    }

    /// Finds a column.
    pub(super) fn column(&self, name: &str) -> Option<&Column<'a>> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The constraints of a type: `unique`, `check`.
    pub(super) fn constraints_of(&self, ty: &'static str) -> impl Iterator<Item = Entry<'a>> {
        self.constraints.iter().filter(move |entry| entry.text("type") == Some(ty)).copied()
    }

    pub(super) fn primary_key(&self) -> Option<Entry<'a>> {
        self.constraints_of("primary key").next()
    }

    /// The sets of columns in which no two rows are equal, the primary key first.
    pub(super) fn unique_sets(&self) -> Vec<Vec<&'a str>> {
        let keys = self.constraints_of("primary key").chain(self.constraints_of("unique"));
        let indexes = self.indexes.iter().copied().filter(|index| is_plain_unique(*index) && self.has_columns(*index));
        let by_range = |entry: &Entry<'_>| entry.flag("period");
        keys.filter(|key| !by_range(key)).chain(indexes).map(|key| key.list("columns")).collect()
    }

    /// Whether an index's keys are all columns, none an expression.
    pub(super) fn has_columns(&self, index: Entry<'_>) -> bool {
        index.list("columns").iter().all(|key| self.column(key).is_some())
    }
}

impl Column<'_> {
    pub(super) fn default(&self) -> Option<&str> {
        self.entry.text("default")
    }
}

/// Whether an index lets no two rows be equal in its keys.
pub(super) fn is_plain_unique(index: Entry<'_>) -> bool {
    index.flag("unique") && index.text("predicate").is_none() && !index.is_off("valid")
}
