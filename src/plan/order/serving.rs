//! Which of several unique indexes of the same columns serves a foreign key: the server takes the one that was made first.
//!
//! So the one that the key needs is made before the others, and those that go are gone before a key is made.

use std::collections::BTreeSet;

use super::{Orderer, Part};
use crate::model::{Catalog, Object, ObjectId};

impl<'a> Orderer<'a> {
    /// Orders the indexes that could serve foreign keys.
    pub(super) fn connect_serving(&mut self) {
        let world = self.world;
        let keys = || world.after.objects.iter().filter(|(_, object)| is_foreign_key(object));
        let needed: BTreeSet<&ObjectId> =
            keys().filter_map(|(_, key)| serving(world.after, key)).map(|(id, _)| id).collect();
        for (id, key) in keys() {
            let Some((index, object)) = serving(world.after, key) else { continue };
            if world.made.contains(index) {
                let made = alike(world.after, object).filter(|other| world.made.contains(*other));
                for other in made.filter(|other| !needed.contains(other)) {
                    self.graph.edge((Part::There, index), (Part::There, other));
                    self.graph.edge((Part::Rest, index), (Part::Rest, other));
                }
            }
            if world.made.contains(id) {
                for other in alike(world.before, object).filter(|other| self.work.drops(other)) {
                    self.graph.edge((Part::Away, other), (Part::There, id));
                }
            }
        }
    }
}

fn is_foreign_key(object: &Object) -> bool {
    object.attrs.get("type").is_some_and(|kind| kind == "foreign key")
}

/// What serves a foreign key.
fn serving<'a>(catalog: &'a Catalog, key: &Object) -> Option<(&'a ObjectId, &'a Object)> {
    let needed = key.needs.iter().filter_map(|id| catalog.objects.get_key_value(id));
    needed.into_iter().find(|(_, index)| columns(index).is_some())
}

/// All that can serve what one does.
fn alike<'a>(catalog: &'a Catalog, index: &'a Object) -> impl Iterator<Item = &'a ObjectId> {
    let in_table = index.parent.iter().flat_map(|table| catalog.children(table));
    in_table.filter(|(_, other)| columns(other) == columns(index)).map(|(id, _)| id)
}

/// The columns of which an index that can serve foreign keys, or the constraint before it, lets no values come twice.
fn columns(object: &Object) -> Option<BTreeSet<&str>> {
    let attribute = |name: &str| object.attrs.get(name);
    let is_constraint = attribute("type").is_some_and(|kind| kind == "primary key" || kind == "unique");
    let is_index = attribute("unique").is_some_and(|unique| unique == true) && attribute("predicate").is_none();
    let columns = attribute("columns").filter(|_| is_constraint || is_index)?.as_array()?;
    Some(columns.iter().filter_map(|column| column.as_str()).collect())
}
