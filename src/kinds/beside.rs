//! Building an index anew beside the one that it replaces, so that queries and keys are never without one.
//!
//! Knows indexes, those behind constraints included, only as sites; which statements do it is for their kinds.

use super::swap::free_name;
use super::{Alteration, Site, marks};
use crate::model::{Object, ObjectId};

/// The name that the new index has while the old one is there; none where it has to go first: its table or what either
/// needs does not stay as it is, something else needs the old one, or it belongs to a partitioned table's.
pub(super) fn name(change: &Alteration) -> Option<String> {
    let (before, after) = (change.before, change.after);
    let parent = after.object.parent.as_ref()?;
    let stays = |id: &ObjectId| {
        let (old, new) = (before.catalog.objects.get(id), after.catalog.objects.get(id));
        old.zip(new).is_some_and(|(old, new)| same_to_an_index(id, old, new))
    };
    let plain = |site: &Site| {
        let of = |attribute: &str| site.parent().is_some_and(|table| table.object.attrs.contains_key(attribute));
        site.value("partition_of").is_none()
            && !site.object.attrs.contains_key("extensions")
            && !of("partition_by")
            && !marks::is_marked(site)
    };
    let needed = before.object.needs.iter().chain(&after.object.needs);
    let unique = before.id.kind == "constraint" || before.flag("unique");
    let fits = before.object.parent.as_ref() == Some(parent)
        && before.catalog.objects.contains_key(parent)
        && plain(&before)
        && plain(&after)
        && needed.filter(|id| *id != parent).all(stays)
        // A foreign key may refer to it.
        && !(unique && (is_needed(&before) || is_needed(&after)));
    fits.then(|| free_name(&before.id.path[..1], after.name(), "new", [before.catalog, after.catalog]))
}

/// Whether anything needs it.
fn is_needed(site: &Site) -> bool {
    site.catalog.objects.values().any(|object| object.needs.contains(site.id))
}

/// Whether what an index needs is the same to it before and after.
fn same_to_an_index(id: &ObjectId, old: &Object, new: &Object) -> bool {
    let same = |attribute: &str| old.attrs.get(attribute) == new.attrs.get(attribute);
    match id.kind.as_str() {
        "column" => ["type", "collation", "generated", "generation_expression"].iter().all(|one| same(one)),
        _ => old.attrs == new.attrs,
    }
}
