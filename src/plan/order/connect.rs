//! Which point of the order has to come before which.
//!
//! Reads both catalogs and the work; writes no statement.

use std::collections::{BTreeMap, BTreeSet};

use super::super::taken::{Taken, frees, taken};
use super::{Node, Orderer, Part};
use crate::base::parse_path;
use crate::kinds::{self, Class};
use crate::model::{Catalog, Object, ObjectId};

impl<'a> Orderer<'a> {
    /// Casts by the function that they call: what is written as a cast is kept as a call.
    pub(super) fn casts(&self) -> BTreeMap<&'a ObjectId, Vec<&'a ObjectId>> {
        let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
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
        let mut free: BTreeMap<Taken, Vec<Node<'a>>> = BTreeMap::new();
        let mut wanted: BTreeMap<Taken, Vec<&'a ObjectId>> = BTreeMap::new();
        for &id in &ids {
            for pair in [Part::Away, Part::There, Part::Rest, Part::Checked, Part::Back].windows(2) {
                self.graph.edge((pair[0], id), (pair[1], id));
            }
            let before = self.world.before.objects.get(id);
            let after = self.world.after.objects.get(id);
            // What goes waits for those that need it to go, or to be changed.
            if let Some(object) = before {
                // A serial's column needs the sequence that goes with it.
                let owner = object.owned_by().filter(|owner| {
                    self.world.before.objects.get(owner).is_some_and(|owner| !owner.needs.contains(id))
                });
                let needed = object.needs.iter().chain(&object.parent).chain(&owner);
                let carrier = if self.work.drops(id) { self.carrier(id) } else { id };
                for needed in self.and_around(self.world.before, needed) {
                    if self.loses_owner(needed, id) {
                        continue;
                    }
                    let is_kept_schema = needed.kind == "schema" && !self.work.drops(needed);
                    if carrier != id && !needed.path.starts_with(&carrier.path) && !is_kept_schema {
                        let part = if self.work.drops(needed) { Part::Away } else { Part::There };
                        self.graph.edge((Part::Away, carrier), (part, needed));
                    }
                    if self.work.drops(needed) {
                        self.graph.edge((Part::Away, id), (Part::Away, needed));
                        // What was a copy of another's, and is made anew as one of its own, has its name once the
                        // other is gone.
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
            }
            // A sequence that stays is let go before its owner goes.
            let owner = before.and_then(Object::owned_by).and_then(|owner| self.key(&owner));
            if let Some(owner) = owner.filter(|owner| self.loses_owner(id, owner)) {
                self.graph.edge((Part::There, id), (Part::Away, self.carrier(owner)));
            }
            let is_primary_key = |object: &Object| object.attrs.get("type").is_some_and(|name| name == "primary key");
            if let Some(object) = before.filter(|object| id.kind == "constraint" && is_primary_key(object))
                && let Some(table) = &object.parent
            {
                self.after_not_null(id, table);
            }
            // What is made waits for what it needs.
            if let Some(object) = after {
                // A sequence of an identity may have the name that another takes in its place.
                if self.world.made.contains(id)
                    && let Some(column) = object.owned_by().and_then(|column| self.key(&column))
                {
                    self.graph.edge((Part::Away, column), (Part::There, id));
                }
                // A sequence that is bound to its column afterwards.
                if let Some(column) = object.owned_by().and_then(|id| self.key(&id))
                    && self.world.made.contains(column)
                {
                    self.graph.edge((Part::There, column), (Part::Rest, id));
                }
                let needed = object.needs.iter().chain(&object.parent);
                for needed in self.and_around(self.world.after, needed) {
                    self.needs(id, needed);
                    self.joins_finished(id, needed);
                    self.needs_checks(id, needed);
                    let casts = casts.get(needed).into_iter().flatten();
                    for cast in casts.filter(|cast| !self.world.after.objects[**cast].needs.contains(id)) {
                        self.needs(id, cast);
                    }
                }
                // A column's type has to be there before the table that is made with it.
                if kinds::by_name(&id.kind).is_some_and(|kind| kind.ddl.inline)
                    && let Some(parent) = &object.parent
                    && self.world.made.contains(parent)
                {
                    let deferred = self.world.deferred.contains(id);
                    let parent = self.key(parent);
                    for needed in self.and_around(self.world.after, object.needs.iter()) {
                        // A generated column needs others of its own table.
                        let own = self.world.after.objects.get(needed).and_then(|needed| needed.parent.as_ref());
                        if let Some(parent) = parent
                            && *needed != *parent
                            && own != Some(parent)
                            && !(deferred
                                && kinds::by_name(&needed.kind).is_none_or(|kind| kind.class != Class::PG_TYPE))
                        {
                            self.needs(parent, needed);
                            self.needs_checks(parent, needed);
                            for cast in casts.get(needed).into_iter().flatten() {
                                self.needs(parent, cast);
                            }
                        }
                    }
                }
                self.after_columns(id, object.parent.as_ref());
                self.attached_before(id, object);
            }
            self.waits_for_carrier(id);
            self.leaves_unchanged(id);
            self.identifies_rows(id);
            if self.work.drops(id) {
                let carrier = self.carrier(id);
                for name in before.map(|object| taken(id, object)).unwrap_or_default() {
                    free.entry(name).or_default().push((Part::Away, carrier));
                }
            } else {
                for name in frees(id, self.world.before, self.world.after) {
                    free.entry(name).or_default().push((Part::There, id));
                }
            }
            let names = match self.world.made.contains(id) {
                true => after.map(|object| taken(id, object)).unwrap_or_default(),
                false => frees(id, self.world.after, self.world.before),
            };
            // A table that is made makes its columns with it.
            let within = after
                .and_then(|object| object.parent.as_ref())
                .filter(|parent| id.kind == "column" && self.world.made.contains(*parent));
            let taker = within.and_then(|parent| self.key(parent)).unwrap_or(id);
            for name in names {
                wanted.entry(name).or_default().push(taker);
            }
        }
        for (frees, takes) in self.names.values() {
            for (old, new) in frees.iter().flat_map(|old| takes.iter().map(move |new| (old, new))) {
                self.graph.edge((Part::Away, *old), (Part::There, *new));
            }
        }
        // A name is free once what had it is gone.
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
            let within = needed.path.starts_with(&carrier.path) || carrier.path.starts_with(&needed.path);
            if !within && self.work.drops(needed) {
                self.graph.edge((Part::Away, carrier), (Part::Away, self.carrier(needed)));
            }
        }
    }

    /// A table that leaves another does so before that one's columns and checks are changed, or they would be its own too; and after an
    /// index that takes the one attached to it along.
    fn leaves_unchanged(&mut self, id: &'a ObjectId) {
        let Some((_, table)) = self.site(self.world.before, id).filter(|_| id.kind == "table" && !self.work.drops(id))
        else {
            return;
        };
        let left = kinds::parents(&table).into_iter().filter(|parent| !kinds::stays_with(&table, parent.id));
        let mut left: Vec<_> = left.collect();
        if left.is_empty() {
            return;
        }
        // What a parent has of its own parents goes with theirs.
        let mut known = 0;
        while let Some(parent) = left.get(known) {
            let above = kinds::parents(parent);
            left.extend(above);
            known += 1;
        }
        let is_inherited = |(id, object): &(&ObjectId, &Object)| {
            let check = object.attrs.get("type").is_some_and(|name| name == "check" || name == "not null");
            id.kind == "column" || id.kind == "constraint" && check
        };
        for parent in left.iter().map(|parent| parent.id) {
            // A foreign key that goes is gone before, or would stay with what leaves.
            let keys = self.world.before.children(parent).filter(|(_, object)| object.attrs.contains_key("references"));
            for key in keys.filter_map(|(key, _)| self.key(key)).filter(|key| self.work.drops(key)).collect::<Vec<_>>()
            {
                self.graph.edge((Part::Away, key), (Part::Away, id));
            }
            for catalog in [self.world.before, self.world.after] {
                let children = catalog.children(parent).filter(is_inherited);
                for above in children.filter_map(|(above, _)| self.key(above)).collect::<Vec<_>>() {
                    self.graph.edge((Part::Away, id), (Part::Away, above));
                }
            }
        }
        for mover in self.columns(id).iter().filter_map(|column| self.work.moved.get(*column)).flatten() {
            if let Some(mover) = self.key(mover) {
                self.graph.edge((Part::Away, id), (Part::There, mover));
            }
        }
        for (own, object) in table.catalog.children(id).filter(|(_, object)| object.attrs.contains_key("partition_of"))
        {
            for above in object.needs.iter().filter(|above| above.kind == own.kind) {
                if let Some(above) = self.key(above).filter(|above| self.work.drops(above)) {
                    self.graph.edge((Part::Away, above), (Part::Away, id));
                }
            }
        }
    }

    /// A table's rows are known by an index once its columns are NOT NULL, which may take transactions.
    fn identifies_rows(&mut self, id: &'a ObjectId) {
        if self.identity_changes(id) {
            let (columns, others): (Vec<_>, Vec<_>) =
                self.world.after.children(id).map(|(child, _)| child).partition(|child| child.kind == "column");
            for column in columns {
                self.graph.edge((Part::Checked, column), (Part::Rest, id));
                for index in others.iter().filter(|child| child.kind == "index") {
                    self.graph.edge((Part::Checked, column), (Part::Rest, index));
                }
            }
        }
    }

    /// Whether it is a table that stands and by which rows are known differently.
    pub(super) fn identity_changes(&self, id: &ObjectId) -> bool {
        let identity =
            |catalog: &'a Catalog| catalog.objects.get(id).and_then(|table| table.attrs.get("replica_identity"));
        let stands = id.kind == "table" && !self.work.drops(id) && !self.world.made.contains(id);
        stands && identity(self.world.before) != identity(self.world.after)
    }

    /// Whether an object is removed that can be only once what it is in is changed: an attached index, whose table is
    /// detached, or an inherited column, whose table leaves its parent.
    fn leaves(&self, id: &ObjectId, object: &Object, needed: &ObjectId) -> bool {
        let inherits = matches!(id.kind.as_str(), "column" | "constraint") && object.parent.as_ref() == Some(needed);
        if inherits
            && self.work.drops(id)
            && self.site(self.world.before, id).is_some_and(|(_, site)| kinds::leaves_parents(&site))
        {
            return true;
        }
        let attaches = kinds::by_name(&id.kind).is_some_and(|kind| kind.ddl.held_by.is_some());
        attaches
            && object.attrs.contains_key("partition_of")
            && object.parent.as_ref() == Some(needed)
            && self.work.drops(id)
            && object.needs.iter().all(|other| other.kind != id.kind || !self.work.drops(other))
    }

    /// Objects and what they are in, and what brings their changes with its own.
    fn and_around<'b>(&self, catalog: &'a Catalog, ids: impl Iterator<Item = &'b ObjectId>) -> BTreeSet<&'a ObjectId> {
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

    fn needs(&mut self, id: &'a ObjectId, needed: &ObjectId) {
        let released = self.work.released.get(id).is_some_and(|from| from.contains(needed));
        let part = if released || self.world.deferred.contains(id) && !self.is_type(needed) {
            Part::Back
        } else {
            Part::There
        };
        let is_in = self.world.after.objects.get(id).is_some_and(|object| object.parent.as_ref() == Some(needed));
        if needed.kind == "composite type" && !is_in {
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
        let writes = |part| self.statements.get(&(part, needed)).is_some_and(|steps| !steps.is_empty());
        // A label that a type gets can be used once that is committed.
        let is_type = kinds::by_name(&needed.kind).is_some_and(|kind| kind.class == Class::PG_TYPE);
        if (is_type || self.world.made.contains(needed) && !writes(Part::There)) && writes(Part::Rest) {
            self.graph.edge((Part::Rest, needed), (part, id));
        }
        // A key of a partitioned table is whole once those of the partitions are attached.
        let mut attached: Vec<&'a ObjectId> = self.attached.get(needed).cloned().unwrap_or_default();
        let is_one = self.world.after.objects.get(id).is_some_and(|object| object.attrs.contains_key("partition_of"));
        while let Some(next) = attached.pop().filter(|_| !is_one) {
            self.graph.edge((Part::Rest, next), (part, id));
            attached.extend(self.attached.get(next).into_iter().flatten());
        }
        let of = |id: &ObjectId| self.world.after.objects.get(id).and_then(|object| object.parent.as_ref());
        let after = self.world.after.objects.get(id);
        let attached_to = after.iter().flat_map(|object| &object.needs).filter(|other| is_one && other.kind == id.kind);
        let is_below = needed.kind == "table" && self.is_below(id, needed);
        let is_in_it = is_below || !is_type && attached_to.chain([id]).any(|id| of(id) == Some(needed));
        let is_copy = id.kind == "trigger"
            && self.world.after.objects.get(id).is_some_and(|object| object.attrs.contains_key("inherited"));
        let later = self.identity_changes(needed) && id.kind == "column";
        if is_below && is_copy && writes(Part::Rest) {
            // A partition has its copy once it is one.
            self.graph.edge((Part::Rest, needed), (part, id));
        } else if is_in_it && writes(Part::Rest) {
            // What a table becomes last, a partition or a child, it becomes with all that is in it.
            self.graph.edge((Part::Checked, id), (Part::Rest, needed));
        } else if (needed.kind != "column" || self.world.made.contains(needed)) && !later {
            self.graph.edge((Part::Checked, needed), (part.max(Part::Rest), id));
        }
    }

    /// Whether something is in a table, or in a partition below it.
    fn is_below(&self, id: &ObjectId, table: &ObjectId) -> bool {
        let above = |id: &ObjectId| {
            let object = self.world.after.objects.get(id)?;
            let partitioned = object.attrs.get("partition_of").filter(|_| id.kind.ends_with("table"));
            match partitioned.and_then(|name| name.as_str()) {
                Some(name) => Some(ObjectId::of("table".to_owned(), parse_path(name).ok()?)),
                None => object.parent.clone(),
            }
        };
        std::iter::successors(above(id), &above).any(|one| one == *table)
    }

    /// A relation joins another as its child or partition once the columns there are as they shall be; one that is made as a
    /// child gets them so.
    fn joins_finished(&mut self, id: &'a ObjectId, needed: &ObjectId) {
        let is_relation =
            |id: &ObjectId| kinds::by_name(&id.kind).is_some_and(|kind| kind.within == Some(Class::PG_NAMESPACE));
        if is_relation(id) && is_relation(needed) {
            for column in self.columns(needed) {
                self.graph.edge((Part::Checked, column), (Part::Rest, id));
                let inherits =
                    self.world.after.objects.get(id).is_some_and(|object| object.attrs.contains_key("inherits"));
                if inherits && self.world.made.contains(id) && !self.world.made.contains(needed) {
                    self.graph.edge((Part::Away, column), (Part::There, id));
                    self.graph.edge((Part::There, column), (Part::There, id));
                }
            }
        }
    }

    /// What writes a whole row of a type finds the type's attributes as they shall be.
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

    /// The columns of something that have to do with the work.
    pub(super) fn columns(&self, of: &ObjectId) -> Vec<&'a ObjectId> {
        let from = self.work.actions.range(of..).map(|(id, _)| id);
        from.take_while(|id| id.path.starts_with(&of.path))
            .filter(|id| id.kind == "column" && id.path.len() == of.path.len() + 1)
            .collect()
    }

    /// A domain that is made has its checks before it is used: the server adds none where a composite type has it.
    fn needs_checks(&mut self, id: &'a ObjectId, needed: &'a ObjectId) {
        if needed.kind != "domain" || id.path.starts_with(&needed.path) {
            return;
        }
        for (check, _) in self.world.after.children(needed) {
            if self.world.made.contains(check) {
                self.needs(id, check);
            }
        }
    }

    fn is_type(&self, id: &ObjectId) -> bool {
        kinds::by_name(&id.kind).is_some_and(|kind| kind.class == Class::PG_TYPE || kind.class == Class::PG_CLASS)
    }

    /// Constraints, indexes, triggers and policies come after the columns of what they are on.
    fn after_columns(&mut self, id: &'a ObjectId, parent: Option<&ObjectId>) {
        let Some(parent) = parent else { return };
        if id.kind == "column" {
            return;
        }
        // A primary key's columns have to be not null before, or the server looks at their rows under its lock.
        let object = self.world.after.objects.get(id);
        let is_key = object.is_some_and(|object| object.attrs.get("type").is_some_and(|name| name == "primary key"));
        for column in self.columns(parent) {
            if self.is_let_go(id, column) {
                self.graph.edge((Part::Rest, id), (Part::There, column));
                continue;
            }
            if !self.work.drops(column) || self.world.made.contains(column) {
                self.graph.edge((Part::There, column), (Part::There, id));
            }
            if is_key && object.is_some_and(|object| object.needs.contains(column)) {
                self.graph.edge((Part::Checked, column), (Part::There, id));
            }
        }
        if is_key && id.kind == "constraint" {
            self.after_not_null(id, parent);
        }
    }

    /// Whether a primary key changes to one without a column that may be NULL afterwards.
    fn is_let_go(&self, key: &ObjectId, column: &ObjectId) -> bool {
        let needs = |catalog: &Catalog| {
            let key =
                catalog.objects.get(key).filter(|key| key.attrs.get("type").is_some_and(|name| name == "primary key"));
            key.map(|key| key.needs.contains(column))
        };
        let not_null =
            |catalog: &Catalog| catalog.objects.get(column).is_some_and(|one| one.attrs.contains_key("not_null"));
        !self.work.drops(key)
            && needs(self.world.before) == Some(true)
            && needs(self.world.after) == Some(false)
            && not_null(self.world.before)
            && !not_null(self.world.after)
    }

    /// A check of a partitioned table that is made reaches its partitions if they are attached by then, and otherwise
    /// keeps them from being attached; an index is made on what is attached later, by another statement than that which is
    /// planned.
    fn attached_before(&mut self, id: &'a ObjectId, object: &Object) {
        let Some(table) = object.parent.as_ref().and_then(|table| self.key(table)) else { return };
        if !self.world.made.contains(table) {
            return;
        }
        let above = self.world.after.objects.get(table).and_then(|table| table.attrs.get("partition_of")?.as_str());
        let Some(path) = above.and_then(|name| parse_path(name).ok()) else { return };
        let is_check = id.kind == "constraint" && object.attrs.get("type").is_some_and(|name| name == "check");
        let check = is_check.then(|| ObjectId::of(id.kind.clone(), [path, vec![id.name().to_owned()]].concat()));
        let attached =
            object.needs.iter().filter(|needed| needed.kind == id.kind && object.attrs.contains_key("partition_of"));
        for one in attached.chain(&check).filter_map(|one| self.key(one)).collect::<Vec<_>>() {
            if self.world.made.contains(one) {
                self.graph.edge((Part::There, table), (Part::There, one));
            }
        }
    }

    /// Names of NOT NULL (PostgreSQL 18) are objects: they are there before the key that demands it, and go after it.
    fn after_not_null(&mut self, key: &'a ObjectId, table: &ObjectId) {
        for catalog in [self.world.before, self.world.after] {
            for (id, object) in catalog.children(table) {
                let is = object.attrs.get("type").is_some_and(|name| name == "not null");
                if let Some(id) = self.key(id).filter(|id| is && *id != key) {
                    self.graph.edge((Part::Rest, id), (Part::There, key));
                    self.graph.edge((Part::Away, key), (Part::Away, id));
                }
            }
        }
    }

    /// What goes with an object of a circle and needs something that goes too.
    pub(super) fn separable(&self, part: Part, id: &'a ObjectId) -> Vec<ObjectId> {
        if part != Part::Away || !self.work.drops(id) {
            return Vec::new();
        }
        let of_it = |other: &ObjectId| other != id && other.path.starts_with(&id.path) && self.carrier_is(other, id);
        let needs_other = |object: &Object| {
            object.needs.iter().any(|needed| !needed.path.starts_with(&id.path) && self.work.drops(needed))
        };
        let objects = self.world.before.objects.iter();
        objects.filter(|(other, object)| needs_other(object) && of_it(other)).map(|(other, _)| other.clone()).collect()
    }

    fn carrier_is(&self, id: &ObjectId, carrier: &ObjectId) -> bool {
        self.key(id).is_some_and(|id| self.work.drops(id) && self.carrier(id) == carrier)
    }
}

/// The attribute of a type that a column of a typed table follows.
fn followed<'a>(catalog: &'a Catalog, id: &ObjectId, object: &Object) -> Option<&'a ObjectId> {
    let table = catalog.objects.get(object.parent.as_ref().filter(|_| id.kind == "column")?)?;
    let mut path = parse_path(table.attrs.get("of_type")?.as_str()?).ok()?;
    path.push(id.name().to_owned());
    catalog.objects.get_key_value(&ObjectId::of(id.kind.clone(), path)).map(|(id, _)| id)
}
