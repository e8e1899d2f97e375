//! Places among siblings: one that comes in between moves none of the others.

use std::collections::{BTreeMap, BTreeSet};

use super::Change;
use crate::model::{Catalog, ObjectId};

/// The attribute that is an object's place among its siblings, in every kind that has one.
pub(super) const POSITION: &str = "position";

fn place(catalog: &Catalog, id: &ObjectId) -> Option<i64> {
    catalog.objects.get(id)?.attrs.get(POSITION)?.as_i64()
}

/// Keeps changes of place only for objects that others have overtaken: as few as can explain the new order.
pub(super) fn only_reordered(before: &Catalog, after: &Catalog, changes: &mut Vec<Change>) {
    let moves = |change: &Change| match change {
        Change::Altered { id, attributes } if attributes.iter().any(|one| one.name == POSITION) => Some(id.clone()),
        _ => None,
    };
    if !changes.iter().any(|change| moves(change).is_some()) {
        return;
    }
    // What is in both, by what it is in, in the old order.
    let mut siblings: BTreeMap<(Option<&ObjectId>, &str), Vec<_>> = BTreeMap::new();
    for (id, object) in &before.objects {
        if let (Some(place), true) = (place(before, id), after.objects.contains_key(id)) {
            siblings.entry((object.parent.as_ref(), &id.kind)).or_default().push((place, id));
        }
    }
    let mut overtaken = BTreeSet::new();
    for group in siblings.values_mut() {
        group.sort();
        let places: Vec<_> = group.iter().map(|(_, id)| place(after, id).unwrap_or(0)).collect();
        let stays = longest_increasing(&places);
        overtaken.extend(group.iter().enumerate().filter(|(n, _)| !stays.contains(n)).map(|(_, (_, id))| *id));
    }
    changes.retain_mut(|change| {
        let Change::Altered { id, attributes } = change else { return true };
        if !overtaken.contains(id) {
            attributes.retain(|one| one.name != POSITION);
        }
        !attributes.is_empty()
    });
}

/// The indexes of a longest increasing subsequence.
fn longest_increasing(values: &[i64]) -> BTreeSet<usize> {
    // For each length, the index of the smallest last value; and for each index the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous = vec![None; values.len()];
    for (n, value) in values.iter().enumerate() {
        let length = ends.partition_point(|end| values[*end] < *value);
        previous[n] = length.checked_sub(1).map(|shorter| ends[shorter]);
        if length == ends.len() {
            ends.push(n);
        } else {
            ends[length] = n;
        }
    }
    let mut found = BTreeSet::new();
    let mut next = ends.last().copied();
    while let Some(n) = next {
        found.insert(n);
        next = previous[n];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::longest_increasing;

    #[test]
    fn the_fewest_are_moved() {
        assert_eq!(longest_increasing(&[]).len(), 0);
        assert_eq!(longest_increasing(&[5, 1, 2, 3]).into_iter().collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(longest_increasing(&[1, 9, 3, 4, 2]).into_iter().collect::<Vec<_>>(), [0, 2, 3]);
    }
}
