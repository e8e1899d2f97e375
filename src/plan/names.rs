//! Renames: the first statements of a plan, so that everything after them can use the new names.

use std::collections::{BTreeMap, BTreeSet};

use super::taken::{Space, taken};
use super::{Planned, shared};
use crate::diff::{Rename, apply_renames};
use crate::kinds::{self, Site, Steps, World};
use crate::model::{Catalog, Object, ObjectId, Shape};

/// The statements of renames, outermost objects first as they are given, and the catalog after them.
pub(super) fn rename(before: &Catalog, after: &Catalog, renames: &[Rename]) -> (Vec<Planned>, Catalog) {
    let shapes: Vec<&'static Shape> = kinds::ALL.iter().map(|kind| kind.shape).collect();
    let nothing = BTreeSet::new();
    let mut planned = Vec::new();
    let mut before = before.clone();
    let mut now = before.clone();
    // All of them from the beginning, since a text may name several things that were renamed; and only where one builds on those
    // before it, since there may be many.
    let renamed = |before: &Catalog, end: usize| apply_renames(before, after, &renames[..end], &shapes);
    let pairs: Vec<_> = renames.iter().map(|rename| (&rename.from, &rename.to)).collect();
    for (n, rename) in renames.iter().enumerate() {
        if !now.objects.contains_key(&rename.from) {
            now = renamed(&before, n);
        }
        let schema = ObjectId::new("schema", rename.to.path.first());
        if rename.is_move() && !now.objects.contains_key(&schema) {
            let made = make(&schema, &now, after, &mut planned);
            now.objects.extend(made.iter().cloned());
            before.objects.extend(made);
        }
        if let (Some(kind), Some((id, object))) =
            (kinds::by_name(&rename.from.kind), now.objects.get_key_value(&rename.from))
        {
            let world = World { before: &now, after, made: &nothing, deferred: &nothing };
            let mut steps = Steps::default();
            let site = Site { world: &world, catalog: &now, id, object };
            if !kinds::is_renamed_with_parents(&site, &rename.to, &pairs) {
                kind.rename(&site, &rename.to, &mut steps);
            }
            planned.extend(steps.steps.into_iter().map(|step| Planned { object: rename.to.clone(), step }));
        }
    }
    if !renames.is_empty() {
        now = renamed(&before, renames.len());
    }
    (planned, now)
}

/// Renames of what has a name, until it goes or gets its own new one, that something of another kind is renamed to.
pub(super) fn step_aside(before: &Catalog, after: &Catalog, renames: &[Rename]) -> Vec<Rename> {
    let mut wanted = BTreeMap::new();
    for Rename { from, to } in renames {
        let names = after.objects.get(to).map(|object| taken(to, object)).unwrap_or_default();
        wanted.extend(names.into_iter().map(|name| (name, from)));
    }
    wanted.retain(|(space, ..), _| matches!(space, Space::Relations | Space::Types));
    if wanted.is_empty() {
        return Vec::new();
    }
    let held = |id: &ObjectId, object: &Object| {
        taken(id, object).iter().any(|name| wanted.get(name).is_some_and(|from| *from != id))
    };
    let holders = before
        .objects
        .iter()
        .filter(|(id, object)| id.kind != "column" && !after.objects.contains_key(*id) && held(id, object));
    let aside = holders.map(|(id, _)| {
        let mut to = id.clone();
        if let (Some(schema), Some(name)) = (id.path.get(..1), to.path.last_mut()) {
            *name = kinds::free_name(schema, id.name(), "old", [before, after]);
        }
        Rename { from: id.clone(), to }
    });
    aside.collect()
}

/// The renames after those of what stepped aside, which starts from where it is then.
pub(super) fn after_aside(aside: &[Rename], renames: &[Rename]) -> Vec<Rename> {
    let moved = renames.iter().map(|rename| {
        let from = aside.iter().find(|aside| aside.from == rename.from).map_or(&rename.from, |aside| &aside.to);
        Rename { from: from.clone(), to: rename.to.clone() }
    });
    aside.iter().cloned().chain(moved).collect()
}

/// Makes a schema that something moves to, and returns it with what is granted on it.
fn make(schema: &ObjectId, now: &Catalog, after: &Catalog, planned: &mut Vec<Planned>) -> Vec<(ObjectId, Object)> {
    let (Some(kind), Some((id, object))) = (kinds::by_name(&schema.kind), after.objects.get_key_value(schema)) else {
        return Vec::new();
    };
    let made = BTreeSet::from([id.clone()]);
    let world = World { before: now, after, made: &made, deferred: &BTreeSet::new() };
    let site = Site { world: &world, catalog: after, id, object };
    let mut steps = Steps::default();
    (kind.ddl.create)(&site, &mut steps);
    shared::create(kind, &site, &mut steps);
    kinds::settle_grants(&site, &mut steps);
    planned.extend(steps.steps.into_iter().map(|step| Planned { object: id.clone(), step }));
    let granted = after.children(id).filter(|(id, _)| id.kind == "grant");
    [(id, object)].into_iter().chain(granted).map(|(id, object)| (id.clone(), object.clone())).collect()
}
