//! What an object is like, apart from what it is called.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Catalog, Object, ObjectId, digest_of};

/// Stands for the object's own name.
const SELF: &str = "\u{1}";

/// The attribute that is a place among siblings: where it is, not what it is.
const POSITION: &str = "position";

/// A catalog with what is in what at hand.
#[derive(Debug)]
pub struct Tree<'a> {
    catalog: &'a Catalog,
    children: BTreeMap<&'a ObjectId, Vec<&'a ObjectId>>,
    /// What a table's columns own, by the table's path.
    owned: BTreeMap<Vec<String>, Vec<&'a ObjectId>>,
}

impl<'a> Tree<'a> {
    /// Sorts a catalog's objects by their parents.
    #[must_use]
    pub fn new(catalog: &'a Catalog) -> Self {
        let mut children: BTreeMap<&ObjectId, Vec<&ObjectId>> = BTreeMap::new();
        let mut owned: BTreeMap<Vec<String>, Vec<&ObjectId>> = BTreeMap::new();
        for (id, object) in &catalog.objects {
            if let Some(parent) = &object.parent {
                children.entry(parent).or_default().push(id);
            }
            if let Some((_, table)) = object.owned_by().as_ref().and_then(|column| column.path.split_last()) {
                owned.entry(table.to_vec()).or_default().push(id);
            }
        }
        Self { catalog, children, owned }
    }

    /// Returns an object.
    #[must_use]
    pub fn object(&self, id: &ObjectId) -> Option<&'a Object> {
        self.catalog.objects.get(id)
    }

    /// Returns what is directly in an object, in order.
    #[must_use]
    pub fn children(&self, id: &ObjectId) -> &[&'a ObjectId] {
        self.children.get(id).map_or(&[], Vec::as_slice)
    }

    /// Returns everything that is in an object, in whatever depth.
    #[must_use]
    pub fn descendants(&self, id: &ObjectId) -> Vec<&'a ObjectId> {
        let mut found = self.children(id).to_vec();
        let mut next = 0;
        while let Some(id) = found.get(next).copied() {
            found.extend(self.children(id));
            next += 1;
        }
        found
    }

    /// Returns everything that is in an object, and the sequences that its columns own, which are never in another schema.
    #[must_use]
    pub fn bound(&self, id: &ObjectId) -> Vec<&'a ObjectId> {
        let owned = self.owned.get(&id.path).into_iter().flatten().flat_map(|id| {
            let inside = self.descendants(id);
            std::iter::once(*id).chain(inside)
        });
        self.descendants(id).into_iter().chain(owned).collect()
    }

    /// Returns a digest of an object and all that is in it, in which its own name does not count.
    ///
    /// `name` is the part of the identity's path that is the name. Where it stands in attributes, or as a word in the names
    /// of what is in the object (`runs_pkey` in `runs`), it counts as the same; so the same object under another name has
    /// the same digest.
    #[must_use]
    pub fn content_digest(&self, id: &ObjectId, name: usize) -> String {
        let own = id.path.get(name).map_or("", String::as_str);
        let mut text = String::new();
        self.write(id, id, own, &mut text);
        digest_of(&text)
    }

    fn write(&self, id: &ObjectId, root: &ObjectId, own: &str, text: &mut String) {
        let Some(object) = self.catalog.objects.get(id) else { return };
        if id != root {
            // What comes before is the root's own path, or the schema: the same for all that are compared.
            let same = id.path.iter().zip(&root.path).take_while(|(part, of_root)| part == of_root).count();
            for part in &id.path[same..] {
                text.push('\u{2}');
                text.push_str(&without(part, own));
            }
        }
        text.push('\u{3}');
        text.push_str(&id.kind);
        text.push('\u{3}');
        for (name, value) in object.attrs.iter().filter(|(name, _)| id != root || *name != POSITION) {
            text.push_str(name);
            text.push('\u{2}');
            write_value(value, own, text);
        }
        // Children by what they are without the root's name, so that another name does not change their order.
        let inside = self.children(id).iter().map(|child| {
            let mut text = String::new();
            self.write(child, root, own, &mut text);
            text
        });
        let mut inside: Vec<String> = inside.collect();
        inside.sort();
        for child in inside {
            text.push('\u{4}');
            text.push_str(&child);
        }
        text.push('\u{5}');
    }
}

fn write_value(value: &Value, own: &str, text: &mut String) {
    match value {
        Value::String(string) => text.push_str(&without(string, own)),
        Value::Array(items) => {
            for item in items {
                text.push('[');
                write_value(item, own, text);
            }
        }
        Value::Object(map) => {
            for (name, item) in map {
                text.push('{');
                text.push_str(&without(name, own));
                text.push('\u{2}');
                write_value(item, own, text);
            }
        }
        other => text.push_str(&other.to_string()),
    }
    text.push('\u{2}');
}

/// Replaces a name where it stands as a word; an underscore ends a word too, as in `runs_pkey`.
fn without(text: &str, own: &str) -> String {
    if own.is_empty() || !text.contains(own) {
        return text.to_owned();
    }
    let mut replaced = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in text.match_indices(own) {
        let end = at + own.len();
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let word = !inside(text[..at].chars().next_back()) && !inside(text[end..].chars().next());
        if at < from || !word {
            continue;
        }
        replaced.push_str(&text[from..at]);
        replaced.push_str(SELF);
        from = end;
    }
    replaced.push_str(&text[from..]);
    replaced
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Tree, without};
    use crate::model::{Catalog, Object, ObjectId};

    fn table(name: &str, column: &str) -> (Catalog, ObjectId) {
        let schema = ObjectId::new("schema", ["s"]);
        let table = ObjectId::new("table", ["s", name]);
        let mut catalog = Catalog::default();
        let mut add = |id: &ObjectId, parent: Option<&ObjectId>, attrs: serde_json::Value| {
            let attrs = attrs.as_object().unwrap().clone().into();
            catalog.objects.insert(id.clone(), Object { parent: parent.cloned(), attrs, needs: Vec::new() });
        };
        add(&schema, None, json!({}));
        add(&table, Some(&schema), json!({"comment": "c"}));
        add(&ObjectId::new("column", ["s", name, column]), Some(&table), json!({"type": "text", "position": 1}));
        let key = ObjectId::new("constraint", ["s", name, &format!("{name}_{column}_check")]);
        add(&key, Some(&table), json!({"definition": format!("check (({column} <> '{name}'))")}));
        (catalog, table)
    }

    #[test]
    fn the_name_is_not_part_of_it() {
        let digest = |(catalog, id): (Catalog, ObjectId)| Tree::new(&catalog).content_digest(&id, 1);
        assert_eq!(digest(table("runs", "a")), digest(table("jobs", "a")));
        assert_ne!(digest(table("runs", "a")), digest(table("jobs", "b")));
    }

    #[test]
    fn only_whole_words_are_the_name() {
        assert_eq!(without("runs_pkey on ops.runs, reruns", "runs"), "\u{1}_pkey on ops.\u{1}, reruns");
        assert_eq!(without("abc", ""), "abc");
    }
}
