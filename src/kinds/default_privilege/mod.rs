//! What a role grants on objects that it will make.
//!
//! Reads attributes only; knows no connection and no other kind.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Kind, is_default, through};
use crate::model::{Attribute, Shape};

/// What a role grants on objects that it will make.
pub(super) const KIND: Kind = Kind { shape: &SHAPE, query: include_str!("query.sql"), canonical: through::<Attrs> };

const SHAPE: Shape = Shape {
    name: "default privilege",
    plural: "default_privileges",
    attributes: &[
        Attribute::plain("privileges", "The privileges by grantee."),
        Attribute::plain("grantable", "Those that the grantee may hand on, by grantee."),
    ],
    shorthand: Some("privileges"),
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attrs {
    #[serde(default, skip_serializing_if = "is_default")]
    privileges: BTreeMap<String, BTreeSet<String>>,
    #[serde(default, skip_serializing_if = "is_default")]
    grantable: BTreeMap<String, BTreeSet<String>>,
}
