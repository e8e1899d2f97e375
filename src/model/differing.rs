//! Two snapshots read for comparison: lines that are the same on both sides are not parsed.
//!
//! Comparing what is returned says what comparing the whole would: an object that is left out is left out on both sides,
//! and is the same there.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::thread;

use super::{Catalog, ObjectId, Snapshot};
use crate::base::Result;

/// Reads of two snapshots what is needed to compare them: the objects that differ or are on one side alone, what stands
/// with them in the same relation, and all that these are in.
///
/// Large snapshots that hardly differ are compared without reading most of them.
///
/// # Errors
///
/// What [`Snapshot::read`] refuses, in the lines that are read.
pub fn read_differing(before: &Snapshot, after: &Snapshot) -> Result<(Catalog, Catalog)> {
    let mut pairs = Pairs::align(before, after)?;
    let mut catalogs = (Catalog::default(), Catalog::default());
    let mut absent = BTreeSet::new();
    while let [old, new] = pairs.take()
        && !(old.is_empty() && new.is_empty())
    {
        let (mut old, mut new) = read_both([(before, old), (after, new)])?;
        catalogs.0.objects.append(&mut old.objects);
        catalogs.1.objects.append(&mut new.objects);
        for (side, catalog) in [&catalogs.0, &catalogs.1].into_iter().enumerate() {
            let parents: BTreeSet<_> = catalog.objects.values().filter_map(|object| object.parent.as_ref()).collect();
            for parent in parents.into_iter().filter(|id| !catalog.objects.contains_key(*id)) {
                // What belongs to an extension or was not part of the snapshot has no line.
                if absent.insert((side, parent.clone()))
                    && let Some(number) = find(pairs.sides[side], parent)?
                {
                    pairs.keep(side, number)?;
                }
            }
        }
    }
    Ok(catalogs)
}

fn read_both([(before, old), (after, new)]: [(&Snapshot, Vec<usize>); 2]) -> Result<(Catalog, Catalog)> {
    thread::scope(|scope| {
        let old = scope.spawn(|| before.read_lines(old));
        let new = after.read_lines(new)?;
        Ok((old.join().unwrap_or_else(|panic| resume_unwind(panic))?, new))
    })
}

/// Finds an object's line; lines are in the order of identities.
fn find(snapshot: &Snapshot, wanted: &ObjectId) -> Result<Option<usize>> {
    let (mut low, mut high) = (0, snapshot.lines());
    while low < high {
        let middle = low + (high - low) / 2;
        match snapshot.id(middle)?.cmp(wanted) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return Ok(Some(middle)),
        }
    }
    Ok(None)
}

/// What the other side has for a line, and whether the line is read.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    /// Not the same line; it is read.
    Differs,
    /// The same line, with this number; neither is read.
    Twin(usize),
    /// The same line, and both are read.
    Kept,
}

/// Two snapshots side by side.
struct Pairs<'a> {
    sides: [&'a Snapshot; 2],
    fates: [Vec<Fate>; 2],
    /// The lines to read that were not taken yet.
    pending: [Vec<usize>; 2],
}

impl<'a> Pairs<'a> {
    /// Finds the lines that both have, and marks the others to be read, with what is around them.
    fn align(before: &'a Snapshot, after: &'a Snapshot) -> Result<Self> {
        let fates = [before, after].map(|side| vec![Fate::Differs; side.lines()]);
        let mut pairs = Self { sides: [before, after], fates, pending: [Vec::new(), Vec::new()] };
        let (mut old, mut new) = (0, 0);
        // Identities of the lines at hand, once they were needed.
        let (mut old_id, mut new_id) = (None, None);
        while old < before.lines() && new < after.lines() {
            let order = if before.line(old) == after.line(new) {
                pairs.fates[0][old] = Fate::Twin(new);
                pairs.fates[1][new] = Fate::Twin(old);
                Ordering::Equal
            } else {
                let left = old_id.take().map_or_else(|| before.id(old), Ok)?;
                let right = new_id.take().map_or_else(|| after.id(new), Ok)?;
                let order = left.cmp(&right);
                (old_id, new_id) = (Some(left), Some(right));
                order
            };
            if order.is_le() {
                (old, old_id) = (old + 1, None);
            }
            if order.is_ge() {
                (new, new_id) = (new + 1, None);
            }
        }
        for side in 0..2 {
            for number in 0..pairs.fates[side].len() {
                if pairs.fates[side][number] == Fate::Differs {
                    pairs.pending[side].push(number);
                    pairs.keep_around(side, number)?;
                }
            }
        }
        Ok(pairs)
    }

    /// The lines to read next, in order.
    fn take(&mut self) -> [Vec<usize>; 2] {
        self.pending.each_mut().map(|pending| {
            pending.sort_unstable();
            std::mem::take(pending)
        })
    }

    /// Marks a line that both have to be read, with what is around it.
    fn keep(&mut self, side: usize, number: usize) -> Result<()> {
        if self.mark(side, number) {
            self.keep_around(side, number)?;
        }
        Ok(())
    }

