//! What follows from a rename: identities of what is inside, and texts that say the new name where they said the old.
//!
//! PostgreSQL keeps references by OID, so its own texts say the new name by themselves. A function's body in a string
//! does not: it stays as it is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Rename;
use super::names::Names;
use super::order::POSITION;
use crate::model::{Attribute, Catalog, Form, Object, ObjectId, Shape, Tree, attrs_of_renamed};

/// Returns the first catalog as it is once the renames are made.
///
/// Identities and parents change. An attribute that says what it says in the second catalog but for the old names
/// follows; one that differs in more is left as it was.
#[must_use]
pub fn apply_renames(before: &Catalog, after: &Catalog, renames: &[Rename], shapes: &[&'static Shape]) -> Catalog {
    let mut catalog = before.clone();
    let mut names = Names::default();
    // Those of what is inside come after that of what it is in, whose new name they build on.
    let mut rest = renames;
    while !rest.is_empty() {
        let now = rest.iter().take_while(|rename| catalog.objects.contains_key(&rename.from)).count();
        let tree = Tree::new(&catalog);
        rest[..now].iter().for_each(|rename| add_names(&mut names, rename, &tree));
        catalog = with_identities(&tree, &catalog, after, &rest[..now], &names);
        // One that there is nothing for is passed over.
        rest = &rest[now.max(1)..];
    }
    // Texts last: one may name several things that were renamed.
    let mut followed = Vec::new();
    for (id, object) in &catalog.objects {
        let Some(new) = after.objects.get(id) else { continue };
        let shape = shapes.iter().find(|shape| shape.name == id.kind);
        for (name, value) in &object.attrs {
            let follows = |new: &&Value| *new != value && refers(shape, name, value) && names.follows(value, new);
            let Some(new) = new.attrs.get(name).filter(follows) else { continue };
            // A query that says the new name of what it reads still gives it the old one, unless that has changed too.
            let is_query = shape.and_then(|shape| shape.attribute(name)).is_some_and(|one| one.form == Form::Query);
            if !is_query || places(&catalog, id).eq(places(after, id)) {
                followed.push((id.clone(), name.clone(), new.clone()));
            }
        }
    }
    for (id, name, value) in followed {
        catalog.objects.entry(id).and_modify(|object| _ = object.attrs.insert(name, value));
    }
    catalog
}

/// What has a place in an object, such as a view's columns.
fn places<'a>(catalog: &'a Catalog, id: &'a ObjectId) -> impl Iterator<Item = &'a ObjectId> {
    catalog.children(id).filter(|(_, object)| object.attrs.contains_key(POSITION)).map(|(id, _)| id)
}

/// Adds what a rename is called, before and after it, and what goes to another schema along with it. `tree` is of the
/// catalog before it.
pub(super) fn add_names(names: &mut Names, rename: &Rename, tree: &Tree<'_>) {
    names.add(&rename.from.path, &rename.to.path);
    if rename.is_move() {
        let relations = tree.bound(&rename.from).into_iter().filter_map(|id| tree.object(id)?.relation_name(id));
        for old in relations {
            let new = [rename.to.path[..1].to_vec(), old[1..].to_vec()].concat();
            names.add(&old, &new);
        }
    }
}

/// The identity that something bound to what is renamed has after it: a sequence goes to the schema of its table.
fn bound_after(rename: &Rename, id: &ObjectId) -> ObjectId {
    let mut after = rename.apply(id);
    if rename.is_move() && after == *id && id.path.first() == rename.from.path.first() {
        after.path[0].clone_from(&rename.to.path[0]);
    }
    after
}

/// The same objects under their new identities.
fn with_identities(tree: &Tree<'_>, before: &Catalog, after: &Catalog, renames: &[Rename], names: &Names) -> Catalog {
    let ids = identities(tree, before, after, renames, names);
    let to = |id: &ObjectId| ids.get(id).unwrap_or(id).clone();
    let renamed = |(id, object): (&ObjectId, &Object)| {
        let new = to(id);
        let mut needs: Vec<_> = object.needs.iter().map(to).collect();
        needs.sort();
        let attrs = attrs_of_renamed(&object.attrs, id, &new);
        let mut parent = object.parent.as_ref().map(to);
        // What moved is in the schema that its name says.
        if let Some(schema) =
            parent.as_mut().filter(|parent| parent.path.len() == 1 && id.path.starts_with(&parent.path))
        {
            schema.path[0].clone_from(&new.path[0]);
        }
        (new, Object { parent, needs, attrs })
    };
    Catalog { objects: before.objects.iter().map(renamed).collect(), ..before.clone() }
}

/// Whether an object is another one, with all that is in it, but for its own name and those that were renamed.
pub(super) fn is_same(
    rename: &Rename,
    old: &Tree<'_>,
    new: &Tree<'_>,
    names: &Names,
    shapes: &[&'static Shape],
) -> bool {
    let Rename { from, to } = rename;
    let (inside, others) = match rename.is_move() {
        true => (old.bound(from), new.bound(to)),
        false => (old.descendants(from), new.descendants(to)),
    };
    inside.len() == others.len()
        && same_attributes(old, from, new, to, names, shapes)
        && inside.into_iter().all(|id| same_attributes(old, id, new, &bound_after(rename, id), names, shapes))
}

/// Whether two objects are alike but for renamed names, and for the place among siblings.
fn same_attributes(
    old: &Tree<'_>,
    from: &ObjectId,
    new: &Tree<'_>,
    to: &ObjectId,
    names: &Names,
    shapes: &[&'static Shape],
) -> bool {
    let (Some(before), Some(after)) = (old.object(from), new.object(to)) else { return false };
    let shape = shapes.iter().find(|shape| shape.name == from.kind);
    let before = attrs_of_renamed(&before.attrs, from, to);
    before.len() == after.attrs.len()
        && before.iter().all(|(name, value)| {
            let other = after.attrs.get(name);
            let follows = |other| refers(shape, name, value) && names.follows(value, other);
            other.is_some_and(|other| name == POSITION || value == other || follows(other))
        })
}

/// Whether an attribute names other objects, so that their renames show in it.
fn refers(shape: Option<&&'static Shape>, name: &str, value: &Value) -> bool {
    let Some(shape) = shape else { return true };
    // What a trigger passes is a list of texts.
    let passed = name == "arguments" && !value.is_string();
    shape.attribute(name).is_none_or(Attribute::refers) && !passed
}

/// The new identities of all that have one.
fn identities(
    tree: &Tree<'_>,
    before: &Catalog,
    after: &Catalog,
    renames: &[Rename],
    names: &Names,
) -> BTreeMap<ObjectId, ObjectId> {
    let mut ids = BTreeMap::new();
    let inside = |ids: &mut BTreeMap<ObjectId, ObjectId>, rename: &Rename| {
        for id in tree.bound(&rename.from) {
            // What is in it may have another name by now; whether it is called by what has one, its old name says.
            if bound_after(rename, id) != *id {
                let renamed = bound_after(rename, ids.get(id).unwrap_or(id));
                ids.insert(id.clone(), renamed);
            }
        }
        ids.insert(rename.from.clone(), rename.to.clone());
    };
    for rename in renames {
        inside(&mut ids, rename);
    }
    // Names in the arguments of a function are part of its identity, each with its schema.
    let mut whole = names.qualified();
    for Rename { from, to } in renames.iter().filter(|rename| rename.from.path.len() == 2) {
        whole.add_whole(&from.path, &to.path);
    }
    let mut rest = Vec::new();
    for id in before.objects.keys() {
        // What it is in may have another name too.
        let now = ids.get(id).unwrap_or(id);
        if after.objects.contains_key(now) {
            continue;
        }
        let with = |names: &Names| {
            let parts = now.path.iter().map(|part| match part.starts_with('(') {
                true => names.replaced(part),
                false => part.clone(),
            });
            ObjectId::of(id.kind.clone(), parts.collect())
        };
        // A name alone may be that of something else; one with its schema is not.
        let certain = Some(with(names)).filter(|new| after.objects.contains_key(new));
        let new = certain.unwrap_or_else(|| with(&whole));
        if new != *now && !before.objects.contains_key(&new) {
            rest.push(Rename { from: id.clone(), to: new });
        }
    }
    for rename in rest {
        inside(&mut ids, &rename);
    }
    ids
}
