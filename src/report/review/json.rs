//! The review for scripts: every change, also of what came or went with another object.

use serde_json::{Map, Value, json};

use super::{Item, Review, Sort};
use crate::base::ObjectRef;

/// Returns the properties of the document.
pub(in crate::report) fn data(review: &Review) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("from".to_owned(), review.from.clone().into());
    map.insert("to".to_owned(), review.to.clone().into());
    map.insert("differs".to_owned(), review.differs().into());
    map.insert("changes".to_owned(), review.items().map(change).collect());
    let uncovered = review.uncovered.iter().map(|(object, [before, after])| {
        let schema = object.schema.clone();
        let object = ObjectRef { kind: object.kind.clone(), schema, name: object.name.clone(), parent: None };
        json!({ "object": object, "before": before, "after": after })
    });
    map.insert("not_covered".to_owned(), uncovered.collect());
    map
}

fn change(item: &Item) -> Value {
    let sort = match item.sort {
        Sort::Added => "added",
        Sort::Removed => "removed",
        Sort::Renamed => "renamed",
        Sort::Altered => "altered",
        Sort::Reordered => "reordered",
    };
    let attributes =
        item.attributes.iter().map(|one| json!({ "name": one.name, "before": one.before, "after": one.after }));
    let mut change = json!({
        "change": sort,
        "object": item.id.to_ref(item.in_schema),
        "attributes": attributes.collect::<Vec<_>>(),
        "effects": item.effects,
    });
    if let Some(from) = &item.from {
        change["renamed_from"] = json!(from.to_ref(item.in_schema));
    }
    if !item.inside.is_empty() {
        change["with"] = item.inside.iter().map(self::change).collect();
    }
    change
}
