//! What a role may do with an object; a NULL ACL is read as the default that it stands for.
//!
//! Reads attributes only; knows no connection and no other kind.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Kind, is_default, through};
use crate::model::{Attribute, Shape};

/// What a role may do with an object; a NULL ACL is read as the default that it stands for.
pub(super) const KIND: Kind = Kind { shape: &SHAPE, query: include_str!("query.sql"), canonical: through::<Attrs> };

const SHAPE: Shape = Shape {
    name: "grant",
    plural: "grants",
    attributes: &[
        Attribute::set("privileges", "The privileges, such as SELECT."),
        Attribute::set("grantable", "Those that the grantee may hand on."),
    ],
    shorthand: Some("privileges"),
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attrs {
    privileges: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    grantable: BTreeSet<String>,
}
