//! The roles that a catalog names: they belong to the server and are no part of it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::kinds;
use crate::model::Catalog;

/// Returns every role that a catalog names, but for those that each server has.
#[must_use]
pub fn roles(catalog: &Catalog) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (id, object) in &catalog.objects {
        names.extend(object.attrs.get("owner").and_then(Value::as_str).map(str::to_owned));
        for attribute in ["roles", "privileges", "grantable", "granted_by", "role_settings"] {
            match object.attrs.get(attribute) {
                Some(Value::Array(roles)) if attribute == "roles" => {
                    names.extend(roles.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                Some(Value::Object(by_role)) => names.extend(by_role.keys().cloned()),
                _ => {}
            }
        }
        match id.kind.as_str() {
            "grant" => {
                names.extend(object.parent.as_ref().map(|on| kinds::grantee(id, on).0));
            }
            "default privilege" => {
                names.extend(id.path.last().and_then(|name| name.split_once(" of ")).map(|(_, role)| role.to_owned()));
            }
            "user mapping" => names.extend(id.path.last().cloned()),
            _ => {}
        }
    }
    names.retain(|name| name != "public" && !name.starts_with("pg_"));
    names
}
