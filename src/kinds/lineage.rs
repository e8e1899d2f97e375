//! Who inherits from whom: the parents of a table, and what of a child's is a parent's.
//!
//! Reads the catalog only; writes no SQL.

use super::{Alteration, Site};
use crate::base::parse_path;
use crate::model::{Catalog, Object, ObjectId};

/// The tables that a table inherits from, in order, or the one that it is a partition of.
pub fn parents<'a>(table: &Site<'a>) -> Vec<Site<'a>> {
    let paths = table.object.inherits_from().into_iter();
    paths
        .filter_map(|path| {
            let of_kind = |kind: &str| table.at(&ObjectId::of(kind.to_owned(), path.clone()));
            of_kind("table").or_else(|| of_kind("foreign table"))
        })
        .collect()
}

/// Whether a table that stands has children or partitions that stand.
pub(super) fn has_children(table: &ObjectId, site: &Site) -> bool {
    let before = site.world.before;
    before.objects.iter().any(|(id, object)| {
        let is_child = |child: &Site| parents(child).iter().any(|parent| parent.id == table);
        id.kind.ends_with("table")
            && site.stands(id)
            && ["inherits", "partition_of"].iter().any(|name| object.attrs.contains_key(*name))
            && is_child(&Site { world: site.world, catalog: before, id, object })
    })
}

/// Whether an object's table is a partition.
pub(super) fn is_of_partition(site: &Site) -> bool {
    site.parent().is_some_and(|table| table.object.attrs.contains_key("partition_of"))
}

/// What an object of a table, such as a column, is inherited from: the same in each of the table's parents.
pub fn inherited_from<'a>(site: &Site<'a>) -> Vec<Site<'a>> {
    let Some(table) = site.parent() else { return Vec::new() };
    parents(&table).iter().filter_map(|parent| same_in(parent, site)).collect()
}

/// Whether a column of a table that stands is a parent's too all the time, so that what is done with that one is done with it.
pub(super) fn is_carried(column: &Site) -> bool {
    let of = |parent: &Site| {
        parent.object.parent.as_ref().zip(column.parent()).is_some_and(|(of, table)| stays_with(&table, of))
    };
    inherited_from(column).iter().any(of)
}

/// The object of the same kind and name in another table.
fn same_in<'a>(table: &Site<'a>, site: &Site) -> Option<Site<'a>> {
    let path = table.id.path.iter().cloned().chain([site.id.name().to_owned()]).collect();
    table.at(&ObjectId::of(site.id.kind.clone(), path))
}

/// Whether an object is renamed by one of `renames`, from one identity to another, that is about a parent's: the server
/// gives all children's columns, checks and copies of triggers the new name then, and the columns of typed tables those of
/// their type's attributes.
pub fn is_renamed_with_parents(site: &Site, to: &ObjectId, renames: &[(&ObjectId, &ObjectId)]) -> bool {
    let attribute = |name: &str| site.object.attrs.get(name);
    let inheritable = match site.id.kind.as_str() {
        "column" => true,
        "constraint" => attribute("type").is_some_and(|name| name == "check" || name == "not null"),
        "trigger" => attribute("inherited").is_some(),
        _ => false,
    };
    let Some(table) = site.parent().filter(|_| inheritable) else { return false };
    let of_type = table.object.attrs.get("of_type").and_then(|name| parse_path(name.as_str()?).ok());
    let parents: Vec<Vec<String>> = table.object.inherits_from().into_iter().chain(of_type).collect();
    // Their tables may have been renamed before, or may be later.
    let of_parent = |id: &ObjectId| id.path.split_last().is_some_and(|(_, of)| parents.iter().any(|path| path == of));
    renames.iter().any(|(from, new)| {
        from.kind == site.id.kind
            && (from.name(), new.name()) == (site.id.name(), to.name())
            && (of_parent(from) || of_parent(new))
    })
}

/// Whether one of the parents is dropped or changed so that it takes a child's object along: the parent's goes, and
/// the table stays its child.
pub(super) fn goes_with_parents(site: &Site) -> bool {
    inherited_from(site).iter().any(|parent| {
        let table = parent.object.parent.as_ref();
        is_gone(parent) && table.is_some_and(|table| stays_child(site, table))
    })
}

/// Whether a table leaves a parent that has the same of it, such as a column, which can be removed only after that.
pub fn leaves_parents(site: &Site) -> bool {
    let Some(table) = site.parent().filter(|table| site.stands(table.id)) else { return false };
    parents(&table).iter().any(|parent| same_in(parent, site).is_some() && !stays_with(&table, parent.id))
}

