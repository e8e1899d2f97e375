//! What follows from a rename: identities of what is inside, and texts that say the new name where they said the old.
//!
//! PostgreSQL keeps references by OID, so its own texts say the new name by themselves. A function's body in a string
//! does not: it stays as it is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Rename;
use super::order::POSITION;
use super::rename::name_at;
use crate::model::{Attribute, Attrs, Catalog, Object, ObjectId, Shape, Tree};
use crate::sql::{TokenKind, lex};

/// Returns the first catalog as it is once the renames are made.
///
/// Identities and parents change. An attribute that says what it says in the second catalog but for the old names
/// follows; one that differs in more is left as it was.
#[must_use]
pub fn apply_renames(before: &Catalog, after: &Catalog, renames: &[Rename], shapes: &[&'static Shape]) -> Catalog {
    let mut catalog = before.clone();
    let mut names = Vec::new();
    // Those of what is inside come after that of what it is in, whose new name they build on.
    let mut rest = renames;
    while !rest.is_empty() {
        let now = rest.iter().take_while(|rename| catalog.objects.contains_key(&rename.from)).count();
        names.extend(rest[..now].iter().filter_map(|rename| name_of(&catalog, rename)));
        catalog = with_identities(&catalog, after, &rest[..now], &names);
        // One that there is nothing for is passed over.
        rest = &rest[now.max(1)..];
    }
    // Texts last: one may name several things that were renamed.
    for (id, object) in &mut catalog.objects {
        let Some(new) = after.objects.get(id) else { continue };
        let shape = shapes.iter().find(|shape| shape.name == id.kind);
        let followed = object.attrs.iter().filter_map(|(name, value)| {
            let new = new.attrs.get(name)?;
            let follows = new != value && refers(shape, name, value) && follows(value, new, &names);
            follows.then(|| (name.clone(), new.clone()))
        });
        for (name, value) in followed.collect::<Vec<_>>() {
            object.attrs.insert(name, value);
        }
    }
    catalog
}

/// The same objects under their new identities.
fn with_identities(before: &Catalog, after: &Catalog, renames: &[Rename], names: &[(&str, &str)]) -> Catalog {
    let ids = identities(before, after, renames, names);
    let to = |id: &ObjectId| ids.get(id).unwrap_or(id).clone();
    let renamed = |(id, object): (&ObjectId, &Object)| {
        let mut needs: Vec<_> = object.needs.iter().map(to).collect();
        needs.sort();
        let attrs = with_sequence(id, &to(id), &object.attrs);
        (to(id), Object { parent: object.parent.as_ref().map(to), needs, attrs })
    };
    Catalog { objects: before.objects.iter().map(renamed).collect(), ..before.clone() }
}

/// The attributes of an identity column under another name, or in a table that has another: the sequence behind it keeps
/// its own, which is left out where it is made of theirs.
fn with_sequence(from: &ObjectId, to: &ObjectId, attrs: &Attrs) -> Attrs {
    const SEQUENCE: &str = "identity_sequence";
    let mut attrs = attrs.clone();
    let made_of = |id: &ObjectId| Some(format!("{}_{}_seq", id.path.get(1)?, id.path.get(2)?));
    let (Some(old), Some(new)) = (made_of(from), made_of(to)) else { return attrs };
    if old == new || !attrs.contains_key("identity") {
        return attrs;
    }
    let mut sequence = attrs.get(SEQUENCE).and_then(Value::as_object).cloned().unwrap_or_default();
    let name = sequence.get("name").and_then(Value::as_str).unwrap_or(&old).to_owned();
    sequence.remove("name");
    if name != new {
        sequence.insert("name".to_owned(), name.into());
    }
    attrs.remove(SEQUENCE);
    if !sequence.is_empty() {
        attrs.insert(SEQUENCE.to_owned(), sequence.into());
    }
    attrs
}

/// Whether an object is another one, with all that is in it, but for its own name and those that were renamed.
pub(super) fn is_same(
    (old, from): (&Tree<'_>, &ObjectId),
    (new, to): (&Tree<'_>, &ObjectId),
    names: &[(&str, &str)],
    shapes: &[&'static Shape],
) -> bool {
    let Some(at) = from.path.iter().zip(&to.path).position(|(old, new)| old != new) else { return false };
    let renamed = |id: &ObjectId| {
        let mut renamed = id.clone();
        if renamed.path.get(..=at) == from.path.get(..=at) {
            renamed.path[at].clone_from(&to.path[at]);
        }
        renamed
    };
    let (inside, others) = (old.descendants(from), new.descendants(to));
    inside.len() == others.len()
        && same_attributes(old, from, new, to, names, shapes)
        && inside.into_iter().all(|id| same_attributes(old, id, new, &renamed(id), names, shapes))
}

/// Whether two objects are alike but for renamed names, and for the place among siblings.
fn same_attributes(
    old: &Tree<'_>,
    from: &ObjectId,
    new: &Tree<'_>,
    to: &ObjectId,
    names: &[(&str, &str)],
    shapes: &[&'static Shape],
) -> bool {
    let (Some(before), Some(after)) = (old.object(from), new.object(to)) else { return false };
    let shape = shapes.iter().find(|shape| shape.name == from.kind);
    let before = with_sequence(from, to, &before.attrs);
    before.len() == after.attrs.len()
        && before.iter().all(|(name, value)| {
            let other = after.attrs.get(name);
            let follows = |other| refers(shape, name, value) && follows(value, other, names);
            other.is_some_and(|other| name == POSITION || value == other || follows(other))
        })
}

/// The old and the new names of renames.
pub(super) fn pairs(renames: &[Rename]) -> Vec<(&str, &str)> {
    let differing = |rename: &'_ Rename| rename.from.path.iter().zip(&rename.to.path).position(|(old, new)| old != new);
    renames
        .iter()
        .filter_map(|rename| differing(rename).map(|at| (rename.from.path[at].as_str(), rename.to.path[at].as_str())))
        .collect()
}

/// Whether an attribute names other objects, so that their renames show in it.
fn refers(shape: Option<&&'static Shape>, name: &str, value: &Value) -> bool {
    let Some(shape) = shape else { return true };
    // What a trigger passes is a list of texts.
    let passed = name == "arguments" && !value.is_string();
    shape.attribute(name).is_none_or(Attribute::refers) && !passed
}

/// The old and the new name of a rename.
fn name_of<'a>(catalog: &Catalog, rename: &'a Rename) -> Option<(&'a str, &'a str)> {
    let at = name_at(&rename.from, catalog.objects.get(&rename.from)?);
    Some((rename.from.path.get(at)?, rename.to.path.get(at)?))
}

/// The new identities of all that have one.
fn identities(
    before: &Catalog,
    after: &Catalog,
    renames: &[Rename],
    names: &[(&str, &str)],
) -> BTreeMap<ObjectId, ObjectId> {
    let tree = Tree::new(before);
    let mut ids = BTreeMap::new();
    let inside = |ids: &mut BTreeMap<ObjectId, ObjectId>, from: &ObjectId, to: &ObjectId| {
        let Some(at) = from.path.iter().zip(&to.path).position(|(old, new)| old != new) else { return };
        for id in tree.descendants(from) {
            // Not every path begins with that of what it is in: an index stands beside its table.
            if id.path.len() > at && id.path[..=at] == from.path[..=at] {
                let mut renamed = ids.get(id).unwrap_or(id).clone();
                renamed.path[at].clone_from(&to.path[at]);
                ids.insert(id.clone(), renamed);
            }
        }
        ids.insert(from.clone(), to.clone());
    };
    for rename in renames {
        inside(&mut ids, &rename.from, &rename.to);
    }
    // Names in the arguments of a function are part of its identity.
    let mut rest = Vec::new();
    for id in before.objects.keys() {
        // What it is in may have another name too.
        let now = ids.get(id).unwrap_or(id);
        if after.objects.contains_key(now) {
            continue;
        }
        let parts =
            now.path.iter().map(|part| if part.starts_with('(') { replaced(part, names) } else { part.clone() });
        let new = ObjectId::of(id.kind.clone(), parts.collect());
        if new != *now && after.objects.contains_key(&new) && !before.objects.contains_key(&new) {
            rest.push((id, new));
        }
    }
    for (id, new) in rest {
        inside(&mut ids, id, &new);
    }
    ids
}

/// Whether a value is another one but for renamed names.
fn follows(before: &Value, after: &Value, names: &[(&str, &str)]) -> bool {
    match (before, after) {
        (Value::String(before), Value::String(after)) => text_follows(before, after, names),
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            before.iter().zip(after).all(|(before, after)| follows(before, after, names))
                || sorted(before, names).is_some_and(|before| Some(before) == sorted(after, &[]))
        }
        (Value::Object(before), Value::Object(after)) if before.len() == after.len() => {
            before.iter().all(|(name, value)| after.get(name).is_some_and(|after| follows(value, after, names)))
        }
        _ => before == after,
    }
}

/// The items of a list of texts with their new names, in order: another name may stand elsewhere in it.
fn sorted(items: &[Value], names: &[(&str, &str)]) -> Option<Vec<String>> {
    let items = items.iter().map(|item| Some(replaced(item.as_str()?, names)));
    let mut items: Vec<_> = items.collect::<Option<_>>()?;
    items.sort();
    Some(items)
}

/// Whether a text is another one, token by token, but for renamed names.
fn text_follows(before: &str, after: &str, names: &[(&str, &str)]) -> bool {
    let renamed = |old: &str, new: &str| names.iter().any(|(before, after)| *before == old && *after == new);
    // A name alone, as it is: in lists of columns.
    if before == after || renamed(before, after) {
        return true;
    }
    let mut old = lex(before);
    let mut new = lex(after);
    loop {
        match (old.next(), new.next()) {
            (None, None) => return true,
            (Some(old), Some(new)) => {
                let same = old.kind == new.kind && old.text == new.text;
                let names = || Some((identifier(&old)?, identifier(&new)?));
                let follows = || names().is_some_and(|(old, new)| renamed(&old, &new));
                if !same && !follows() {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// A text with the new names in place of the old ones.
fn replaced(text: &str, names: &[(&str, &str)]) -> String {
    if let Some((_, new)) = names.iter().find(|(old, _)| *old == text) {
        return (*new).to_owned();
    }
    let mut new = String::with_capacity(text.len());
    let mut from = 0;
    for token in lex(text) {
        let Some(name) = identifier(&token) else { continue };
        if let Some((_, renamed)) = names.iter().find(|(old, _)| *old == name) {
            new.push_str(&text[from..token.start]);
            new.push_str(&crate::base::Ident(renamed).to_string());
            from = token.start + token.text.len();
        }
    }
    new.push_str(&text[from..]);
    new
}

fn identifier(token: &crate::sql::Token<'_>) -> Option<String> {
    match token.kind {
        TokenKind::Word => Some(token.text.to_ascii_lowercase()),
        TokenKind::Quoted => Some(token.text.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\"")),
        _ => None,
    }
}
