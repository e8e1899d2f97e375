//! What has to be done with each object: make, remove, change, or make anew, and what follows for those that need it.

use std::collections::{BTreeMap, BTreeSet};

use super::shared;
use super::taken::taken;
use crate::diff::{Change, diff};
use crate::kinds::{self, Alteration, Class, Relatives, Site, Steps, World};
use crate::model::{Catalog, Object, ObjectId};

/// What is done with one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Create,
    Drop,
    Alter,
    /// Removed and made again.
    Recreate,
    /// What it needs is taken from it for a while, and given back: a column's default.
    Release,
}

/// What is done with every object that is not as it shall be.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) actions: BTreeMap<ObjectId, Action>,
    /// What an object's release is from.
    pub(super) released: BTreeMap<ObjectId, BTreeSet<ObjectId>>,
    /// The columns that another object's statements bring over to it, and which objects these are.
    pub(super) moved: BTreeMap<ObjectId, BTreeSet<ObjectId>>,
}

impl Work {
    /// Whether an object is removed, for good or to be made again.
    pub(super) fn drops(&self, id: &ObjectId) -> bool {
        matches!(self.actions.get(id), Some(Action::Drop | Action::Recreate))
    }

    /// What is made on the way.
    pub(super) fn made(&self) -> BTreeSet<ObjectId> {
        let made = self.actions.iter().filter(|(_, action)| matches!(action, Action::Create | Action::Recreate));
        made.map(|(id, _)| id.clone()).collect()
    }
}

/// Finds what has to be done.
pub(super) fn work(before: &Catalog, after: &Catalog) -> Work {
    let mut work = Work::default();
    // Whose dependents have to make way for a while.
    let mut in_the_way: Vec<ObjectId> = Vec::new();
    // What has to be made anew because of something in it.
    let mut anew: Vec<ObjectId> = Vec::new();
    let nothing = BTreeSet::new();
    let relatives = Relatives::default();
    let world = World { before, after, made: &nothing, deferred: &nothing, relatives: &relatives };
    for change in diff(before, after) {
        match change {
            Change::Added(id) => {
                for column in moved_by(&world, &id) {
                    work.moved.entry(column.clone()).or_default().insert(id.clone());
                    in_the_way.push(column);
                }
                work.actions.insert(id, Action::Create);
            }
            Change::Removed(id) => _ = work.actions.insert(id, Action::Drop),
            Change::Altered { id, attributes } => {
                let moved = attributes.iter().any(|attribute| attribute.name == "parent");
                let (steps, pending) = alter(&world, &id);
                let stays = |id: &&ObjectId| before.objects.contains_key(*id) && after.objects.contains_key(*id);
                anew.extend(steps.anew.iter().filter(stays).cloned());
                let action =
                    if moved || pending || steps.recreate.is_some() { Action::Recreate } else { Action::Alter };
                let moves = if action == Action::Alter { steps.moves } else { moved_by(&world, &id) };
                for column in moves {
                    work.moved.entry(column.clone()).or_default().insert(id.clone());
                    in_the_way.push(column);
                }
                if action == Action::Alter && steps.rebuild_dependents {
                    in_the_way.push(id.clone());
                }
                work.actions.insert(id, action);
            }
            _ => {}
        }
    }
    work.actions.extend(anew.into_iter().map(|id| (id, Action::Recreate)));
    spread(before, after, &mut work, in_the_way);
    // What moved columns over finds none any more whose table is made anew, and is made anew as well.
    loop {
        let made = work.made();
        let world = World { made: &made, ..world };
        let altered = work.actions.iter().filter(|(_, action)| **action == Action::Alter).map(|(id, _)| id);
        let left: Vec<ObjectId> = altered.filter(|id| alter(&world, id).1).cloned().collect();
        if left.is_empty() {
            break;
        }
        work.actions.extend(left.into_iter().map(|id| (id, Action::Recreate)));
        spread(before, after, &mut work, Vec::new());
    }
    hand_over(before, after, &mut work);
    work
}