    fn mark(&mut self, side: usize, number: usize) -> bool {
        let Fate::Twin(twin) = self.fates[side][number] else { return false };
        for (side, number) in [(side, number), (1 - side, twin)] {
            self.fates[side][number] = Fate::Kept;
            self.pending[side].push(number);
        }
        true
    }

    /// Marks the lines before and after one that stand in the same relation: whether a column has another place is seen
    /// among all columns only. Where a line is marked already, somebody else goes on from it.
    fn keep_around(&mut self, side: usize, number: usize) -> Result<()> {
        let relation = relation(&self.sides[side].id(number)?).to_vec();
        let inside = |number| Ok(relation == *self::relation(&self.sides[side].id(number)?));
        let mut found = Vec::new();
        let is_twin = |number: &usize| matches!(self.fates[side].get(*number), Some(Fate::Twin(_)));
        for near in (0..number).rev().take_while(is_twin) {
            match inside(near)? {
                true => found.push(near),
                false => break,
            }
        }
        for near in (number + 1..).take_while(is_twin) {
            match inside(near)? {
                true => found.push(near),
                false => break,
            }
        }
        for near in found {
            self.mark(side, near);
        }
        Ok(())
    }
}

/// The names that an object shares with what stands in the same relation, or that overload the same name.
fn relation(id: &ObjectId) -> &[String] {
    &id.path[..id.path.len().min(2)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::read_differing;
    use crate::diff::diff;
    use crate::model::{Catalog, Object, ObjectId, SchemaFilter, Snapshot, write_snapshot};

    /// A catalog of small relations: for each column its schema, table, place and a value.
    fn catalog(columns: &[(u8, u8, u8, u8)]) -> Catalog {
        let mut catalog = Catalog::default();
        let mut add = |kind: &str, path: &[String], parent: Option<ObjectId>, attrs: serde_json::Value| {
            let id = ObjectId::new(kind, path.to_vec());
            let attrs = attrs.as_object().unwrap().clone().into();
            catalog.objects.insert(id.clone(), Object { parent, attrs, needs: Vec::new() });
            id
        };
        for (schema, table, column, value) in columns {
            let path = [format!("s{schema}"), format!("t{table}"), format!("c{column}")];
            let schema = add("schema", &path[..1], None, json!({}));
            let table = add("table", &path[..2], Some(schema.clone()), json!({"columns": 1}));
            add("column", &path, Some(table.clone()), json!({"value": value}));
            // Stands beside its table, not in it.
            add(
                "index",
                &[path[0].clone(), format!("{}_{}_idx", path[1], path[2])],
                Some(table),
                json!({"value": value / 4}),
            );
        }
        catalog
    }

    fn open(catalog: &Catalog) -> Snapshot {
        Snapshot::open(write_snapshot(catalog)).unwrap()
    }

    #[test]
    fn equal_snapshots_are_not_read() {
        let one = open(&catalog(&[(0, 0, 0, 0), (1, 2, 3, 4)]));
        let (old, new) = read_differing(&one, &one.clone()).unwrap();
        assert!(old.objects.is_empty() && new.objects.is_empty());
    }

    #[test]
    fn what_differs_comes_with_its_relation_and_all_that_it_is_in() {
        let old = catalog(&[(0, 0, 0, 0), (1, 0, 0, 0), (1, 1, 0, 0), (1, 1, 1, 0), (1, 2, 0, 0)]);
        let new = catalog(&[(0, 0, 0, 0), (1, 0, 0, 0), (1, 1, 0, 0), (1, 1, 1, 1), (1, 2, 0, 0)]);
        let (old, new) = read_differing(&open(&old), &open(&new)).unwrap();
        let shown = |catalog: &Catalog| catalog.objects.keys().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        assert_eq!(shown(&old), "schema s1, table s1.t1, column s1.t1.c0, column s1.t1.c1");
        assert_eq!(shown(&old), shown(&new));
    }

    #[test]
    fn an_object_twice_is_refused() {
        let text = write_snapshot(&catalog(&[(0, 0, 0, 0)]));
        let (_, body) = text.split_once('\n').unwrap();
        let twice = format!("{body}{body}");
        let header =
            json!({"pgward_snapshot": super::super::SNAPSHOT_VERSION, "digest": super::super::digest_of(&twice)});
        let error = Snapshot::open(format!("{header}\n{twice}")).unwrap().read().unwrap_err();
        assert_eq!(error.message(), "the snapshot has an object twice");
    }

    fn columns() -> impl Strategy<Value = Vec<(u8, u8, u8, u8)>> {
        proptest::collection::vec((0u8..3, 0u8..4, 0u8..6, 0u8..8), 0..40)
    }

    proptest! {
        #[test]
        fn comparing_says_the_same(common in columns(), old in columns(), new in columns(), kept in 0u8..3) {
            let [before, after] = [old, new].map(|more| catalog(&[common.clone(), more].concat()));
            let (old, new) = read_differing(&open(&before), &open(&after)).unwrap();
            prop_assert_eq!(diff(&old, &new), diff(&before, &after));
            // A filter finds the schema of whatever is there.
            let filter = SchemaFilter::only([format!("s{kept}")]);
            prop_assert_eq!(diff(&filter.apply(old), &filter.apply(new)), diff(&filter.apply(before), &filter.apply(after)));
        }
    }
}
