//! What differs between two catalogs, laid out for a reviewer: grouped by object, long texts line by line.
//!
//! Made once; each format shows it in its own way. What is inside an object that came or went is counted with it.

mod html;
mod json;
mod lines;
mod markdown;
mod terminal;

use std::collections::BTreeMap;

use serde_json::Value;

pub use html::render as render_html;
pub(super) use json::data;
pub(super) use lines::{Mark, hunks};
pub(super) use markdown::render as render_markdown;
pub(super) use terminal::render as render_terminal;

use super::count;
use crate::diff::{AttributeChange, Change, Comparison, Effect, EffectClass, Effects, shown};
use crate::model::{Catalog, Form, ObjectId, Shape, Uncovered};

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another name, and perhaps more.
    Renamed,
    /// It is not as it was.
    Altered,
    /// Only its place among its siblings is another: information, unless the order was asked for.
    Reordered,
}

/// One object that differs.
#[derive(Debug, Clone)]
pub struct Item {
    /// What became of it.
    pub sort: Sort,
    /// Its identity; the new one, where it was renamed.
    pub id: ObjectId,
    /// Whether the first part of its path is a schema.
    pub in_schema: bool,
    /// Its old identity, where it was renamed.
    pub from: Option<ObjectId>,
    /// What differs in it, or what it is like where it is new or gone.
    pub attributes: Vec<Attribute>,
    /// What came or went with it, by place and name.
    pub inside: Vec<Item>,
    /// What says most about it in a word, where its kind has that: a column's type.
    pub brief: Option<String>,
    /// What making the change does.
    pub effects: Vec<Effect>,
}

/// An attribute on both sides.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// The value in the first catalog; none for the default, and for an object that is new.
    pub before: Option<Value>,
    /// The value in the second catalog.
    pub after: Option<Value>,
    /// The first value as people read it.
    pub old: String,
    /// The second one.
    pub new: String,
    /// Whether it is shown line by line.
    pub long: bool,
}

/// Changes of one object and of what is in it.
#[derive(Debug, Clone)]
pub struct Group {
    /// The object: a table, a function, a schema.
    pub id: ObjectId,
    /// The changes, its own first.
    pub items: Vec<Item>,
}

/// Everything that differs.
#[derive(Debug, Clone, Default)]
pub struct Review {
    /// What the first catalog is called.
    pub from: String,
    /// What the second catalog is called.
    pub to: String,
    /// The changes by object, in order.
    pub groups: Vec<Group>,
    /// Whether another order counts as a difference.
    pub column_order: bool,
    /// What no kind covers: whether it is in the first and in the second catalog.
    pub uncovered: Vec<(Uncovered, [bool; 2])>,
    /// A drawing of the changed part, before and after, as SVG.
    pub drawing: Option<String>,
}

/// What a review is made of.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// The first catalog.
    pub before: &'a Catalog,
    /// The second catalog.
    pub after: &'a Catalog,
    /// What differs.
    pub comparison: &'a Comparison,
    /// What making each change does, as far as it is known.
    pub effects: &'a Effects,
    /// Every kind's shape.
    pub shapes: &'a [&'static Shape],
}

