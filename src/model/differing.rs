//! Two snapshots read for comparison: of what is the same on both sides, only what has to do with the rest is parsed.
//!
//! Comparing, planning and telling what the plan does say of what is returned what they say of the whole: an object that
//! is left out is left out on both sides, is the same there, and nothing that differs reaches it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::thread;

use serde_json::Value;

use super::references::References;
use super::{Catalog, Object, ObjectId, Snapshot};
use crate::base::{Result, parse_path};

/// How objects have to do with each other beside being in each other and needing each other.
#[derive(Debug, Clone, Copy)]
pub struct Ties<'a> {
    /// Kinds that are about whatever else is there, so that all of them count.
    pub everywhere: &'a [&'a str],
    /// Kinds of which all that are on one object are changed together.
    pub together: &'a [&'a str],
    /// Attributes of what may have to be made anew with what is in it, and of what belongs to one like it.
    pub families: &'a [&'a str],
    /// Kinds that may have to be made anew with what is in them.
    pub wholes: &'a [&'a str],
    /// Kinds with an attribute that names what their objects go with, and the kind of that.
    pub bound: &'a [(&'a str, &'a str, &'a str)],
    /// Attributes that nothing else has to be changed with.
    pub apart: &'a [&'a str],
    /// Lists that nothing else has to be changed with as long as what they had stays, in its order: kind and attribute.
    pub growing: &'a [(&'a str, &'a str)],
}

/// Reads of two snapshots what is needed to compare them and to plan the way from one to the other: the objects that
/// differ or are on one side alone, all that could have to be changed with them, what these need, what stands with any of
/// them in the same relation, and all that these are in.
///
/// Large snapshots that hardly differ are compared without reading most of them.
///
/// # Errors
///
/// What [`Snapshot::read`] refuses, in the lines that are read.
pub fn read_differing(before: &Snapshot, after: &Snapshot, ties: &Ties<'_>) -> Result<(Catalog, Catalog)> {
    let [old, new] = differing(before, after)?;
    let whole = || read_both([(before, (0..before.lines()).collect()), (after, (0..after.lines()).collect())]);
    // Where much differs, little of the rest is far from it, and line by line takes longer.
    let much = (before.lines() + after.lines()) / 4;
    if old.len() + new.len() > much.max(MANY) {
        return whole();
    }
    let (old, new) = read_both([(before, old), (after, new)])?;
    let differing: BTreeSet<ObjectId> = old.objects.keys().chain(new.objects.keys()).cloned().collect();
    if differing.is_empty() {
        return Ok((old, new));
    }
    let Some(references) = References::of(before, ties) else { return whole() };
    let mut reading = Reading {
        sides: [before, after],
        catalogs: [old, new],
        ties,
        references,
        differing,
        reached: BTreeMap::new(),
        relations: BTreeSet::new(),
        queue: Vec::new(),
    };
    reading.read()?;
    let [old, new] = reading.catalogs;
    Ok((old, new))
}

/// So many lines are always read one by one.
const MANY: usize = 10_000;

/// Finds the lines that are not the same on both sides.
fn differing(before: &Snapshot, after: &Snapshot) -> Result<[Vec<usize>; 2]> {
    let mut found = [Vec::new(), Vec::new()];
    let (mut old, mut new) = (0, 0);
    // Identities of the lines at hand, once they were needed.
    let (mut old_id, mut new_id) = (None, None);
    while old < before.lines() && new < after.lines() {
        if before.line(old) == after.line(new) {
            (old, new) = (old + 1, new + 1);
            (old_id, new_id) = (None, None);
            continue;
        }
        let left = old_id.take().map_or_else(|| before.id(old), Ok)?;
        let right = new_id.take().map_or_else(|| after.id(new), Ok)?;
        let order = left.cmp(&right);
        (old_id, new_id) = (Some(left), Some(right));
        if order.is_le() {
            found[0].push(old);
            (old, old_id) = (old + 1, None);
        }
        if order.is_ge() {
            found[1].push(new);
            (new, new_id) = (new + 1, None);
        }
    }
    found[0].extend(old..before.lines());
    found[1].extend(new..after.lines());
    Ok(found)
}

fn read_both([(before, old), (after, new)]: [(&Snapshot, Vec<usize>); 2]) -> Result<(Catalog, Catalog)> {
    thread::scope(|scope| {
        let old = scope.spawn(|| before.read_lines(old));
        let new = after.read_lines(new)?;
        Ok((old.join().unwrap_or_else(|panic| resume_unwind(panic))?, new))
    })
}

