//! How a kind's objects are made, removed and changed: what each kind's folder answers, and what it is asked with.
//!
//! A kind writes statements for one object and says what each of them does to a running system. It decides neither
//! their order nor what else has to be rebuilt: that is `plan`'s, from what objects need.

use std::collections::BTreeSet;

use serde_json::Value;

use super::locking::Relatives;
use super::step::Steps;
use crate::model::{Catalog, Object, ObjectId};

/// See [`Ddl::release`]: the object, what it shall not need, the statements before and those after.
pub type Release = fn(&Site, &ObjectId, &mut Steps, &mut Steps) -> bool;

/// What a kind knows of SQL.
#[derive(Debug, Clone, Copy)]
pub struct Ddl {
    /// What `COMMENT ON`, `SECURITY LABEL ON` and `ALTER … OWNER TO` call the object, its type first:
    /// `TABLE ops.runs`, `CONSTRAINT c ON ops.runs`.
    pub address: fn(&Site) -> String,
    /// Makes the object with all its attributes but those that are the same for every kind: owner, comment, security
    /// labels.
    pub create: fn(&Site, &mut Steps),
    /// Removes it, without CASCADE: what depends on it has been removed before.
    pub drop: fn(&Site, &mut Steps),
    /// Changes what differs, taking each attribute that it deals with. Whatever it takes not is dealt with by making
    /// the object anew.
    pub alter: fn(&mut Alteration, &mut Steps),
    /// Gives it another name, where `ALTER … RENAME TO` with its address does not.
    pub rename: Option<fn(&Site, &ObjectId, &mut Steps)>,
    /// Takes from it, for a while, what it needs of another object, and gives it back: drops a column's default and
    /// sets it again. Writes both, and returns whether that is possible: a column can't do without its type.
    pub release: Option<Release>,
    /// What it is a part of, so that it can't be removed while that stays as it is: the index of a partitioned table that
    /// a partition's is attached to. None where it can be.
    pub held_by: Option<for<'a> fn(&Site<'a>) -> Option<Site<'a>>>,
    /// Whether the statement that makes its parent makes it too, as a table's its columns; what it needs has to be
    /// there before the parent then. [`create`](Self::create) is still asked, for what that statement can't say.
    pub inline: bool,
    /// Whether rows, or the state of a sequence, are lost with it.
    pub holds_data: bool,
}

impl Ddl {
    /// The common case: an object of its own that holds no data and is renamed by `ALTER … RENAME TO`.
    pub const fn new(
        address: fn(&Site) -> String,
        create: fn(&Site, &mut Steps),
        drop: fn(&Site, &mut Steps),
        alter: fn(&mut Alteration, &mut Steps),
    ) -> Self {
        Self {
            address,
            create,
            drop,
            alter,
            rename: None,
            release: None,
            held_by: None,
            inline: false,
            holds_data: false,
        }
    }
}

/// The two ends of a plan, as far as writing one object's statements needs them.
#[derive(Debug)]
pub struct World<'a> {
    /// What is there to begin with.
    pub before: &'a Catalog,
    /// What shall be there at the end.
    pub after: &'a Catalog,
    /// What is made, or made anew, on the way: it holds no rows and nobody uses it yet.
    pub made: &'a BTreeSet<ObjectId>,
    /// Columns that a table is made without the default of, because it needs something that needs the table first.
    pub deferred: &'a BTreeSet<ObjectId>,
    /// Who is tied to whom in the state to begin with.
    pub relatives: &'a Relatives<'a>,
}

/// One object in one of the two catalogs.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// Both ends.
    pub world: &'a World<'a>,
    /// The catalog that the object is looked at in.
    pub catalog: &'a Catalog,
    /// Which object.
    pub id: &'a ObjectId,
    /// What it is like.
    pub object: &'a Object,
}