impl Review {
    /// Lays out a comparison. The sides are called `from` and `to`.
    #[must_use]
    pub fn new(from: &str, to: &str, compared: Compared<'_>) -> Self {
        let mut items: BTreeMap<ObjectId, Item> = BTreeMap::new();
        for change in &compared.comparison.changes {
            match change {
                Change::Added(id) => _ = items.insert(id.clone(), compared.whole(id, Sort::Added)),
                Change::Removed(id) => _ = items.insert(id.clone(), compared.whole(id, Sort::Removed)),
                Change::Renamed { from, to } => {
                    let item = compared.item(to, Sort::Renamed, Vec::new());
                    items.insert(to.clone(), Item { from: Some(from.clone()), ..item });
                }
                Change::Altered { id, attributes } => {
                    let sort = if change.is_order() { Sort::Reordered } else { Sort::Altered };
                    let attributes: Vec<_> = attributes.iter().map(|one| compared.attribute(&id.kind, one)).collect();
                    let new = || compared.item(id, sort, Vec::new());
                    items.entry(id.clone()).or_insert_with(new).attributes = attributes;
                }
                Change::Uncovered { .. } => {}
            }
        }
        let mut groups: Vec<Group> = Vec::new();
        for (id, item) in compared.folded(items) {
            let root = compared.root(&id);
            match groups.iter_mut().rev().find(|group| group.id == root) {
                Some(group) => group.items.push(item),
                None => groups.push(Group { id: root, items: vec![item] }),
            }
        }
        for group in &mut groups {
            let own = group.id.clone();
            group.items.sort_by(|one, other| (one.id != own, &one.id).cmp(&(other.id != own, &other.id)));
        }
        let mut uncovered: BTreeMap<&Uncovered, [bool; 2]> = BTreeMap::new();
        for (side, catalog) in [compared.before, compared.after].into_iter().enumerate() {
            for object in &catalog.uncovered {
                uncovered.entry(object).or_default()[side] = true;
            }
        }
        let uncovered = uncovered.into_iter().map(|(object, sides)| (object.clone(), sides)).collect();
        Self { from: from.to_owned(), to: to.to_owned(), groups, uncovered, ..Self::default() }
    }

    /// All items, in order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.groups.iter().flat_map(|group| &group.items)
    }

    /// How many differences of a sort there are, what is inside others not counted.
    #[must_use]
    pub fn count(&self, sort: Sort) -> usize {
        self.items().filter(|item| item.sort == sort).count()
    }

    /// Whether anything differs that counts as a difference.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.items().any(|item| item.sort != Sort::Reordered || self.column_order)
            || self.uncovered.iter().any(|(_, [before, after])| before != after)
    }

    /// One line that says what it all comes to.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut parts = Vec::new();
        for (sort, word) in [
            (Sort::Added, "added"),
            (Sort::Removed, "removed"),
            (Sort::Renamed, "renamed"),
            (Sort::Altered, "altered"),
            (Sort::Reordered, "in another order"),
        ] {
            match self.count(sort) {
                0 => {}
                number => parts.push(format!("{number} {word}")),
            }
        }
        let sides = self.uncovered.iter().filter(|(_, [before, after])| before != after).count();
        if sides > 0 {
            parts.push(format!("{} not covered, on one side only", count(sides, "object")));
        }
        match parts.is_empty() {
            true => "no difference".to_owned(),
            false if !self.differs() => format!("no difference but the order of columns: {}", parts.join(", ")),
            false => parts.join(", "),
        }
    }
}

