//! What differs between two catalogs.
//!
//! Generic over every kind: names none of them, reads no database. Equal catalogs give no change.

mod compare;
mod effect;
mod findings;
mod follow;
mod hint;
mod moved;
mod names;
mod order;
mod recognise;
mod rename;
#[cfg(test)]
mod rename_tests;

use serde::Serialize;
use serde_json::Value;

pub use compare::{Comparison, compare};
pub use effect::{Effect, EffectClass, Effects};
pub use findings::{findings, shown};
pub use follow::apply_renames;
pub use hint::Hint;
pub use rename::{Rename, Renaming, renames};

use crate::model::{Attrs, Catalog, ObjectId, Uncovered};

/// One difference between two catalogs.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The object is only in the second catalog.
    Added(ObjectId),
    /// The object is only in the first catalog.
    Removed(ObjectId),
    /// The object has another name in the second catalog. What else differs in it is a change of its own, under the new name.
    Renamed {
        /// Its identity in the first catalog, where what it is in has its new name already.
        from: ObjectId,
        /// Its identity in the second catalog.
        to: ObjectId,
    },
    /// The object is in both, with other attributes or another parent.
    Altered {
        /// Which object.
        id: ObjectId,
        /// What is different, by attribute name; never empty.
        attributes: Vec<AttributeChange>,
    },
    /// An object that no kind covers is in only one of the two.
    Uncovered {
        /// What it is.
        object: Uncovered,
        /// Whether it is in the second catalog and not in the first.
        added: bool,
    },
}

/// An attribute before and after; `None` is the attribute's default.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributeChange {
    /// The attribute's name.
    pub name: String,
    /// Its value in the first catalog.
    pub before: Option<Value>,
    /// Its value in the second catalog.
    pub after: Option<Value>,
}

/// Returns what to change in `before` to get `after`, in the order of object identities.
#[must_use]
pub fn diff(before: &Catalog, after: &Catalog) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut old = before.objects.iter().peekable();
    let mut new = after.objects.iter().peekable();
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => break,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((old_id, _)), Some((new_id, _))) => old_id.cmp(new_id),
        };
        if order.is_lt() {
            changes.extend(old.next().map(|(id, _)| Change::Removed(id.clone())));
        } else if order.is_gt() {
            changes.extend(new.next().map(|(id, _)| Change::Added(id.clone())));
        } else if let (Some((id, old)), Some((_, new))) = (old.next(), new.next()) {
            let mut attributes = diff_attributes(&old.attrs, &new.attrs);
            if old.parent != new.parent {
                let value = |parent: &Option<ObjectId>| parent.as_ref().map(|id| Value::String(id.to_string()));
                attributes.push(AttributeChange {
                    name: "parent".to_owned(),
                    before: value(&old.parent),
                    after: value(&new.parent),
                });
            }
            if !attributes.is_empty() {
                changes.push(Change::Altered { id: id.clone(), attributes });
            }
        }
    }
    let only_in = |one: &Catalog, other: &Catalog, added| {
        let missing = one.uncovered.iter().filter(|object| !other.uncovered.contains(object));
        missing.map(|object| Change::Uncovered { object: object.clone(), added }).collect::<Vec<_>>()
    };
    changes.extend(only_in(before, after, false));
    changes.extend(only_in(after, before, true));
    changes
}

/// Returns the attributes that differ, by name.
#[must_use]
pub fn diff_attributes(before: &Attrs, after: &Attrs) -> Vec<AttributeChange> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| AttributeChange {
            name: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Change, diff};
    use crate::model::{Catalog, Object, ObjectId, Uncovered};

    fn catalog(objects: &[(&str, serde_json::Value)]) -> Catalog {
        let object = |attrs: &serde_json::Value| Object {
            parent: None,
            attrs: attrs.as_object().unwrap().clone().into(),
            needs: Vec::new(),
        };
        let objects = objects.iter().map(|(name, attrs)| (ObjectId::new("thing", [*name]), object(attrs))).collect();
        Catalog { objects, uncovered: Vec::new() }
    }

    #[test]
    fn equal_catalogs_give_nothing() {
        let same = catalog(&[("a", json!({"x": 1})), ("b", json!({}))]);
        assert_eq!(diff(&same, &same.clone()), []);
        assert_eq!(diff(&Catalog::default(), &Catalog::default()), []);
    }

    #[test]
    fn reports_each_difference_once() {
        let mut before = catalog(&[("a", json!({})), ("b", json!({"x": 1, "y": 2})), ("d", json!({}))]);
        let after = catalog(&[("b", json!({"x": 1, "y": 3, "z": [4]})), ("c", json!({})), ("d", json!({}))]);
        let event_trigger = Uncovered { kind: "event trigger".into(), schema: None, name: "e".into() };
        before.uncovered.push(event_trigger.clone());
        let changes = diff(&before, &after);
        let [
            Change::Removed(a),
            Change::Altered { attributes, .. },
            Change::Added(c),
            Change::Uncovered { object, added },
        ] = &changes[..]
        else {
            panic!("{changes:?}");
        };
        assert_eq!((a.qualified().as_str(), c.qualified().as_str()), ("a", "c"));
        assert_eq!((object, added), (&event_trigger, &false));
        let names: Vec<_> = attributes.iter().map(|change| (change.name.as_str(), change.before.clone())).collect();
        assert_eq!(names, [("y", Some(json!(2))), ("z", None)]);
    }
}