/// How far what differs reaches to an object; the farther, the more has to do with it in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// It stands beside another, or holds it.
    Beside,
    /// Another needs it.
    Needed,
    /// It may have to be changed, or made anew.
    Touched,
}

/// Two snapshots of which more and more is read.
struct Reading<'a> {
    sides: [&'a Snapshot; 2],
    catalogs: [Catalog; 2],
    ties: &'a Ties<'a>,
    /// Of the first side; what refers to something on the second side alone differs.
    references: References,
    differing: BTreeSet<ObjectId>,
    reached: BTreeMap<ObjectId, Reach>,
    /// The relations of which everything is read.
    relations: BTreeSet<Vec<String>>,
    queue: Vec<(ObjectId, Reach)>,
}

impl Reading<'_> {
    fn read(&mut self) -> Result<()> {
        for number in std::mem::take(&mut self.references.everywhere) {
            self.reach(self.sides[0].id(number)?, Reach::Needed);
        }
        for id in self.differing.clone() {
            let reach = if self.stands_apart(&id) { Reach::Needed } else { Reach::Touched };
            self.reach(id, reach);
        }
        while let Some((id, reach)) = self.queue.pop() {
            if self.reached[&id] == reach {
                self.follow(&id, reach)?;
            }
        }
        Ok(())
    }

    /// Whether an object differs in nothing that others could have to be changed with.
    fn stands_apart(&self, id: &ObjectId) -> bool {
        let [Some(old), Some(new)] = self.catalogs.each_ref().map(|catalog| catalog.objects.get(id)) else {
            return false;
        };
        let growing = |name: &str| self.ties.growing.contains(&(id.kind.as_str(), name));
        let mut names = old.attrs.keys().chain(new.attrs.keys());
        old.parent == new.parent
            && old.needs == new.needs
            && names.all(|name| {
                let (old, new) = (old.attrs.get(name), new.attrs.get(name));
                old == new || self.ties.apart.contains(&name.as_str()) || growing(name) && grows(old, new)
            })
    }

    fn reach(&mut self, id: ObjectId, reach: Reach) {
        if self.reached.get(&id).is_none_or(|before| *before < reach) {
            self.reached.insert(id.clone(), reach);
            self.queue.push((id, reach));
        }
    }

    /// Reads an object where it is there.
    fn load(&mut self, id: &ObjectId) -> Result<()> {
        // Where it differs it was read, and may be on one side alone.
        if !self.differing.contains(id) && !self.catalogs[0].objects.contains_key(id) {
            for (side, catalog) in self.sides.into_iter().zip(&mut self.catalogs) {
                // What belongs to an extension or was not part of the snapshot has no line.
                if let Some(number) = find(side, id)? {
                    // Not `append`, which takes the whole map apart.
                    catalog.objects.extend(side.read_lines([number])?.objects);
                }
            }
        }
        Ok(())
    }

    fn objects(&self, id: &ObjectId) -> Vec<Object> {
        self.catalogs.iter().filter_map(|catalog| catalog.objects.get(id)).cloned().collect()
    }

    fn follow(&mut self, id: &ObjectId, reach: Reach) -> Result<()> {
        self.load(id)?;
        for object in self.objects(id) {
            for parent in object.parent.iter().cloned() {
                self.reach(parent, reach.min(Reach::Needed));
            }
            if reach >= Reach::Needed {
                object.needs.iter().cloned().for_each(|needed| self.reach(needed, Reach::Needed));
            }
            if reach == Reach::Touched {
                self.touch(id, &object)?;
            }
        }
        if reach == Reach::Touched {
            for referring in self.references.to(id) {
                self.reach(self.sides[0].id(referring)?, Reach::Touched);
            }
        }
        self.relation(id)
    }

    /// What may have to be changed with an object, beside what refers to it.
    fn touch(&mut self, id: &ObjectId, object: &Object) -> Result<()> {
        let in_family = |object: &Object| self.ties.families.iter().any(|name| object.attrs.contains_key(*name));
        let alike: Vec<ObjectId> = match in_family(object) {
            true => {
                let of_kind = object.needs.iter().filter(|needed| needed.kind == id.kind);
                of_kind.chain(object.attached_to()).cloned().collect()
            }
            false => Vec::new(),
        };
        let bound = self.ties.bound.iter().filter(|(kind, ..)| *kind == id.kind);
        let bound: Vec<ObjectId> = bound.filter_map(|(_, attribute, of)| bound_to(object, attribute, of)).collect();
        if let Some(parent) = object.parent.clone() {
            self.load(&parent)?;
            // What holds all sorts of things, such as a schema, stays; a table may not.
            let is_made_anew = |of: &Object| of.parent.is_some() && self.differing.contains(id) || in_family(of);
            let is_whole = self.ties.wholes.contains(&parent.kind.as_str());
            if is_whole || self.objects(&parent).iter().any(is_made_anew) {
                self.reach(parent.clone(), Reach::Touched);
            }
            if self.ties.together.contains(&id.kind.as_str()) {
                for number in self.references.to(&parent) {
                    let other = self.sides[0].id(number)?;
                    if other.kind == id.kind {
                        self.reach(other, Reach::Needed);
                    }
                }
            }
        }
        alike.into_iter().chain(bound).for_each(|id| self.reach(id, Reach::Touched));
        Ok(())
    }

    /// Reads what stands in the same relation as an object, or overloads the same name: whether a column has another place
    /// is seen among all columns only.
    fn relation(&mut self, id: &ObjectId) -> Result<()> {
        let Some(relation) = id.path.get(..2).filter(|relation| !self.relations.contains(*relation)) else {
            return Ok(());
        };
        self.relations.insert(relation.to_vec());
        let side = self.sides[0];
        // An identity of no kind comes before all that have its path.
        for number in place(side, &ObjectId::new("", relation))?..side.lines() {
            let other = side.id(number)?;
            if !other.path.starts_with(relation) {
                break;
            }
            self.reach(other, Reach::Beside);
        }
        Ok(())
    }
}