impl Compared<'_> {
    /// The first catalog, with the names that everything has in the second.
    fn old(&self) -> &Catalog {
        self.comparison.renamed.as_ref().unwrap_or(self.before)
    }

    fn catalog(&self, id: &ObjectId) -> &Catalog {
        if self.after.objects.contains_key(id) { self.after } else { self.old() }
    }

    fn item(&self, id: &ObjectId, sort: Sort, attributes: Vec<Attribute>) -> Item {
        Item {
            sort,
            id: id.clone(),
            in_schema: self.catalog(id).schema_of(id).is_some(),
            from: None,
            attributes,
            inside: Vec::new(),
            brief: self.brief(id),
            effects: self.effects.get(id).cloned().unwrap_or_default(),
        }
    }

    /// An object that is new or gone, with all its attributes.
    fn whole(&self, id: &ObjectId, sort: Sort) -> Item {
        let attrs = self.catalog(id).objects.get(id).map(|object| object.attrs.clone()).unwrap_or_default();
        let attributes = attrs.iter().map(|(name, value)| {
            let (name, value) = (name.clone(), value.clone());
            let (before, after) = if sort == Sort::Added { (None, Some(value)) } else { (Some(value), None) };
            self.attribute(&id.kind, &AttributeChange { name, before, after })
        });
        self.item(id, sort, attributes.collect())
    }

    /// The value of the attribute that a manifest may give alone.
    fn brief(&self, id: &ObjectId) -> Option<String> {
        let name = self.shapes.iter().find(|shape| shape.name == id.kind)?.shorthand?;
        Some(shown(Some(self.catalog(id).objects.get(id)?.attrs.get(name)?)))
    }

    fn attribute(&self, kind: &str, change: &AttributeChange) -> Attribute {
        let AttributeChange { name, before, after } = change.clone();
        let shape = self.shapes.iter().find(|shape| shape.name == kind).and_then(|shape| shape.attribute(&name));
        let text = |value: &Option<Value>, other: &Option<Value>| match (value, other, shape) {
            (Some(_), _, _) => shown(value.as_ref()),
            (None, _, Some(shape)) if !shape.default.is_empty() => shape.default.to_owned(),
            (None, Some(Value::Bool(_)), _) => "false".to_owned(),
            (None, _, _) => "none".to_owned(),
        };
        let (old, new) = (text(&before, &after), text(&after, &before));
        let prose = shape.is_some_and(|shape| matches!(shape.form, Form::Text | Form::Query | Form::Expression));
        let long = old.contains('\n') || new.contains('\n') || prose && old.len().max(new.len()) > 100;
        Attribute { name, before, after, old, new, long }
    }

    /// Puts what came or went with another object under that object.
    fn folded(&self, items: BTreeMap<ObjectId, Item>) -> BTreeMap<ObjectId, Item> {
        let (mut outer, mut inner) = (BTreeMap::new(), Vec::new());
        for (id, item) in &items {
            let mut top = id;
            while let Some(parent) = self.parent(top)
                && !self.is_room(parent)
                && matches!(item.sort, Sort::Added | Sort::Removed)
                && items.get(parent).is_some_and(|parent| parent.sort == item.sort)
            {
                top = parent;
            }
            if top == id {
                outer.insert(id.clone(), item.clone());
            } else {
                inner.push((top.clone(), item));
            }
        }
        for (top, item) in inner {
            if let Some(top) = outer.get_mut(&top) {
                top.inside.push(item.clone());
                // What making it does is done all the same.
                for effect in &item.effects {
                    if effect.class != EffectClass::Safe && !top.effects.contains(effect) {
                        top.effects.push(effect.clone());
                    }
                }
            }
        }
        for item in outer.values_mut() {
            let is_safe = item.effects.iter().all(|effect| effect.class == EffectClass::Safe);
            item.effects.retain(|effect| is_safe || effect.class != EffectClass::Safe);
            let place = |item: &Item| {
                let place = item.attributes.iter().find(|attribute| attribute.name == "position");
                place.and_then(|place| place.after.as_ref().or(place.before.as_ref())?.as_i64())
            };
            item.inside.sort_by_cached_key(|item| (place(item), item.id.clone()));
        }
        outer
    }

    fn parent(&self, id: &ObjectId) -> Option<&ObjectId> {
        self.catalog(id).objects.get(id)?.parent.as_ref()
    }

    /// The object under which a change is shown: the one that stands in a schema, or in the database itself.
    fn root(&self, id: &ObjectId) -> ObjectId {
        let mut root = id;
        while let Some(parent) = self.parent(root) {
            if self.is_room(parent) {
                break;
            }
            root = parent;
        }
        root.clone()
    }

    /// Whether an object holds others that are reviewed on their own: one that is in nothing itself.
    fn is_room(&self, id: &ObjectId) -> bool {
        self.parent(id).is_none()
    }
}

/// What is inside an object, by kind.
pub(super) fn by_kind(items: &[Item]) -> BTreeMap<&str, Vec<&Item>> {
    let mut kinds: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in items {
        kinds.entry(&item.id.kind).or_default().push(item);
    }
    kinds
}

/// The last part of a name and what says most about it: `id bigint`.
pub(super) fn in_brief(item: &Item) -> String {
    match &item.brief {
        Some(brief) => format!("{} {brief}", short(&item.id)),
        None => short(&item.id),
    }
}

/// The last part of a name, as SQL writes it; with its arguments where it has some.
pub(super) fn short(id: &ObjectId) -> String {
    let own = id.to_ref(true);
    crate::base::Ident(&own.name).to_string().trim_matches('"').to_owned()
}

/// What is shown of an item's attributes: of what is new or gone not its place.
pub(super) fn told(item: &Item) -> impl Iterator<Item = &Attribute> {
    let whole = matches!(item.sort, Sort::Added | Sort::Removed);
    item.attributes.iter().filter(move |attribute| !whole || attribute.name != "position" && attribute.name != "owner")
}
