//! What bodies of functions that are texts seem to call and read: the server knows no such need, and still runs or inlines
//! the function when an index, a generated column or a materialized view is made with it.
//!
//! A guess, by words: it orders what nothing else orders, and gives way where it would make a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::super::work::Work;
use crate::kinds::{self, Class};
use crate::model::{Catalog, ObjectId};

/// One that is mentioned, and the routine that mentions it.
pub(super) type Mention<'a> = (&'a ObjectId, &'a ObjectId);

/// What routines that are made or changed mention of what is made or changed too.
pub(super) fn mentions<'a>(after: &'a Catalog, work: &'a Work) -> BTreeSet<Mention<'a>> {
    let mut by_name: BTreeMap<&str, Vec<&'a ObjectId>> = BTreeMap::new();
    let mut routines = Vec::new();
    for id in work.actions.keys() {
        let (Some(object), Some(kind)) = (after.objects.get(id), kinds::by_name(&id.kind)) else { continue };
        if kind.class == Class::PG_PROC || kind.class == Class::PG_CLASS && kind.within == Some(Class::PG_NAMESPACE) {
            by_name.entry(id.name()).or_default().push(id);
        }
        if let Some(body) = object.attrs.get("body").and_then(|body| body.as_str()) {
            routines.push((id, body));
        }
    }
    let mut found = BTreeSet::new();
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
    for (n, part) in text.split('"').enumerate() {
        if n % 2 == 1 {
            found.insert(part.to_owned());
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
        let found = words("select S.norm(x) from \"A b\".\"C\"");
        for name in ["s", "norm", "A b", "C"] {
            assert!(found.contains(name), "{name} in {found:?}");
        }
    }
}
