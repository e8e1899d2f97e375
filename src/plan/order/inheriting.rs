//! What tables that inherit from each other, partitions among them, ask of the order.

use super::{Orderer, Part};
use crate::base::parse_path;
use crate::kinds::{self, Class, Site};
use crate::model::{Catalog, Object, ObjectId};

impl<'a> Orderer<'a> {
    /// A table that leaves another does so before that one's columns and checks are changed, or they would be its own too; and after an
    /// index that takes the one attached to it along.
    pub(super) fn leaves_unchanged(&mut self, id: &'a ObjectId) {
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
        for above in table.catalog.children(id).filter_map(|(_, object)| object.attached_to()) {
            if let Some(above) = self.key(above).filter(|above| self.work.drops(above)) {
                self.graph.edge((Part::Away, above), (Part::Away, id));
            }
        }
    }

    /// A check beside a parent's is removed once that one is, or the server would not.
    pub(super) fn outlives_parents(&mut self, id: &'a ObjectId) {
        let Some((_, site)) = self.site(self.world.before, id).filter(|_| self.work.drops(id)) else { return };
        let of = |object: &Object, name: &str| object.attrs.get(name).cloned();
        let is_same = |above: &ObjectId, object: &Object| match site.text("type") {
            Some("check") => above.kind == id.kind && above.name() == id.name(),
            // Whatever it is called.
            Some("not null") => ["type", "columns"].iter().all(|name| of(object, name) == of(site.object, name)),
            _ => false,
        };
        for parent in site.parent().iter().filter(|_| id.kind == "constraint").flat_map(kinds::parents) {
            for (above, object) in self.world.before.children(parent.id) {
                if let Some(above) = self.key(above).filter(|a| self.work.drops(a) && is_same(a, object)) {
                    self.graph.edge((Part::Away, above), (Part::Away, id));
                }
            }
        }
    }

    /// A check that holds is made before those of the parents that may not (NOT VALID, NOT ENFORCED): these become one with it,
    /// and not it with them.
    pub(super) fn holds_before_parents(&mut self, id: &'a ObjectId) {
        let Some((_, site)) = self.site(self.world.after, id).filter(|_| self.world.made.contains(id)) else { return };
        if id.kind == "constraint" && site.text("type") == Some("not null") {
            return self.demands_before_parents(id, &site);
        }
        if id.kind != "constraint" || site.text("type") != Some("check") || site.flag("inherited") {
            return;
        }
        let mut above = kinds::inherited_from(&site);
        while let Some(parent) = above.pop() {
            above.extend(kinds::inherited_from(&parent));
            let holds = |name: &str| site.flag_or_true(name) && !parent.flag_or_true(name);
            if (holds("validated") || holds("enforced"))
                && let Some(parent) = self.key(parent.id)
            {
                self.graph.edge((Part::There, id), (Part::There, parent));
            }
        }
    }

    /// A child's NOT NULL under a name of its own is made before the parents', which give it theirs. Where a parent's goes,
    /// it is made before by the same name, as what is there, and afterwards by another.
    fn demands_before_parents(&mut self, id: &'a ObjectId, site: &Site<'a>) {
        let of = |object: &Object, name: &str| object.attrs.get(name).cloned();
        let becomes_own = kinds::becomes_own(site);
        for parent in site.parent().iter().flat_map(kinds::parents) {
            for (above, object) in self.world.before.children(parent.id) {
                let forbids = |catalog: &Catalog| {
                    catalog.objects.get(above).is_some_and(|column| column.attrs.contains_key("not_null"))
                };
                let is_column = above.kind == "column" && site.list("columns").contains(&above.name());
                let is_same = ["type", "columns"].iter().all(|name| of(object, name) == of(site.object, name));
                let Some(above) = self.key(above) else { continue };
                let gone = match self.work.drops(above) {
                    true if is_same => (Part::Away, above),
                    false if is_column && forbids(self.world.before) && !forbids(self.world.after) => {
                        (Part::There, above)
                    }
                    _ => continue,
                };
                let (first, then) = if becomes_own { ((Part::There, id), gone) } else { (gone, (Part::There, id)) };
                self.graph.edge(first, then);
            }
            for (above, object) in self.world.after.children(parent.id) {
                let is_same = ["type", "columns"].iter().all(|name| of(object, name) == of(site.object, name));
                if let Some(above) = self.key(above).filter(|above| is_same && self.world.made.contains(*above)) {
                    self.graph.edge((Part::There, id), (Part::There, above));
                }
            }
        }
    }

