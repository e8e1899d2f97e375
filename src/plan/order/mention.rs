//! What bodies of functions that are texts seem to call and read: the server knows no such need, and still runs or inlines
//! the function when an index, a generated column or a materialized view is made with it, or an event trigger fires.
//!
//! A guess, by words: it orders what nothing else orders, and gives way where it would make a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::super::work::{Action, Work};
use super::{Node, Part};
use crate::kinds::{self, Class};
use crate::model::{Catalog, ObjectId};

/// What comes first, and what then: what is mentioned is made before the routine, and goes once the routine has changed.
pub(super) type Mention<'a> = (Node<'a>, Node<'a>);

/// What routines that are made or changed mention of what is made, changed or removed too.
pub(super) fn mentions<'a>(before: &'a Catalog, after: &'a Catalog, work: &'a Work) -> BTreeSet<Mention<'a>> {
    let is = |id: &ObjectId, action: Action| work.actions.get(id) == Some(&action);
    let comes = mentioned(after, work).into_iter();
    let goes = mentioned(before, work).into_iter();
    let goes = goes.filter(|(id, routine)| is(id, Action::Drop) && is(routine, Action::Alter));
    comes
        .map(|(id, routine)| ((Part::There, id), (Part::There, routine)))
        .chain(goes.map(|(id, routine)| ((Part::There, routine), (Part::Away, id))))
        .collect()
}

/// Which of the objects that are worked on the routines among them mention in a catalog.
fn mentioned<'a>(catalog: &'a Catalog, work: &'a Work) -> Vec<(&'a ObjectId, &'a ObjectId)> {
    let mut by_name: BTreeMap<&str, Vec<&'a ObjectId>> = BTreeMap::new();
    let mut routines = Vec::new();
    for (id, action) in &work.actions {
        let (Some(object), Some(kind)) = (catalog.objects.get(id), kinds::by_name(&id.kind)) else { continue };
        let stands = |table: &ObjectId| work.actions.get(table) != Some(&Action::Create) && !work.drops(table);
        let is_named = kind.class == Class::PG_PROC
            || kind.class == Class::PG_CLASS && kind.within == Some(Class::PG_NAMESPACE)
            // Others come and go with their table.
            || id.kind == "column" && *action != Action::Alter && object.parent.as_ref().is_some_and(stands);
        if is_named {
            by_name.entry(id.name()).or_default().push(id);
        }
        if let Some(body) = object.attrs.get("body").and_then(|body| body.as_str()) {
            routines.push((id, body));
        }
    }
    let mut found = Vec::new();
    for (routine, body) in routines {
        for word in words(body) {
            let mentioned = by_name.get(word.as_str()).into_iter().flatten();
            found.extend(mentioned.filter(|id| **id != routine).map(|id| (*id, routine)));
        }
    }
    found
}

/// The names in a text: words in lower case, and what stands in double quotes as it is.
fn words(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // A quote in a name is written twice.
    for (n, part) in text.replace("\"\"", "\0").split('"').enumerate() {
        if n % 2 == 1 {
            found.insert(part.replace('\0', "\""));
        }
        let words = part.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')));
        found.extend(words.filter(|word| !word.is_empty()).map(str::to_lowercase));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn finds_names() {
        let found = words("select S.norm(x) from \"A b\".\"C\"\"D\"");
        for name in ["s", "norm", "A b", "C\"D"] {
            assert!(found.contains(name), "{name} in {found:?}");
        }
    }
}
