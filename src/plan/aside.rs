//! Names that something takes under a rename while what had them before is still there and goes later: that steps aside.

use std::collections::BTreeMap;

use super::Planned;
use super::taken::{Space, Taken, taken};
use crate::diff::Rename;
use crate::kinds;
use crate::model::{Catalog, Object, ObjectId};

/// The renames by which names come free, to be made before the others.
pub(super) fn asides(before: &Catalog, after: &Catalog, renames: &[Rename]) -> Vec<Rename> {
    if renames.is_empty() {
        return Vec::new();
    }
    let goes = |id: &ObjectId| !after.objects.contains_key(id) && renames.iter().all(|rename| rename.apply(id) == *id);
    let going = before.objects.iter().filter(|(id, _)| goes(id));
    let had: BTreeMap<Taken, &ObjectId> =
        going.flat_map(|(id, object)| names(id, object).map(move |name| (name, id))).collect();
    let wanted = renames.iter().filter_map(|rename| after.objects.get_key_value(&rename.to));
    let mut asides: Vec<Rename> = Vec::new();
    for name in wanted.flat_map(|(id, object)| names(id, object)) {
        if let Some(id) = had.get(&name).filter(|id| asides.iter().all(|aside| aside.from != ***id)) {
            asides.push(aside(id, before, after));
        }
    }
    asides
}

/// The names of a schema that an object takes.
fn names<'a>(id: &'a ObjectId, object: &Object) -> impl Iterator<Item = Taken<'a>> {
    let is_name = |(space, ..): &Taken| matches!(space, Space::Relations | Space::Types | Space::Routines);
    taken(id, object).into_iter().filter(is_name)
}

fn aside(id: &ObjectId, before: &Catalog, after: &Catalog) -> Rename {
    let mut to = id.clone();
    let free = kinds::free_name(&id.path[..1], id.name(), "old", [before, after]);
    if let Some(name) = to.path.iter_mut().rfind(|part| *part == id.name()) {
        *name = free;
    }
    Rename { from: id.clone(), to }
}

/// What is done with them is about what they were.
pub(super) fn called_as_before(steps: &mut [Planned], asides: &[Rename]) {
    for aside in asides.iter().map(Rename::reversed) {
        for planned in steps.iter_mut() {
            planned.object = aside.apply(&planned.object);
        }
    }
}