impl<'a> Site<'a> {
    /// A text attribute, or an element of another type as its text would be; none for its default.
    #[must_use]
    pub fn text(&self, attribute: &str) -> Option<&'a str> {
        self.value(attribute)?.as_str()
    }

    /// A switch, which is off unless said otherwise.
    #[must_use]
    pub fn flag(&self, attribute: &str) -> bool {
        self.value(attribute) == Some(&Value::Bool(true))
    }

    /// A switch that is on unless said otherwise.
    #[must_use]
    pub fn flag_or_true(&self, attribute: &str) -> bool {
        self.value(attribute) != Some(&Value::Bool(false))
    }

    /// A number, as SQL writes it.
    #[must_use]
    pub fn number(&self, attribute: &str) -> Option<String> {
        match self.value(attribute)? {
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A list of texts; empty for its default.
    #[must_use]
    pub fn list(&self, attribute: &str) -> Vec<&'a str> {
        self.value(attribute)
            .and_then(Value::as_array)
            .map(|items| items.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }

    /// Texts by name, such as options, in the order that another attribute gives, else sorted by name; empty for its
    /// default.
    #[must_use]
    pub fn map(&self, attribute: &str) -> Vec<(&'a str, &'a str)> {
        let mut found: Vec<_> = self
            .value(attribute)
            .and_then(Value::as_object)
            .map(|map| map.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect())
            .unwrap_or_default();
        self.in_order(attribute, &mut found);
        found
    }

    /// Puts texts by name into the order that the catalog keeps of them, where that is not the order of the names.
    pub fn in_order(&self, attribute: &str, found: &mut [(&str, &str)]) {
        if let Some(order) = self.object.attrs.get(&order_of(attribute)).and_then(Value::as_array) {
            found.sort_by_key(|(name, _)| order.iter().position(|other| other == name));
        }
    }

    /// Whole numbers by name, such as statistics targets, sorted by name; empty for its default.
    #[must_use]
    pub fn numbers(&self, attribute: &str) -> Vec<(&'a str, i64)> {
        self.value(attribute)
            .and_then(Value::as_object)
            .map(|map| map.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_i64()?))).collect())
            .unwrap_or_default()
    }

    /// An attribute as it stands in the catalog; none for its default.
    #[must_use]
    pub fn value(&self, attribute: &str) -> Option<&'a Value> {
        debug_assert!(
            super::by_name(&self.id.kind).is_none_or(|kind| kind.shape.attribute(attribute).is_some()),
            "{} has no attribute {attribute}",
            self.id.kind
        );
        self.object.attrs.get(attribute)
    }

    /// Its own name: the last one of its path that is not a routine's arguments.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.id.name()
    }

    /// Its qualified name as SQL writes it, a routine's with its arguments: `ops.runs`, `ops.claim(text)`.
    #[must_use]
    pub fn sql(&self) -> String {
        self.id.qualified()
    }

    /// The qualified name of what it is in, as SQL writes it; empty for what is in nothing.
    #[must_use]
    pub fn parent_sql(&self) -> String {
        self.object.parent.as_ref().map(ObjectId::qualified).unwrap_or_default()
    }

    /// What it is in, where that is an object of the catalog.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.at(self.object.parent.as_ref()?)
    }

    /// Another object of the same catalog.
    #[must_use]
    pub fn at(&self, id: &ObjectId) -> Option<Self> {
        let (id, object) = self.catalog.objects.get_key_value(id)?;
        Some(Self { id, object, ..*self })
    }

    /// What is in it, of one kind, by name.
    pub fn children(self, kind: &'a str) -> impl Iterator<Item = Self> {
        self.catalog.children(self.id).filter(move |(id, _)| id.kind == kind).map(move |(id, object)| Self {
            id,
            object,
            ..self
        })
    }

    /// Whether an object is there already and stays, so that others use it and it may hold rows; what the plan makes
    /// on its way does not stand.
    #[must_use]
    pub fn stands(&self, id: &ObjectId) -> bool {
        self.world.before.objects.contains_key(id) && !self.world.made.contains(id)
    }

    /// Whether what it is in stands.
    #[must_use]
    pub fn parent_stands(&self) -> bool {
        self.object.parent.as_ref().is_some_and(|parent| self.stands(parent))
    }
}

