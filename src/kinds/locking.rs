//! Which tables a statement locks beside the one that it is about: those that inherit from it, and those that foreign keys tie
//! to it.
//!
//! Says what the server does, as a test sees it do; writes no SQL.

use std::collections::BTreeMap;

use super::{Lock, Site, Step, lineage};
use crate::base::parse_path;
use crate::model::{Catalog, Object, ObjectId};

/// What is tied to each table and type of the state to begin with.
#[derive(Debug, Default)]
pub struct Relatives<'a> {
    /// Children and partitions, by the path of their table.
    children: BTreeMap<Vec<String>, Vec<&'a ObjectId>>,
    /// Foreign keys, by the path of the table that they refer to.
    keys: BTreeMap<Vec<String>, Vec<&'a ObjectId>>,
    /// Typed tables, and columns and domains of a domain, by the type's path.
    of_type: BTreeMap<&'a [String], Vec<&'a ObjectId>>,
}

impl<'a> Relatives<'a> {
    /// Finds them.
    #[must_use]
    pub fn of(catalog: &'a Catalog) -> Self {
        let mut found = Self::default();
        for (id, object) in &catalog.objects {
            let needs_type = |kind: &'static str| object.needs.iter().filter(move |needed| needed.kind == kind);
            match id.kind.as_str() {
                "table" | "foreign table" => {
                    for parent in object.inherits_from() {
                        found.children.entry(parent).or_default().push(id);
                    }
                    if object.attrs.contains_key("of_type") {
                        for needed in needs_type("composite type") {
                            found.of_type.entry(&needed.path).or_default().push(id);
                        }
                    }
                }
                "constraint" => {
                    let table = object.attrs.get("references").and_then(|name| parse_path(name.as_str()?).ok());
                    if let Some(table) = table {
                        found.keys.entry(table).or_default().push(id);
                    }
                }
                "column" | "domain" => {
                    for needed in needs_type("domain") {
                        found.of_type.entry(&needed.path).or_default().push(id);
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// The children and partitions of a table.
    pub fn children(&self, table: &ObjectId) -> impl Iterator<Item = &'a ObjectId> {
        self.children.get(&table.path).into_iter().flatten().copied()
    }

    fn keys(&self, table: &ObjectId) -> impl Iterator<Item = &'a ObjectId> {
        self.keys.get(&table.path).into_iter().flatten().copied()
    }

    fn of_type(&self, id: &ObjectId) -> impl Iterator<Item = &'a ObjectId> {
        self.of_type.get(id.path.as_slice()).into_iter().flatten().copied()
    }
}

/// Locks a table that is there. What is removed on the way still is when something is removed from it.
pub(super) fn lock_one<'s>(site: &Site, table: &ObjectId, lock: Lock, step: &'s mut Step) -> &'s mut Step {
    let before = site.world.before;
    let is_there =
        if std::ptr::eq(site.catalog, before) { before.objects.contains_key(table) } else { site.stands(table) };
    if is_there { step.lock(lock, table) } else { step }
}

/// Locks a table that is there, and all that inherits from it.
pub(super) fn lock_all<'s>(site: &Site, table: &ObjectId, lock: Lock, step: &'s mut Step) -> &'s mut Step {
    lock_one(site, table, lock, step);
    for child in site.world.relatives.children(table).filter(|child| is_child(site, child, table)) {
        lock_all(site, child, lock, step);
    }
    step
}

/// Whether a table that was a child or partition of another one still is: what leaves it has left before, and what is removed
/// is removed after.
fn is_child(site: &Site, child: &ObjectId, of: &ObjectId) -> bool {
    let Some(object) = site.world.after.objects.get(child).filter(|_| site.stands(child)) else { return true };
    lineage::stays_with(&Site { id: child, object, catalog: site.world.after, world: site.world }, of)
}

/// Locks the other table of a foreign key: keys reach partitions, and no children.
pub(super) fn lock_other<'s>(site: &Site, table: &ObjectId, lock: Lock, step: &'s mut Step) -> &'s mut Step {
    let is_partitioned = site.catalog.objects.get(table).is_some_and(|table| table.attrs.contains_key("partition_by"));
    let lock_them = if is_partitioned { lock_all } else { lock_one };
    lock_them(site, table, lock, step)
}

/// Locks what something is in, a column or a constraint, alone.
pub(super) fn lock_parent<'s>(site: &Site, lock: Lock, step: &'s mut Step) -> &'s mut Step {
    site.object.parent.iter().for_each(|table| _ = lock_one(site, table, lock, step));
    step
}

/// Locks what something is in and, unless the statement says ONLY, all that inherits from that.
pub(super) fn lock<'s>(site: &Site, lock: Lock, step: &'s mut Step) -> &'s mut Step {
    match &site.object.parent {
        Some(table) if !step.sql.starts_with("ALTER TABLE ONLY ") => lock_all(site, table, lock, step),
        _ => lock_parent(site, lock, step),
    }
}

/// The table that a foreign key refers to, where it is another one.
pub(super) fn referenced<'a>(key: &Site<'a>) -> Option<&'a ObjectId> {
    let table = parse_path(key.text("references")?).ok()?;
    let of = |needed: &'a ObjectId| key.catalog.objects.get(needed)?.parent.as_ref();
    let found = key.object.needs.iter().filter_map(of).find(|parent| parent.path == table);
    found.filter(|parent| Some(*parent) != key.object.parent.as_ref())
}

