//! Names that something takes under a rename while what had them before is still there: that steps aside until it goes, or gets
//! its own new name.

use std::collections::BTreeMap;

use super::Planned;
use super::taken::{Space, Taken, taken};
use crate::diff::Rename;
use crate::kinds;
use crate::model::{Catalog, Object, ObjectId};

/// The renames by which names come free.
pub(super) fn asides(before: &Catalog, after: &Catalog, renames: &[Rename]) -> Vec<Rename> {
    let mut wanted = BTreeMap::new();
    for Rename { from, to } in renames {
        let names = after.objects.get_key_value(to).into_iter().flat_map(|(to, object)| names(to, object));
        wanted.extend(names.map(|name| (name, from)));
    }
    if wanted.is_empty() {
        return Vec::new();
    }
    // What is in something that has another name goes with that.
    let stays = |id: &ObjectId| renames.iter().all(|rename| rename.from == *id || rename.apply(id) == *id);
    let is_held = |(id, object): &(&ObjectId, &Object)| {
        let mut held = names(id, object).filter_map(|name| wanted.get(&name));
        held.any(|from| *from != *id) && id.kind != "column" && !after.objects.contains_key(*id) && stays(id)
    };
    before.objects.iter().filter(is_held).map(|(id, _)| aside(id, before, after)).collect()
}

/// The renames after those of what stepped aside, which starts from where it is then.
pub(super) fn first(asides: &[Rename], renames: &[Rename]) -> Vec<Rename> {
    let later = renames.iter().map(|rename| {
        let from = asides.iter().find(|aside| aside.from == rename.from).map_or(&rename.from, |aside| &aside.to);
        Rename { from: from.clone(), to: rename.to.clone() }
    });
    asides.iter().cloned().chain(later).collect()
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