    /// A column is added to a table once children that go and have one of their own by its name, of any type, are gone.
    pub(super) fn outlives_children(&mut self, id: &'a ObjectId, object: &Object) {
        let Some(table) = object.parent.as_ref().filter(|_| id.kind == "column" && self.world.made.contains(id)) else {
            return;
        };
        for child in self.world.relatives.children(table).filter(|child| self.work.drops(child)) {
            let column = ObjectId::of(id.kind.clone(), [child.path.as_slice(), &[id.name().to_owned()]].concat());
            if self.world.before.objects.contains_key(&column) {
                self.graph.edge((Part::Away, child), (Part::There, id));
            }
        }
    }

    /// What an ATTACH looks at first is what has to be attached: plain indexes, since keys may be parts of these too.
    pub(super) fn found_first(&mut self, id: &'a ObjectId, object: &'a Object) {
        let Some(table) = object.parent.as_ref().filter(|table| self.world.made.contains(*table)) else { return };
        if id.kind != "constraint" || object.attached_to().is_none() {
            return;
        }
        for (index, part) in self.world.after.children(table) {
            if index.kind == "index" && part.attached_to().is_some() && self.world.made.contains(index) {
                self.graph.edge((Part::There, index), (Part::There, id));
            }
        }
    }

    /// Whether an object is changed or removed that can be only once what it is in is changed: an attached index, whose table
    /// is detached, an inherited column, whose table leaves its parent, or that of a typed table that will not be one.
    pub(super) fn leaves(&self, id: &ObjectId, object: &Object, needed: &ObjectId) -> bool {
        let inherits = matches!(id.kind.as_str(), "column" | "constraint") && object.parent.as_ref() == Some(needed);
        let leaves_parents = || {
            self.work.drops(id)
                && self.site(self.world.before, id).is_some_and(|(_, site)| kinds::leaves_parents(&site))
        };
        if inherits && (leaves_parents() || id.kind == "column" && self.leaves_type(needed)) {
            return true;
        }
        object.attached_to().is_some_and(|above| !self.work.drops(above))
            && object.parent.as_ref() == Some(needed)
            && self.work.drops(id)
    }

    /// Whether a table follows a type whose attributes its columns are, and will not.
    fn leaves_type(&self, table: &ObjectId) -> bool {
        let of = |catalog: &'a Catalog| catalog.objects.get(table).and_then(|table| table.attrs.get("of_type"));
        of(self.world.before).is_some() && of(self.world.before) != of(self.world.after)
    }

    /// Whether something is in a table, or in a partition below it.
    pub(super) fn is_below(&self, id: &ObjectId, table: &ObjectId) -> bool {
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
    pub(super) fn joins_finished(&mut self, id: &'a ObjectId, needed: &ObjectId) {
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

    /// A check of a partitioned table that is made reaches its partitions if they are attached by then, and otherwise
    /// keeps them from being attached; an index is made on what is attached later, by another statement than that which is
    /// planned.
    pub(super) fn attached_before(&mut self, id: &'a ObjectId, object: &Object) {
        let Some(table) = object.parent.as_ref().and_then(|table| self.key(table)) else { return };
        if !self.world.made.contains(table) {
            return;
        }
        let above = self.world.after.objects.get(table).and_then(|table| table.attrs.get("partition_of")?.as_str());
        let Some(path) = above.and_then(|name| parse_path(name).ok()) else { return };
        let is_check = id.kind == "constraint" && object.attrs.get("type").is_some_and(|name| name == "check");
        let check = is_check.then(|| ObjectId::of(id.kind.clone(), [path, vec![id.name().to_owned()]].concat()));
        for one in object.attached_to().into_iter().chain(&check).filter_map(|one| self.key(one)).collect::<Vec<_>>() {
            if self.world.made.contains(one) {
                self.graph.edge((Part::There, table), (Part::There, one));
            }
        }
    }

    /// A domain that is made has its checks before it is used: the server adds none where a composite type has it.
    pub(super) fn needs_checks(&mut self, id: &'a ObjectId, needed: &'a ObjectId) {
        if needed.kind != "domain" || id == needed || id.is_in(needed) {
            return;
        }
        for (check, _) in self.world.after.children(needed) {
            if self.world.made.contains(check) {
                self.needs(id, check);
            }
        }
    }
}
