//! Extensions; their members are no objects of their own.
//!
//! Reads attributes only; knows no connection and no other kind.

use serde::{Deserialize, Serialize};

use super::{Kind, is_default, through};
use crate::model::{Attribute, Shape};

/// Extensions; their members are no objects of their own.
pub(super) const KIND: Kind = Kind { shape: &SHAPE, query: include_str!("query.sql"), canonical: through::<Attrs> };

const SHAPE: Shape = Shape {
    name: "extension",
    plural: "extensions",
    attributes: &[
        Attribute::plain("schema", "The schema that its objects are in."),
        Attribute::plain("version", "The installed version.").when_declared(),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: Some("version"),
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attrs {
    schema: String,
    version: String,
    owner: String,
    #[serde(default, skip_serializing_if = "is_default")]
    comment: Option<String>,
}