/// Whether a list has in its order what another has.
fn grows(old: Option<&Value>, new: Option<&Value>) -> bool {
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut new = list(new).into_iter();
    list(old).iter().all(|one| new.any(|other| other == *one))
}

/// What an attribute says that an object goes with.
pub(super) fn bound_to(object: &Object, attribute: &str, kind: &str) -> Option<ObjectId> {
    Some(ObjectId::of(kind.to_owned(), parse_path(object.attrs.get(attribute)?.as_str()?).ok()?))
}

/// The number of the first line that is not before an identity; lines are in the order of identities.
fn place(snapshot: &Snapshot, wanted: &ObjectId) -> Result<usize> {
    let (mut low, mut high) = (0, snapshot.lines());
    while low < high {
        let middle = low + (high - low) / 2;
        match snapshot.id(middle)?.cmp(wanted) {
            Ordering::Less => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// Finds an object's line.
pub(super) fn find(snapshot: &Snapshot, wanted: &ObjectId) -> Result<Option<usize>> {
    let number = place(snapshot, wanted)?;
    Ok((number < snapshot.lines() && snapshot.id(number)? == *wanted).then_some(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::Ties;
    use crate::base::Result;
    use crate::diff::diff;
    use crate::model::{Catalog, Object, ObjectId, SchemaFilter, Snapshot, write_snapshot};

    fn read_differing(before: &Snapshot, after: &Snapshot) -> Result<(Catalog, Catalog)> {
        super::read_differing(
            before,
            after,
            &Ties { everywhere: &[], together: &[], families: &[], wholes: &[], bound: &[], apart: &[], growing: &[] },
        )
    }

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
    fn what_differs_comes_with_all_that_is_with_it() {
        let old = catalog(&[(0, 0, 0, 0), (0, 1, 0, 0), (1, 0, 0, 0), (1, 1, 0, 0), (1, 1, 1, 0), (1, 2, 0, 0)]);
        let new = catalog(&[(0, 0, 0, 0), (0, 1, 0, 0), (1, 0, 0, 0), (1, 1, 0, 0), (1, 1, 1, 1), (1, 2, 0, 0)]);
        let (old, new) = read_differing(&open(&old), &open(&new)).unwrap();
        let shown = |catalog: &Catalog| catalog.objects.keys().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let all = "schema s1, table s1.t1, column s1.t1.c0, column s1.t1.c1, index s1.t1_c0_idx, index s1.t1_c1_idx";
        assert_eq!(shown(&old), all);
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