/// One object before and after, and which of the differences are dealt with.
#[derive(Debug)]
pub struct Alteration<'a> {
    /// As it is.
    pub before: Site<'a>,
    /// As it shall be.
    pub after: Site<'a>,
    /// The attributes that differ and nobody has taken yet.
    pending: BTreeSet<&'a str>,
}

impl<'a> Alteration<'a> {
    /// Looks at what differs between two states of an object.
    #[must_use]
    pub fn new(before: Site<'a>, after: Site<'a>) -> Self {
        let names = before.object.attrs.keys().chain(after.object.attrs.keys());
        let pending = names
            .map(String::as_str)
            .filter(|name| before.object.attrs.get(*name) != after.object.attrs.get(*name))
            .collect();
        Self { before, after, pending }
    }

    /// Whether an attribute differs; the caller deals with it.
    pub fn take(&mut self, attribute: &str) -> bool {
        debug_assert!(
            super::by_name(&self.after.id.kind).is_none_or(|kind| kind.shape.attribute(attribute).is_some()),
            "{} has no attribute {attribute}",
            self.after.id.kind
        );
        self.pending.remove(attribute)
    }

    /// Whether any of several attributes differs; the caller deals with them all.
    pub fn take_any(&mut self, attributes: &[&str]) -> bool {
        let mut any = false;
        for attribute in attributes {
            any |= self.take(attribute);
        }
        any
    }

    /// Leaves an attribute to somebody else.
    pub fn set_aside(&mut self, attribute: &str) {
        self.pending.remove(attribute);
    }

    /// Whether an attribute differs, left for somebody else to deal with.
    #[must_use]
    pub fn differs(&self, attribute: &str) -> bool {
        self.pending.contains(attribute)
    }

    /// What differs and nobody has taken.
    pub fn pending(&self) -> impl Iterator<Item = &'a str> {
        self.pending.iter().copied()
    }

    /// How options differ: what to set, with values, and what to reset. Takes the attribute, and that of its order.
    pub fn options(&mut self, attribute: &str) -> (Vec<(&'a str, &'a str)>, Vec<&'a str>) {
        let order = self.pending.remove(order_of(attribute).as_str());
        if !self.take(attribute) && !order {
            return (Vec::new(), Vec::new());
        }
        changed_options(&self.before.map(attribute), &self.after.map(attribute))
    }
}

/// The attribute that says in which order the texts of another one are, where that is not the order of their names.
fn order_of(attribute: &str) -> String {
    format!("{attribute}_order")
}

/// What to set and what to reset to come from some options to others: those that are set come last, in their order, so
/// what stays as it is has to be what comes first.
pub fn changed_options<'a>(
    old: &[(&'a str, &'a str)],
    new: &[(&'a str, &'a str)],
) -> (Vec<(&'a str, &'a str)>, Vec<&'a str>) {
    let has = |options: &[(&str, &str)], name: &str| options.iter().any(|(other, _)| *other == name);
    let stays = |count: &usize| old.iter().filter(|(name, _)| has(&new[..*count], name)).eq(&new[..*count]);
    let kept = (0..=new.len()).rev().find(stays).unwrap_or_default();
    let reset = old.iter().map(|(name, _)| *name).filter(|name| !has(new, name)).collect();
    (new[kept..].to_vec(), reset)
}

#[cfg(test)]
mod tests {
    use super::changed_options;

    #[test]
    fn options_that_are_set_come_last() {
        let (a, b, c) = (("a", "1"), ("b", "2"), ("c", "3"));
        assert_eq!(changed_options(&[a, b], &[a, b]), (vec![], vec![]));
        assert_eq!(changed_options(&[a, b], &[a, b, c]), (vec![c], vec![]));
        assert_eq!(changed_options(&[a, b], &[b, c]), (vec![c], vec!["a"]));
        assert_eq!(changed_options(&[b, a], &[a, b]), (vec![b], vec![]));
        assert_eq!(changed_options(&[("a", "0"), b], &[a, b]), (vec![a, b], vec![]));
    }
}
