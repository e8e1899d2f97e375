//! The grants that are changed together: on a relation and its columns, or on one other object.

use super::super::{Site, Steps};
use super::acl::Acl;
use super::target::{self, RELATIONS, Via};
use crate::model::{Catalog, Object, ObjectId};

/// Whether what a grant is on is there before and after, and is not made anew in between.
pub(super) fn stands(site: &Site) -> bool {
    site.object.parent.as_ref().is_some_and(|parent| is_kept(site, parent))
}

fn is_kept(site: &Site, id: &ObjectId) -> bool {
    let world = site.world;
    // The database is there, even where there is nothing to say of it.
    if id.kind == "database" {
        return true;
    }
    !world.made.contains(id) && world.before.objects.contains_key(id) == world.after.objects.contains_key(id)
}

/// What the grants on a column or relation are changed with; any other object by itself.
fn root<'a>(catalog: &'a Catalog, on: &'a ObjectId) -> &'a ObjectId {
    if on.kind != "column" {
        return on;
    }
    catalog.objects.get(on).and_then(|column| column.parent.as_ref()).unwrap_or(on)
}

/// The objects of a unit that stand: a relation and its columns.
fn members<'a>(site: &Site<'a>, catalog: &'a Catalog, root: &'a ObjectId) -> Vec<&'a ObjectId> {
    let mut members = vec![root];
    if RELATIONS.contains(&root.kind.as_str()) || root.kind == "composite type" {
        members.extend(catalog.children(root).filter(|(id, _)| id.kind == "column").map(|(id, _)| id));
    }
    members.retain(|id| is_kept(site, id));
    members
}

/// The grants of a unit that change, with what they are like before and after.
type Changed<'a> = Vec<(&'a ObjectId, Option<&'a Object>, Option<&'a Object>)>;

fn changed<'a>(site: &Site<'a>, root: &'a ObjectId) -> Changed<'a> {
    let (before, after) = (site.world.before, site.world.after);
    let mut found = Vec::new();
    for member in members(site, site.catalog, root) {
        let shown = |catalog: &'a Catalog| {
            catalog.children(member).filter(|(id, _)| {
                id.kind == "grant" && target::grantee(id, member).1 != Via::Type && member.kind != "database"
            })
        };
        found.extend(shown(before).map(|(id, old)| (id, Some(old), after.objects.get(id))));
        let new = shown(after).filter(|(id, _)| !before.objects.contains_key(*id));
        found.extend(new.map(|(id, new)| (id, None, Some(new))));
    }
    found.retain(|(_, old, new)| old.map(|object| &object.attrs) != new.map(|object| &object.attrs));
    found
}

/// Whether a grant is the one that writes the statements of its unit: the first that is made or changed, so that the
/// object has its new owner by then, or else the first that goes.
pub(super) fn leads(site: &Site) -> bool {
    let Some(parent) = &site.object.parent else { return false };
    let changed = changed(site, root(site.catalog, parent));
    let first = |stays: bool| changed.iter().filter(|(_, _, new)| new.is_some() == stays).map(|(id, _, _)| *id).min();
    first(true).or_else(|| first(false)) == Some(site.id)
}

/// Writes the statements of a whole unit.
pub(super) fn change(site: &Site, steps: &mut Steps) {
    let Some(parent) = &site.object.parent else { return };
    let root = root(site.catalog, parent);
    // Whether the object has changed hands by now: a grant that goes is dealt with before its object is changed.
    let given = site.world.after.objects.contains_key(site.id);
    let mut revoked = Vec::new();
    for (n, member) in members(site, site.catalog, root).into_iter().enumerate() {
        for via in if member.kind == "column" { &[Via::Object, Via::Sequence][..] } else { &[Via::Object] } {
            let (old_owner, new_owner) = (owner(site.world.before, root), owner(site.world.after, root));
            let read = |catalog, owner| Acl::read(&Site { catalog, ..*site }, member, *via, owner);
            let mut before = read(site.world.before, old_owner);
            let mut after = read(site.world.after, new_owner);
            let mut owner = new_owner;
            if let (Some(old), Some(new)) = (old_owner, new_owner)
                && old != new
            {
                let of_column = member.kind == "column" && *via == Via::Object;
                if given {
                    before = before.given_to(new, of_column);
                } else {
                    owner = old_owner;
                    after = after.given_to(old, of_column);
                }
            }
            let mut more = Vec::new();
            if n > 0 && *via == Via::Object {
                before.without(&revoked);
            }
            before.change_to(&after, &target::of(site, member, *via), owner, &mut more, steps);
            if n == 0 {
                revoked = more;
            }
        }
    }
}

/// Who owns an object, where the catalog says so.
pub(super) fn owner<'a>(catalog: &'a Catalog, id: &ObjectId) -> Option<&'a str> {
    catalog.objects.get(id)?.attrs.get("owner")?.as_str()
}
