//! Renames: the first statements of a plan, so that everything after them can use the new names.

use std::collections::BTreeSet;

use super::{Planned, shared};
use crate::diff::{Rename, apply_renames};
use crate::kinds::{self, Relatives, Site, Steps, World};
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
            let relatives = Relatives::of(&now);
            let world = World { before: &now, after, made: &nothing, deferred: &nothing, relatives: &relatives };
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

/// Makes a schema that something moves to, and returns it with what is granted on it.
fn make(schema: &ObjectId, now: &Catalog, after: &Catalog, planned: &mut Vec<Planned>) -> Vec<(ObjectId, Object)> {
    let (Some(kind), Some((id, object))) = (kinds::by_name(&schema.kind), after.objects.get_key_value(schema)) else {
        return Vec::new();
    };
    let made = BTreeSet::from([id.clone()]);
    let world = World { before: now, after, made: &made, deferred: &BTreeSet::new(), relatives: &Relatives::default() };
    let site = Site { world: &world, catalog: after, id, object };
    let mut steps = Steps::default();
    (kind.ddl.create)(&site, &mut steps);
    shared::create(kind, &site, &mut steps);
    kinds::settle_grants(&site, &mut steps);
    planned.extend(steps.steps.into_iter().map(|step| Planned { object: id.clone(), step }));
    let granted = after.children(id).filter(|(id, _)| id.kind == "grant");
    [(id, object)].into_iter().chain(granted).map(|(id, object)| (id.clone(), object.clone())).collect()
}
