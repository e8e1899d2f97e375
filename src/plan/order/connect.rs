//! Which point of the order has to come before which.
//!
//! Reads both catalogs and the work; writes no statement.

use std::collections::{BTreeMap, BTreeSet};

use super::super::taken::{Taken, frees, taken};
use super::{Node, Orderer, Part};
use crate::base::parse_path;
use crate::kinds::{self, Class};
use crate::model::{Catalog, Object, ObjectId};

/// Casts by the function that they call.
type Casts<'a> = BTreeMap<&'a ObjectId, Vec<&'a ObjectId>>;

impl<'a> Orderer<'a> {
    /// Casts by the function that they call: what is written as a cast is kept as a call.
    fn casts(&self) -> Casts<'a> {
        let mut found = Casts::new();
        for (id, object) in &self.world.after.objects {
            if id.kind == "cast" && self.world.made.contains(id) {
                for needed in object.needs.iter().filter(|needed| needed.kind == "function") {
                    found.entry(needed).or_default().push(id);
                }
            }
        }
        found
    }

    /// Says which point of the order has to come before which.
    pub(super) fn connect(&mut self) {
        let ids: Vec<&'a ObjectId> = self.work.actions.keys().collect();
        let casts = self.casts();
        for &id in &ids {
            for pair in [Part::Away, Part::There, Part::Rest, Part::Checked, Part::Back].windows(2) {
                self.graph.edge((pair[0], id), (pair[1], id));
            }
            if let Some(object) = self.world.before.objects.get(id) {
                self.goes(id, object);
            }
            if let Some(object) = self.world.after.objects.get(id) {
                self.comes(id, object, &casts);
            }
            self.waits_for_carrier(id);
            self.leaves_unchanged(id);
            self.outlives_parents(id);
            self.holds_before_parents(id);
            self.identifies_rows(id);
        }
        self.hand_names_over(&ids);
    }

    /// What goes waits for those that need it to go, or to be changed.
    fn goes(&mut self, id: &'a ObjectId, object: &'a Object) {
        // A serial's column needs the sequence that goes with it.
        let owner = object
            .owned_by()
            .filter(|owner| self.world.before.objects.get(owner).is_some_and(|owner| !owner.needs.contains(id)));
        let needed = object.needs.iter().chain(&object.parent).chain(&owner);
        let carrier = if self.work.drops(id) { self.carrier(id) } else { id };
        for needed in self.and_around(self.world.before, needed) {
            if self.loses_owner(needed, id) || self.gets_labels_alone(needed) {
                continue;
            }
            let is_kept_schema = needed.kind == "schema" && !self.work.drops(needed);
            if carrier != id && needed != carrier && !needed.is_in(carrier) && !is_kept_schema {
                let part = if self.work.drops(needed) { Part::Away } else { Part::There };
                self.graph.edge((Part::Away, carrier), (part, needed));
            }
            if self.work.drops(needed) {
                self.graph.edge((Part::Away, id), (Part::Away, needed));
                // What was a copy of another's, and is made anew as one of its own, has its name once the other is gone.
                if self.world.made.contains(id) && needed.kind == id.kind {
                    self.graph.edge((Part::Away, needed), (Part::There, id));
                }
                let taken = self.taken.contains(&(id, needed.path.clone()));
                if !self.work.drops(id) && !self.work.released.contains_key(id) && !taken {
                    self.graph.edge((Part::There, id), (Part::Away, needed));
                }
            } else if self.leaves(id, object, needed) {
                self.graph.edge((Part::Away, needed), (Part::Away, id));
            } else if self.work.drops(id) && !is_kept_schema {
                self.graph.edge((Part::Away, id), (Part::There, needed));
            }
        }
        // A sequence that stays is let go before its owner goes.
        let owner = object.owned_by().and_then(|owner| self.key(&owner));
        if let Some(owner) = owner.filter(|owner| self.loses_owner(id, owner)) {
            self.graph.edge((Part::There, id), (Part::Away, self.carrier(owner)));
        }
        if is_primary_key(object)
            && id.kind == "constraint"
            && let Some(table) = &object.parent
        {
            self.after_not_null(id, table);
        }
    }

    /// What is made waits for what it needs.
    fn comes(&mut self, id: &'a ObjectId, object: &'a Object, casts: &Casts<'a>) {
        let owner = object.owned_by().and_then(|column| self.key(&column));
        if let Some(column) = owner {
            // A sequence of an identity may have the name that another takes in its place.
            if self.world.made.contains(id) {
                self.graph.edge((Part::Away, column), (Part::There, id));
            }
            // A sequence that is bound to its column afterwards.
            if self.world.made.contains(column) {
                self.graph.edge((Part::There, column), (Part::Rest, id));
            }
        }
        for needed in self.and_around(self.world.after, object.needs.iter().chain(&object.parent)) {
            self.needs(id, needed);
            self.joins_finished(id, needed);
            self.needs_checks(id, needed);
            // Two casts may call one function, and neither goes through the other.
            let casts = casts.get(needed).into_iter().flatten().filter(|_| id.kind != "cast");
            for cast in casts.filter(|cast| !self.world.after.objects[**cast].needs.contains(id)) {
                self.needs(id, cast);
            }
        }
        let is_inline = kinds::by_name(&id.kind).is_some_and(|kind| kind.ddl.inline);
        if let Some(parent) = object.parent.as_ref().filter(|parent| is_inline && self.world.made.contains(*parent)) {
            self.comes_with(id, object, parent, casts);
        }
        self.after_columns(id, object.parent.as_ref());
        self.attached_before(id, object);
        self.found_first(id, object);
        self.outlives_children(id, object);
        if id.kind == "materialized view" {
            self.after_grants(id, object);
        }
        self.reads_first_state(id, object);
    }

    /// The state that an aggregate begins with is read as a row of the type that its functions take.
    fn reads_first_state(&mut self, id: &'a ObjectId, object: &'a Object) {
        if !["initial", "moving_initial"].iter().any(|name| object.attrs.contains_key(*name)) {
            return;
        }
        let functions = object.needs.iter().filter_map(|needed| self.world.after.objects.get(needed));
        let types: BTreeSet<&ObjectId> = functions.flat_map(|function| &function.needs).collect();
        for of in types {
            self.knows_attributes(id, of, Part::There);
        }
    }

    /// A materialized view is filled with the rights of the owners of the views that it reads.
    fn after_grants(&mut self, id: &'a ObjectId, object: &'a Object) {
        let mut read: Vec<&ObjectId> = object.needs.iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(needed) = read.pop() {
            let Some(object) = self.world.after.objects.get(needed).filter(|_| seen.insert(needed)) else { continue };
            for (grant, _) in self.world.after.children(needed).filter(|(child, _)| child.kind == "grant") {
                if let Some(grant) = self.key(grant) {
                    self.graph.edge((Part::There, grant), (Part::There, id));
                }
            }
            read.extend(object.needs.iter().chain(&object.parent));
        }
    }

    /// A column's type has to be there before the table that is made with it.
    fn comes_with(&mut self, id: &'a ObjectId, object: &'a Object, parent: &ObjectId, casts: &Casts<'a>) {
        let Some(parent) = self.key(parent) else { return };
        let deferred = self.world.deferred.contains(id);
        for needed in self.and_around(self.world.after, object.needs.iter()) {
            // A generated column needs others of its own table.
            let own = self.world.after.objects.get(needed).and_then(|needed| needed.parent.as_ref());
            let waits = deferred && kinds::by_name(&needed.kind).is_none_or(|kind| kind.class != Class::PG_TYPE);
            if needed != parent && own != Some(parent) && !waits {
                self.needs(parent, needed);
                self.needs_checks(parent, needed);
                for cast in casts.get(needed).into_iter().flatten() {
                    self.needs(parent, cast);
                }
            }
        }
    }

    /// A name is free once what had it is gone.
    fn hand_names_over(&mut self, ids: &[&'a ObjectId]) {
        let mut free: BTreeMap<Taken, Vec<Node<'a>>> = BTreeMap::new();
        let mut wanted: BTreeMap<Taken, Vec<&'a ObjectId>> = BTreeMap::new();
        for &id in ids {
            let [before, after] = [self.world.before, self.world.after].map(|catalog| catalog.objects.get(id));
            let names = |object: Option<&Object>| object.map(|object| taken(id, object)).unwrap_or_default();
            let (node, freed) = match self.work.drops(id) {
                true => ((Part::Away, self.carrier(id)), names(before)),
                false => ((Part::There, id), frees(id, self.world.before, self.world.after)),
            };
            freed.into_iter().for_each(|name| free.entry(name).or_default().push(node));
            let names = match self.world.made.contains(id) {
                true => names(after),
                false => frees(id, self.world.after, self.world.before),
            };
            // A table that is made makes its columns with it.
            let within = after
                .and_then(|object| object.parent.as_ref())
                .filter(|parent| id.kind == "column" && self.world.made.contains(*parent));
            let taker = within.and_then(|parent| self.key(parent)).unwrap_or(id);
            names.into_iter().for_each(|name| wanted.entry(name).or_default().push(taker));
        }
        for (frees, takes) in self.names.values() {
            for (old, new) in frees.iter().flat_map(|old| takes.iter().map(move |new| (old, new))) {
                self.graph.edge((Part::Away, *old), (Part::There, *new));
            }
        }
        for (name, takers) in wanted {
            for freed in free.get(&name).into_iter().flatten() {
                for taker in takers.iter().filter(|taker| **taker != freed.1) {
                    self.graph.edge(*freed, (Part::There, taker));
                }
            }
        }
    }

    /// Whether a column that goes owns a sequence that stays.
    fn loses_owner(&self, sequence: &ObjectId, column: &ObjectId) -> bool {
        let owner = self.world.before.objects.get(sequence).and_then(Object::owned_by);
        owner.as_ref() == Some(column) && self.work.drops(column) && !self.work.drops(sequence)
    }

    /// Whether a type only gets more labels, which nothing has to be out of the way for.
    fn gets_labels_alone(&self, id: &'a ObjectId) -> bool {
        let is_changed = self.key(id).is_some() && !self.work.drops(id);
        id.kind == "enum" && is_changed && !self.writes(Part::There, id)
    }

    /// Whether there is anything to do for an object at a point.
    fn writes(&self, part: Part, id: &'a ObjectId) -> bool {
        self.statements.get(&(part, id)).is_some_and(|steps| !steps.is_empty())
    }

    /// Whose statement removes an object: its own, or that of what it goes with.
    pub(super) fn carrier(&self, id: &'a ObjectId) -> &'a ObjectId {
        let mut carrier = id;
        while let Some((_, site)) = self.site(self.world.before, carrier) {
            if !self.goes_with_parent(&site) {
                break;
            }
            let owner = site.object.owned_by().filter(|column| self.key(column).is_some_and(|id| self.work.drops(id)));
            let Some(next) = owner.as_ref().or(site.object.parent.as_ref()).and_then(|next| self.key(next)) else {
                break;
            };
            carrier = next;
        }
        carrier
    }

    /// What an object needs can't go before that which takes the object along.
    fn waits_for_carrier(&mut self, id: &'a ObjectId) {
        let Some(object) = self.world.before.objects.get(id).filter(|_| self.work.drops(id)) else { return };
        let carrier = self.carrier(id);
        if carrier == id {
            return;
        }
        for needed in self.and_around(self.world.before, object.needs.iter()) {
            let within = needed == carrier || needed.is_in(carrier) || carrier.is_in(needed);
            if !within && self.work.drops(needed) {
                self.graph.edge((Part::Away, carrier), (Part::Away, self.carrier(needed)));
            }
        }
    }

    /// Objects and what they are in, and what brings their changes with its own.
    pub(super) fn and_around<'b>(
        &self,
        catalog: &'a Catalog,
        ids: impl Iterator<Item = &'b ObjectId>,
    ) -> BTreeSet<&'a ObjectId> {
        let mut found = BTreeSet::new();
        for id in ids {
            let mut next = catalog.objects.get_key_value(id);
            while let Some((id, object)) = next {
                if !found.insert(id) {
                    break;
                }
                let movers = self.work.moved.get(id).into_iter().flatten();
                found.extend(movers.filter_map(|mover| self.key(mover)));
                found.extend(followed(catalog, id, object));
                next = object.parent.as_ref().and_then(|parent| catalog.objects.get_key_value(parent));
            }
        }
        found
    }

    /// The key that the work has for an object.
    pub(super) fn key(&self, id: &ObjectId) -> Option<&'a ObjectId> {
        self.work.actions.get_key_value(id).map(|(id, _)| id)
    }

    pub(super) fn needs(&mut self, id: &'a ObjectId, needed: &ObjectId) {
        let released = self.work.released.get(id).is_some_and(|from| from.contains(needed));
        let part = if released || self.world.deferred.contains(id) && !self.is_type(needed) {
            Part::Back
        } else {
            Part::There
        };
        let is_in = self.world.after.objects.get(id).is_some_and(|object| object.parent.as_ref() == Some(needed));
        // The text of a view may list all columns of what it reads.
        let reads = || matches!(id.kind.as_str(), "view" | "materialized view") && self.gets_another(id, "definition");
        if needed.kind == "composite type" && !is_in || needed.kind.ends_with("table") && reads() {
            self.knows_attributes(id, needed, part);
        }
        let Some(needed) = self.key(needed).filter(|needed| *needed != id) else { return };
        self.graph.edge((Part::There, needed), (part, id));
        let is_inherited = id.kind == "column"
            && self.world.after.objects.get(id).is_some_and(|one| one.attrs.contains_key("inherited"));
        if is_inherited && needed.kind == id.kind && !self.world.made.contains(needed) {
            // A default of a child's own is of the type that the parent's column gives it.
            self.graph.edge((Part::There, needed), (Part::There, id));
        }
        // What is built outside of transactions is there only then: an index, a key, a label of an enum.
        let [there, rest] = [Part::There, Part::Rest].map(|part| self.writes(part, needed));
        // A label that a type gets can be used once that is committed.
        let is_type = kinds::by_name(&needed.kind).is_some_and(|kind| kind.class == Class::PG_TYPE);
        // An index that becomes unique serves a key that is made then.
        let comes_whole = self.world.made.contains(needed) || needed.kind == "index" && self.world.made.contains(id);
        if (is_type || comes_whole && !there) && rest {
            self.graph.edge((Part::Rest, needed), (part, id));
        }
        // A key of a partitioned table is whole once those of the partitions are attached.
        let mut attached: Vec<&'a ObjectId> = self.attached.get(needed).cloned().unwrap_or_default();
        let above = self.world.after.objects.get(id).and_then(Object::attached_to);
        let is_one = self.world.after.objects.get(id).is_some_and(|object| object.attrs.contains_key("partition_of"));
        while let Some(next) = attached.pop().filter(|_| !is_one) {
            self.graph.edge((Part::Rest, next), (part, id));
            attached.extend(self.attached.get(next).into_iter().flatten());
        }
        let of = |id: &ObjectId| self.world.after.objects.get(id).and_then(|object| object.parent.as_ref());
        let is_below = needed.kind == "table" && self.is_below(id, needed);
        let is_in_it = is_below || !is_type && above.into_iter().chain([id]).any(|id| of(id) == Some(needed));
        let is_copy = id.kind == "trigger"
            && self.world.after.objects.get(id).is_some_and(|object| object.attrs.contains_key("inherited"));
        let later = self.identity_changes(needed) && id.kind == "column";
        let joins = id.kind == "table" && self.writes(Part::Rest, id);
        if is_below && joins && self.world.made.contains(id) && self.world.made.contains(needed) {
            // A partition that is made, and joins late, joins what has joined.
            self.graph.edge((Part::Rest, needed), (Part::Rest, id));
        } else if is_below && is_copy && rest {
            // A partition has its copy once it is one.
            self.graph.edge((Part::Rest, needed), (part, id));
        } else if is_in_it && rest {
            // What a table becomes last, a partition or a child, it becomes with all that is in it.
            self.graph.edge((Part::Checked, id), (Part::Rest, needed));
        } else if (needed.kind != "column" || self.world.made.contains(needed)) && !later {
            self.graph.edge((Part::Checked, needed), (part.max(Part::Rest), id));
        }
    }

    /// Whether an attribute of an object will not be what it is.
    fn gets_another(&self, id: &ObjectId, attribute: &str) -> bool {
        let of = |catalog: &'a Catalog| catalog.objects.get(id).and_then(|object| object.attrs.get(attribute));
        self.world.made.contains(id) || of(self.world.before) != of(self.world.after)
    }

    /// What writes a whole row of a type, or of a table, finds its attributes as they shall be.
    fn knows_attributes(&mut self, id: &'a ObjectId, of: &ObjectId, part: Part) {
        let needed_before = self.world.before.objects.get(id).map_or(&[][..], |object| &object.needs);
        for attribute in self.columns(of) {
            if attribute == id || needed_before.contains(attribute) && !self.work.drops(id) {
                continue;
            }
            self.graph.edge((Part::Away, attribute), (part, id));
            self.graph.edge((Part::There, attribute), (part, id));
        }
    }

    fn is_type(&self, id: &ObjectId) -> bool {
        kinds::by_name(&id.kind).is_some_and(|kind| kind.class == Class::PG_TYPE || kind.class == Class::PG_CLASS)
    }

    /// What goes with an object of a circle and needs something that goes too.
    pub(super) fn separable(&self, part: Part, id: &'a ObjectId) -> Vec<ObjectId> {
        if part != Part::Away || !self.work.drops(id) {
            return Vec::new();
        }
        let of_it = |other: &ObjectId| other.is_in(id) && self.carrier_is(other, id);
        let needs_other = |object: &Object| {
            object.needs.iter().any(|needed| needed != id && !needed.is_in(id) && self.work.drops(needed))
        };
        let objects = self.world.before.objects.iter();
        objects.filter(|(other, object)| needs_other(object) && of_it(other)).map(|(other, _)| other.clone()).collect()
    }

    fn carrier_is(&self, id: &ObjectId, carrier: &ObjectId) -> bool {
        self.key(id).is_some_and(|id| self.work.drops(id) && self.carrier(id) == carrier)
    }
}

fn is_primary_key(object: &Object) -> bool {
    object.attrs.get("type").is_some_and(|name| name == "primary key")
}

/// The attribute of a type that a column of a typed table follows.
fn followed<'a>(catalog: &'a Catalog, id: &ObjectId, object: &Object) -> Option<&'a ObjectId> {
    let table = catalog.objects.get(object.parent.as_ref().filter(|_| id.kind == "column")?)?;
    let mut path = parse_path(table.attrs.get("of_type")?.as_str()?).ok()?;
    path.push(id.name().to_owned());
    catalog.objects.get_key_value(&ObjectId::of(id.kind.clone(), path)).map(|(id, _)| id)
}
