//! Small catalogs for the unit tests of the formats.

use serde_json::Value;

use crate::model::{Catalog, Object, ObjectId};

/// A catalog of objects: kind, path, and attributes as JSON. The parent is the schema, the table, or none, by the path.
pub(super) fn catalog(objects: &[(&str, &[&str], Value)]) -> Catalog {
    let mut catalog = Catalog::default();
    for (kind, path, attrs) in objects {
        let id = ObjectId::new(kind, path.iter().copied());
        let parent = match path {
            [schema, _] => Some(ObjectId::new("schema", [*schema])),
            [schema, name, last] if !last.starts_with('(') => {
                let owners = ["table", "view", "materialized view", "composite type", "domain"];
                let is_there = |kind: &&str| {
                    objects
                        .iter()
                        .any(|(k, path, _)| k == kind && path.len() == 2 && path[0] == *schema && path[1] == *name)
                };
                Some(ObjectId::new(owners.iter().find(|kind| is_there(kind)).unwrap(), [*schema, *name]))
            }
            [schema, _, _] => Some(ObjectId::new("schema", [*schema])),
            _ => None,
        };
        catalog
            .objects
            .insert(id, Object { parent, attrs: attrs.as_object().unwrap().clone().into(), needs: Vec::new() });
    }
    catalog
}