/// A column that is changed between a sequence of its own and one that goes by the same name, behind an identity: its
/// default is taken from it before, or given to it after, for the name is free only in between.
fn hand_over(before: &Catalog, after: &Catalog, work: &mut Work) {
    let columns = work.actions.iter().filter(|(id, action)| id.kind == "column" && **action == Action::Alter);
    for id in columns.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
        let (Some(old), Some(new)) = (before.objects.get(&id), after.objects.get(&id)) else { continue };
        for (one, other, catalog) in [(old, new, before), (new, old, after)] {
            let names = taken(&id, other);
            let sequences = one.needs.iter().filter(|needed| {
                let same =
                    catalog.objects.get(*needed).is_some_and(|n| taken(needed, n).iter().any(|n| names.contains(n)));
                same && work.actions.contains_key(*needed)
            });
            let sequences: Vec<ObjectId> = sequences.cloned().collect();
            if !sequences.is_empty() {
                work.released.entry(id.clone()).or_default().extend(sequences);
            }
        }
    }
}

/// The columns that have to be out of the way while something is made in a type that stands.
fn moved_by(world: &World, id: &ObjectId) -> Vec<ObjectId> {
    let is_type = |id: &ObjectId| kinds::by_name(&id.kind).is_some_and(|kind| kind.class == Class::PG_TYPE);
    let (Some(kind), Some((id, object))) = (kinds::by_name(&id.kind), world.after.objects.get_key_value(id)) else {
        return Vec::new();
    };
    let mut steps = Steps::default();
    if object.parent.as_ref().is_some_and(|parent| is_type(parent) && world.before.objects.contains_key(parent)) {
        (kind.ddl.create)(&Site { world, catalog: world.after, id, object }, &mut steps);
    }
    steps.moves
}

/// Asks a kind for what changes an object, and whether it left anything out.
fn alter(world: &World, id: &ObjectId) -> (Steps, bool) {
    let mut steps = Steps::default();
    let (Some(kind), Some(old), Some(new)) =
        (kinds::by_name(&id.kind), world.before.objects.get(id), world.after.objects.get(id))
    else {
        return (steps, true);
    };
    let mut change = Alteration::new(
        Site { world, catalog: world.before, id, object: old },
        Site { world, catalog: world.after, id, object: new },
    );
    for attribute in shared::ATTRIBUTES.iter().chain(&["position"]) {
        change.set_aside(attribute);
    }
    (kind.ddl.alter)(&mut change, &mut steps);
    let pending = change.pending().next().is_some();
    (steps, pending)
}

/// What the server rebuilds by itself when a column's type changes.
const REBUILT_BY_SERVER: &[&str] = &["index", "constraint", "statistics"];

/// Makes everything that needs what is removed, or changed under it, give way: to a fixed point.
fn spread(before: &Catalog, after: &Catalog, work: &mut Work, in_the_way: Vec<ObjectId>) {
    let dependents = dependents(before);
    let nothing = BTreeSet::new();
    let relatives = Relatives::default();
    let world = World { before, after, made: &nothing, deferred: &nothing, relatives: &relatives };
    let mut queue: Vec<(ObjectId, bool)> = in_the_way.into_iter().map(|id| (id, true)).collect();
    let dropped = |work: &Work| work.actions.keys().filter(|id| work.drops(id)).cloned().collect::<Vec<_>>();
    queue.extend(dropped(work).into_iter().map(|id| (id, false)));
    loop {
        drain(&world, &dependents, work, &mut queue);
        let holders: Vec<ObjectId> = dropped(work).iter().filter_map(|id| holder(&world, work, id)).collect();
        if holders.is_empty() {
            break;
        }
        for id in holders {
            work.actions.insert(id.clone(), Action::Recreate);
            queue.push((id, false));
        }
    }
}

/// What has to be made anew so that an object can be removed, if it is not yet.
fn holder(world: &World, work: &Work, id: &ObjectId) -> Option<ObjectId> {
    let (kind, (id, object)) = (kinds::by_name(&id.kind)?, world.before.objects.get_key_value(id)?);
    if object.parent.as_ref().is_some_and(|parent| work.drops(parent)) {
        return None;
    }
    let holder = (kind.ddl.held_by?)(&Site { world, catalog: world.before, id, object })?;
    (!work.drops(holder.id)).then(|| holder.id.clone())
}

