//! Renames in place that nobody has to be asked about.
//!
//! An object that is gone and a new one of the same kind, in the same place, that are equal but for their name, and no other on
//! either side that is. Where two could be meant, none is.

use std::collections::{BTreeMap, BTreeSet};

use super::Rename;
use super::follow::is_same;
use super::order::POSITION;
use super::rename::{Renaming, name_at, names_of};
use crate::model::{Catalog, Object, ObjectId, Tree};

/// What candidates have in common: kind, parent, and what of the path is no name.
type Place<'a> = (&'a str, Option<&'a ObjectId>, Vec<&'a String>);

fn place<'a>(catalog: &'a Catalog, id: &'a ObjectId) -> Place<'a> {
    let object = catalog.objects.get(id);
    let at = object.map_or(0, |object| name_at(id, object));
    let rest = id.path.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, part)| part).collect();
    (id.kind.as_str(), object.and_then(|object| object.parent.as_ref()), rest)
}

/// What tells them apart, content last.
type Key<'a> = (Place<'a>, String);

/// Recognises renames among objects whose surroundings have their new names.
pub(super) fn recognised(now: &Catalog, after: &Catalog, found: &[Rename], renaming: &Renaming<'_>) -> Vec<Rename> {
    let followers = followers(now, after, found);
    if !followers.is_empty() {
        return followers;
    }
    let gone = roots(now, after, renaming);
    let kinds: BTreeSet<_> = gone.iter().map(|id| (id.kind.as_str(), parent(now, id))).collect();
    let mut come = roots(after, now, renaming);
    come.retain(|id| kinds.contains(&(id.kind.as_str(), parent(after, id))));
    if gone.is_empty() || come.is_empty() {
        return Vec::new();
    }
    let kinds: BTreeSet<_> = come.iter().map(|id| (id.kind.as_str(), parent(after, id))).collect();
    let gone: Vec<_> = gone.into_iter().filter(|id| kinds.contains(&(id.kind.as_str(), parent(now, id)))).collect();
    let (old, new) = (Tree::new(now), Tree::new(after));
    let in_place =
        |from: &ObjectId, to: &ObjectId| before_it(&old, now, after, from) == before_it(&new, after, now, to);
    let mut round = Vec::new();
    let (by_old, by_new) = (by_content(&old, now, &gone), by_content(&new, after, &come));
    for (key, ids) in &by_old {
        if let ([from], Some([to])) = (ids.as_slice(), by_new.get(key).map(Vec::as_slice))
            && in_place(from, to)
        {
            round.push(Rename { from: (*from).clone(), to: (*to).clone() });
        }
    }
    if !round.is_empty() {
        return without_followers(round, now, found);
    }
    // What names itself, or something that was renamed, is compared one by one: a word in a text may be another thing's name.
    let names = names_of(found, &new);
    let mut groups: BTreeMap<Place<'_>, [Vec<&ObjectId>; 2]> = BTreeMap::new();
    for (side, catalog, ids) in [(0, now, &gone), (1, after, &come)] {
        for id in ids {
            groups.entry(place(catalog, id)).or_default()[side].push(id);
        }
    }
    for [gone, come] in groups.values().filter(|[gone, come]| gone.len() * come.len() <= PATIENCE) {
        let same = |from: &ObjectId, to: &ObjectId| {
            let rename = Rename { from: from.clone(), to: to.clone() };
            let mut names = names.clone();
            names.add(&from.path, &to.path);
            is_same(&rename, &old, &new, &names, renaming.shapes)
        };
        let pairs: Vec<_> = gone
            .iter()
            .flat_map(|from| come.iter().map(move |to| (*from, *to)))
            .filter(|(from, to)| same(from, to))
            .collect();
        for (from, to) in &pairs {
            let once = pairs.iter().filter(|(old, new)| old == from || new == to).count() == 1;
            if once && in_place(from, to) {
                round.push(Rename { from: (*from).clone(), to: (*to).clone() });
            }
        }
    }
    without_followers(round, now, found)
}

