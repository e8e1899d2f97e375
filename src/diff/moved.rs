//! Objects in another schema that nobody has to be asked about: as they were, under the same name.

use std::collections::{BTreeMap, BTreeSet};

use super::Rename;
use super::follow::{add_names, is_same};
use super::rename::{Renaming, names_of};
use crate::model::{Catalog, ObjectId, Tree};

/// Recognises what is in another schema, under its name and as it was: all at once, since what moved may name what moved too.
pub(super) fn moved(now: &Catalog, after: &Catalog, found: &[Rename], renaming: &Renaming<'_>) -> Vec<Rename> {
    let (gone, come) = (outside(now, after, renaming), outside(after, now, renaming));
    let mut candidates: Vec<Rename> = Vec::new();
    for (key, ids) in &gone {
        if let ([from], Some([to])) = (ids.as_slice(), come.get(key).map(Vec::as_slice)) {
            candidates.push(Rename { from: (*from).clone(), to: (*to).clone() });
        }
    }
    if candidates.is_empty() {
        return candidates;
    }
    let taken: BTreeSet<&[String]> = now.objects.keys().map(|id| id.path.as_slice()).collect();
    candidates.retain(|rename| !taken.contains(rename.to.path.as_slice()));
    let (old, new) = (Tree::new(now), Tree::new(after));
    loop {
        let mut names = names_of(found, &new);
        candidates.iter().for_each(|rename| add_names(&mut names, rename, &old));
        let count = candidates.len();
        candidates.retain(|rename| is_same(rename, &old, &new, &names, renaming.shapes));
        if candidates.len() == count {
            return candidates;
        }
    }
}

/// What is directly in a schema of one catalog and not in the other one, by kind and path below the schema; but for what
/// moves with what owns it.
fn outside<'a>(
    catalog: &'a Catalog,
    other: &Catalog,
    renaming: &Renaming<'_>,
) -> BTreeMap<(&'a str, &'a [String]), Vec<&'a ObjectId>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (id, object) in &catalog.objects {
        let in_schema = |schema: &ObjectId| schema.path.len() == 1 && id.path.len() > 1 && id.path[0] == schema.path[0];
        if object.parent.as_ref().is_some_and(in_schema)
            && !other.objects.contains_key(id)
            && object.owned_by().is_none()
            && !renaming.nameless.contains(&id.kind.as_str())
        {
            found.entry((id.kind.as_str(), &id.path[1..])).or_default().push(id);
        }
    }
    found
}