/// Whether a table is a partition of the same table all the time, so that its indexes stay attached.
pub(super) fn stays_attached(table: &Site) -> bool {
    let of =
        |catalog: &Catalog, name: &str| catalog.objects.get(table.id).and_then(|table| table.attrs.get(name)).cloned();
    ["partition_of", "partition_bound"].iter().all(|name| {
        let before = of(table.world.before, name);
        before.is_some() && before == of(table.world.after, name)
    })
}

/// Whether something is attached to an index or key of a partitioned table, in the catalog that it is looked at in, that
/// is not in the other one: where that makes it valid, nothing else has to.
pub(super) fn gains_parts(site: &Site) -> bool {
    let is_part = |object: &Object| object.attached_to() == Some(site.id);
    let mut parts = site.catalog.objects.iter().filter(|(_, object)| is_part(object));
    parts.any(|(id, _)| !site.world.before.objects.get(id).is_some_and(is_part))
}

/// Whether what an object such as an index is on is a partitioned table.
pub(super) fn is_on_partitioned(site: &Site) -> bool {
    site.parent().is_some_and(|table| table.object.attrs.contains_key("partition_by"))
}

/// Whether an index or a key has to be made anew because of what it is of a partitioned table's: one that is held and not
/// attached any more goes with the one that it was attached to, which is invalid then as long as partitions lack theirs; and
/// one of the partitioned table has its options from the beginning. `valid` is the attribute that says whether its index is.
pub(super) fn is_fixed(change: &Alteration, held: bool, valid: &str) -> bool {
    let after = change.after;
    let becomes_valid = || after.flag_or_true(valid) && gains_parts(&after);
    held && change.differs("partition_of")
        || is_on_partitioned(&after) && (change.differs("options") || change.differs(valid) && !becomes_valid())
}

/// Whether an object is removed, for good or to be made again.
pub(super) fn is_gone(site: &Site) -> bool {
    !site.world.after.objects.contains_key(site.id) || site.world.made.contains(site.id)
}

fn stays_child(site: &Site, of: &ObjectId) -> bool {
    let Some(id) = &site.object.parent else { return false };
    let Some(object) = site.world.after.objects.get(id) else { return true };
    let after = Site { world: site.world, catalog: site.world.after, id, object };
    if site.stands(id) { stays_with(&after, of) } else { parents(&after).iter().any(|parent| parent.id == of) }
}

/// Whether a table that stands is a child or partition of another one all the time, so that what is done with the other's
/// columns is done with its own.
pub fn stays_with<'a>(table: &Site<'a>, parent: &ObjectId) -> bool {
    let of = |catalog: &'a Catalog| {
        let (id, object) = catalog.objects.get_key_value(table.id)?;
        Some(Site { world: table.world, catalog, id, object })
    };
    let Some((before, after)) = of(table.world.before).zip(of(table.world.after)) else { return false };
    let is_in = |site: &Site| parents(site).iter().any(|one| one.id == parent);
    if !is_in(&before) || !is_in(&after) {
        return false;
    }
    let (old, new) = (before.list("inherits"), after.list("inherits"));
    let kept = &new[..kept_parents(&old, &new)];
    stays_attached(table) || kept.iter().any(|name| parse_path(name).is_ok_and(|path| path == parent.path))
}

/// How many of a table's parents, from the first one on, it does not leave to have them in their order: that in which they
/// were added.
pub(super) fn kept_parents(old: &[&str], new: &[&str]) -> usize {
    let stays = |count: &usize| old.iter().filter(|parent| new[..*count].contains(parent)).eq(&new[..*count]);
    (0..=new.len()).rev().find(stays).unwrap_or_default()
}

/// Whether a table becomes its parent's partition or child only after everything else: where one of both holds rows
/// already, so that the server compares what they have, and makes what is missing.
pub(super) fn joins_late(table: &Site) -> bool {
    let before = table.world.before.objects.get_key_value(table.id).filter(|_| table.stands(table.id));
    if let Some((id, object)) = before {
        let of = |name: &str| (object.attrs.get(name), table.object.attrs.get(name));
        let moved = ["partition_of", "partition_bound", "inherits"].iter().any(|name| {
            let (old, new) = of(name);
            new.is_some() && old != new
        });
        return moved && id == table.id;
    }
    // What a partition of a partition has of an identity it gets from that one once it is one itself.
    let has_identity = |table: &Site| table.children("column").any(|column| column.text("identity").is_some());
    let is_late = |parent: &Site| table.stands(parent.id) || has_identity(parent) && joins_late(parent);
    table.object.attrs.contains_key("partition_of") && parents(table).iter().any(is_late)
}