/// Follows the queue, of what is removed or, where it stays, in the way, to all that depends on it.
fn drain(world: &World, dependents: &Dependents, work: &mut Work, queue: &mut Vec<(ObjectId, bool)>) {
    let after = world.after;
    while let Some((id, stays)) = queue.pop() {
        for (dependent, how) in dependents.get(&id).into_iter().flatten() {
            let by_server = id.kind == "column"
                && REBUILT_BY_SERVER.contains(&dependent.kind.as_str())
                && !(stays && (is_torn(world.before, after, dependent, &id) || is_another(world, dependent)))
                && !(work.moved.contains_key(&id) && is_computed(world, dependent));
            let moved = work.moved.get(*dependent).is_some_and(|to| to.contains(&id));
            if stays && (*how != Dependence::Needs || by_server || moved) {
                continue;
            }
            if work.drops(dependent) {
                continue;
            }
            if !after.objects.contains_key(*dependent) {
                // Gone in the end, as the differences say; the filter may have hidden it.
                continue;
            }
            // A sequence that nobody owns any more is let go before its old owner is removed.
            if *how == Dependence::OwnedBy
                && after.objects.get(*dependent).and_then(Object::owned_by).as_ref() != Some(&id)
                && work.actions.get(*dependent) == Some(&Action::Alter)
            {
                continue;
            }
            if *how == Dependence::Needs && can_be_released(world, dependent, &id) {
                work.released.entry((*dependent).clone()).or_default().insert(id.clone());
                work.actions.entry((*dependent).clone()).or_insert(Action::Release);
                continue;
            }
            work.actions.insert((*dependent).clone(), Action::Recreate);
            queue.push(((*dependent).clone(), false));
        }
    }
}

/// Whether what is built on a column becomes another one with it, such as an index with the operators of another type.
fn is_another(world: &World, id: &ObjectId) -> bool {
    let [old, new] = [world.before, world.after].map(|catalog| catalog.objects.get(id)?.attrs.get("definition"));
    new.is_some() && old != new
}

/// Whether what is built on a column reads more than its value, which may be a text for a while: an attribute of it, or what
/// a function of its type makes of it.
fn is_computed(world: &World, id: &ObjectId) -> bool {
    world.before.objects.get(id).is_some_and(|object| {
        let texts = ["columns", "exclusion"].iter().filter_map(|name| object.attrs.get(*name));
        object.attrs.contains_key("expression")
            || object.attrs.contains_key("predicate")
            || texts.into_iter().any(|text| text.to_string().contains('('))
    })
}

/// Whether a foreign key has to be away while a column of it changes its type: the server wants both sides to be
/// comparable all the time.
fn is_torn(before: &Catalog, after: &Catalog, key: &ObjectId, column: &ObjectId) -> bool {
    const ALIKE: &[&[&str]] = &[&["smallint", "integer", "bigint"], &["text", "character varying"]];
    let family = |catalog: &Catalog| {
        let name = catalog.objects.get(column)?.attrs.get("type")?.as_str()?;
        let name = name.split('(').next().unwrap_or(name);
        ALIKE.iter().position(|alike| alike.contains(&name))
    };
    let is_key = |catalog: &Catalog| {
        let kind = catalog.objects.get(key).and_then(|key| key.attrs.get("type"));
        kind.and_then(|kind| kind.as_str()) == Some("foreign key")
    };
    is_key(before) && is_key(after) && (family(before).is_none() || family(before) != family(after))
}

/// Whether a kind can take from an object, for a while, what it needs of another.
fn can_be_released(world: &World, id: &ObjectId, needed: &ObjectId) -> bool {
    let (Some(kind), Some(object)) = (kinds::by_name(&id.kind), world.before.objects.get(id)) else { return false };
    let site = Site { world, catalog: world.before, id, object };
    kind.ddl.release.is_some_and(|release| release(&site, needed, &mut Steps::default(), &mut Steps::default()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dependence {
    Within,
    Needs,
    OwnedBy,
}

/// Who depends on each object, and how.
type Dependents<'a> = BTreeMap<&'a ObjectId, Vec<(&'a ObjectId, Dependence)>>;

fn dependents(catalog: &Catalog) -> Dependents<'_> {
    let mut found = Dependents::new();
    for (id, object) in &catalog.objects {
        if let Some(parent) = &object.parent {
            found.entry(parent).or_default().push((id, Dependence::Within));
        }
        for needed in &object.needs {
            found.entry(needed).or_default().push((id, Dependence::Needs));
        }
        if let Some((column, _)) = object.owned_by().and_then(|column| catalog.objects.get_key_value(&column)) {
            found.entry(column).or_default().push((id, Dependence::OwnedBy));
        }
    }
    found
}