/// Locks the table of a column that gets an identity, and the partitions that get it too, as they do from PostgreSQL 17 on.
pub(super) fn lock_identity(column: &Site, step: &mut Step) {
    let Some(table) = &column.object.parent else { return };
    let gets_it = |child: &ObjectId| {
        let path = child.path.iter().cloned().chain([column.name().to_owned()]).collect();
        let of_child = column.world.after.objects.get(&ObjectId::of(column.id.kind.clone(), path));
        of_child.is_some_and(|of_child| of_child.attrs.contains_key("identity"))
    };
    let is_partitioned = column.parent().is_some_and(|table| table.object.attrs.contains_key("partition_by"));
    let all = is_partitioned && column.world.relatives.children(table).any(gets_it);
    let lock_them = if all { lock_all } else { lock_one };
    lock_them(column, table, Lock::AccessExclusive, step);
}

/// Locks the other tables of the foreign keys that a column is in, which are made anew when its type changes.
pub(super) fn lock_keys_of(column: &Site, step: &mut Step) {
    let Some(table) = column.parent() else { return };
    let has = |key: &Object, attribute: &str| {
        let names = key.attrs.get(attribute).and_then(|names| names.as_array()).into_iter().flatten();
        names.into_iter().any(|name| name.as_str() == Some(column.name()))
    };
    let own = table.children("constraint").filter(|key| has(key.object, "columns"));
    for other in own.filter(|key| column.stands(key.id)).filter_map(|key| referenced(&key)) {
        lock_other(column, other, Lock::AccessExclusive, step);
    }
    for key in column.world.relatives.keys(table.id) {
        let object = column.world.before.objects.get(key).filter(|key| has(key, "referenced_columns"));
        let other = object.and_then(|key| key.parent.as_ref()).filter(|other| *other != table.id && column.stands(key));
        if let Some(other) = other {
            lock_other(column, other, Lock::AccessExclusive, step);
        }
    }
}

/// Locks the tables that the foreign keys of a table refer to. Those that go have no keys referring to them by then.
pub(super) fn lock_referenced(table: &Site, lock: Lock, step: &mut Step) {
    let keys = table.children("constraint").filter(|key| table.world.before.objects.contains_key(key.id));
    for other in keys.filter_map(|key| referenced(&key)).filter_map(|other| table.at(other)) {
        if !lineage::is_gone(&other) {
            lock_one(table, other.id, lock, step);
        }
    }
}

/// Locks what a partition comes to or goes from: the table that it is in, and its default partition, whose rows may be the
/// partition's.
pub(super) fn lock_above(partition: &Site, lock: Lock, step: &mut Step) {
    let relatives = partition.world.relatives;
    for parent in lineage::parents(partition) {
        lock_one(partition, parent.id, lock, step);
        let others = relatives.children(parent.id).filter(|other| *other != partition.id);
        for other in others.filter(|other| is_child(partition, other, parent.id)) {
            let other_bound =
                partition.world.before.objects.get(other).and_then(|other| other.attrs.get("partition_bound"));
            if other_bound.is_some_and(|bound| bound == "DEFAULT") {
                lock_one(partition, other, Lock::AccessExclusive, step);
            }
        }
    }
}

/// Locks the tables that foreign keys tie to the one that a partition comes to or goes from. What goes does so before keys are
/// made, and what comes, after.
pub(super) fn lock_keys_above(partition: &Site, goes: bool, step: &mut Step) {
    let world = partition.world;
    let mut above = lineage::parents(partition);
    while let Some(parent) = above.pop() {
        above.extend(lineage::parents(&parent));
        lock_referenced(&parent, Lock::ShareRowExclusive, step);
        let is_there =
            |key: &&ObjectId| if goes { partition.stands(key) } else { world.after.objects.contains_key(*key) };
        let referring = if goes { Lock::AccessExclusive } else { Lock::ShareRowExclusive };
        for key in world.relatives.keys(parent.id).filter(is_there) {
            if let Some(table) = world.before.objects.get(key).and_then(|key| key.parent.as_ref()) {
                lock_one(partition, table, referring, step);
            }
        }
    }
}

/// Locks the tables with columns of a domain, or of one that is over it.
pub(super) fn lock_columns_of(site: &Site, domain: &ObjectId, lock: Lock, step: &mut Step) {
    for id in site.world.relatives.of_type(domain) {
        let object = site.world.before.objects.get(id);
        // What has values of it inside is not looked at.
        let is_plain = object.and_then(|one| one.attrs.get("type")?.as_str()) == Some(&domain.qualified());
        let table = object.and_then(|column| column.parent.as_ref()).filter(|_| is_plain);
        match (id.kind.as_str(), table) {
            ("domain", _) => lock_columns_of(site, id, lock, step),
            (_, Some(table)) if has_rows(site, table) && !step.locks.contains(&(lock, table.to_string())) => {
                lock_one(site, table, lock, step);
            }
            _ => {}
        }
    }
}

/// Whether rows are in a relation itself.
fn has_rows(site: &Site, relation: &ObjectId) -> bool {
    let is_partitioned = |table: &Object| table.attrs.contains_key("partition_by");
    matches!(relation.kind.as_str(), "table" | "materialized view")
        && site.world.before.objects.get(relation).is_some_and(|table| !is_partitioned(table))
}

/// Locks the typed tables of a composite type, which follow it.
pub(super) fn lock_typed(site: &Site, step: &mut Step) {
    let Some(of) = &site.object.parent else { return };
    for table in site.world.relatives.of_type(of) {
        lock_one(site, table, Lock::AccessExclusive, step);
    }
}