/// What the server renames with what was renamed: the same of the child tables.
fn followers(now: &Catalog, after: &Catalog, found: &[Rename]) -> Vec<Rename> {
    if found.is_empty() {
        return Vec::new();
    }
    let mut children: BTreeMap<Vec<String>, Vec<&ObjectId>> = BTreeMap::new();
    for (id, table) in &now.objects {
        table.inherits_from().into_iter().for_each(|parent| children.entry(parent).or_default().push(id));
    }
    let mut followers = Vec::new();
    for rename in found {
        let Some((name, parent)) = rename.to.path.split_last() else { continue };
        for child in children.get(parent).into_iter().flatten() {
            let of =
                |name: &str| ObjectId::of(rename.to.kind.clone(), [child.path.as_slice(), &[name.to_owned()]].concat());
            let (from, to) = (of(rename.from.name()), of(name));
            let is_inherited = now.objects.get(&from).is_some_and(|object| object.attrs.contains_key("inherited"));
            let stays = after.objects.get(*child).is_some_and(|table| table.inherits_from().contains(&parent.to_vec()));
            let is_free = !now.objects.contains_key(&to) && !after.objects.contains_key(&from);
            if is_inherited && stays && is_free && after.objects.contains_key(&to) {
                followers.push(Rename { from, to });
            }
        }
    }
    followers
}

/// Leaves out what is a parent's, such as a child table's column, where the parent's keeps its name or is no rename: it has
/// no name of its own.
fn without_followers(round: Vec<Rename>, now: &Catalog, found: &[Rename]) -> Vec<Rename> {
    let names = |rename: &Rename| {
        let last = |id: &ObjectId| id.path.last().cloned();
        (rename.from.kind.clone(), last(&rename.from), last(&rename.to))
    };
    let is_own = |rename: &&Rename| !is_inherited(now, &rename.from);
    let own: BTreeSet<_> = round.iter().filter(is_own).chain(found).map(names).collect();
    round.into_iter().filter(|rename| is_own(&rename) || own.contains(&names(rename))).collect()
}

/// Whether an object is there because a table that its own inherits from has one by its name.
fn is_inherited(catalog: &Catalog, id: &ObjectId) -> bool {
    let Some(object) = catalog.objects.get(id).filter(|object| object.attrs.contains_key("inherited")) else {
        return false;
    };
    let table = object.parent.as_ref().and_then(|table| catalog.objects.get(table));
    let parents = table.map(Object::inherits_from).unwrap_or_default();
    parents
        .into_iter()
        .filter_map(|path| Some([path, vec![id.path.last()?.clone()]].concat()))
        .any(|path| catalog.objects.contains_key(&ObjectId::of(id.kind.clone(), path)))
}

/// How many pairs are compared one by one at most.
const PATIENCE: usize = 10_000;

fn parent<'a>(catalog: &'a Catalog, id: &ObjectId) -> Option<&'a ObjectId> {
    catalog.objects.get(id)?.parent.as_ref()
}

/// What is only in one catalog, while what it is in is in both.
fn roots<'a>(catalog: &'a Catalog, other: &Catalog, renaming: &Renaming<'_>) -> Vec<&'a ObjectId> {
    let only = catalog.objects.iter().filter(|(id, object)| {
        !other.objects.contains_key(*id)
            && object.parent.as_ref().is_none_or(|parent| other.objects.contains_key(parent))
            && !renaming.nameless.contains(&id.kind.as_str())
            && !is_shared(catalog, object)
    });
    only.map(|(id, _)| id).collect()
}

/// Whether an object may be a parent's too though it has another name, which the server keeps as long as that is so: a child's
/// NOT NULL.
fn is_shared(catalog: &Catalog, object: &Object) -> bool {
    let table = object.parent.as_ref().and_then(|table| catalog.objects.get(table));
    object.attrs.get("type").is_some_and(|name| name == "not null")
        && table.is_some_and(|table| !table.inherits_from().is_empty())
}

fn by_content<'a>(tree: &Tree<'_>, catalog: &'a Catalog, ids: &[&'a ObjectId]) -> BTreeMap<Key<'a>, Vec<&'a ObjectId>> {
    let mut found: BTreeMap<Key<'a>, Vec<&ObjectId>> = BTreeMap::new();
    for id in ids {
        let Some(object) = catalog.objects.get(*id) else { continue };
        let key = (place(catalog, id), tree.content_digest(id, name_at(id, object)));
        found.entry(key).or_default().push(id);
    }
    found
}

/// The nearest sibling before an object that is in both catalogs, for what has a place among its siblings.
fn before_it<'a>(tree: &Tree<'a>, catalog: &Catalog, other: &Catalog, id: &ObjectId) -> Option<&'a ObjectId> {
    let place = |id: &ObjectId| catalog.objects.get(id)?.attrs.get(POSITION)?.as_i64();
    let own = place(id)?;
    let siblings = tree.children(parent(catalog, id)?).iter().copied();
    let before = siblings.filter(|sibling| sibling.kind == id.kind && other.objects.contains_key(*sibling));
    before
        .filter_map(|sibling| Some((place(sibling)?, sibling)))
        .filter(|(place, _)| *place < own)
        .max()
        .map(|(_, id)| id)
}
