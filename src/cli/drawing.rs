//! The changed part of the diagram, before and after, for the page of differences.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{Change, Comparison, Rename};
use crate::docs::{Mark, erd_svg};
use crate::model::{Catalog, ObjectId};

/// What a diagram is of.
const TABLE: &str = "table";

/// Draws the tables that differ and those that they refer to, in both catalogs. Nothing where no table differs.
pub(super) fn drawing(before: &Catalog, after: &Catalog, comparison: &Comparison) -> Option<String> {
    let renamed = comparison.renamed.as_ref().unwrap_or(before);
    let (mut old, mut new) = (Side::default(), Side::default());
    for change in &comparison.changes {
        match change {
            Change::Added(id) => new.add(after, id, Mark::Added),
            Change::Removed(id) => old.add(renamed, id, Mark::Removed),
            Change::Renamed { to: id, .. } | Change::Altered { id, .. } if !change.is_order() => {
                old.add(renamed, id, Mark::Changed);
                new.add(after, id, Mark::Changed);
            }
            _ => {}
        }
    }
    if old.tables.is_empty() && new.tables.is_empty() {
        return None;
    }
    // A table that is drawn on one side is drawn on the other, where it is there.
    let both: BTreeSet<_> = old.tables.union(&new.tables).cloned().collect();
    let on = |catalog: &Catalog| both.iter().filter(|id| catalog.objects.contains_key(*id)).cloned().collect();
    (old.tables, new.tables) = (on(renamed), on(after));
    let old = old.named_as_before(&comparison.renames);
    let figure = |title: &str, catalog: &Catalog, side: &Side| {
        let svg = erd_svg(catalog, Some(&side.tables), &side.marks);
        format!("<figure><figcaption>{title}</figcaption>\n{svg}</figure>\n")
    };
    Some(format!("{}{}", figure("before", before, &old), figure("after", after, &new)))
}

/// The tables of one drawing, and what is marked in it.
#[derive(Default)]
struct Side {
    tables: BTreeSet<ObjectId>,
    marks: BTreeMap<ObjectId, Mark>,
}

impl Side {
    fn add(&mut self, catalog: &Catalog, id: &ObjectId, mark: Mark) {
        let Some(table) = table_of(catalog, id) else { return };
        self.tables.insert(table.clone());
        self.marks.insert(id.clone(), mark);
        // What is in a table that differs makes it another one too.
        self.marks.entry(table.clone()).or_insert(Mark::Changed);
        let needs = catalog.objects.get(id).map_or(&[][..], |object| &object.needs);
        self.tables.extend(needs.iter().filter_map(|id| table_of(catalog, id)).cloned());
    }

    /// The same with the names that everything had.
    fn named_as_before(self, renames: &[Rename]) -> Self {
        let back: Vec<Rename> = renames.iter().rev().map(Rename::reversed).collect();
        let old = |id: ObjectId| back.iter().fold(id, |id, rename| rename.apply(&id));
        Self {
            tables: self.tables.into_iter().map(old).collect(),
            marks: self.marks.into_iter().map(|(id, mark)| (old(id), mark)).collect(),
        }
    }
}

/// The table that an object is, or is in.
fn table_of<'a>(catalog: &'a Catalog, id: &ObjectId) -> Option<&'a ObjectId> {
    let (mut id, mut object) = catalog.objects.get_key_value(id)?;
    while id.kind != TABLE {
        (id, object) = catalog.objects.get_key_value(object.parent.as_ref()?)?;
    }
    Some(id)
}
