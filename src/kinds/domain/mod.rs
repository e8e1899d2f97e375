//! Domains; their checks are of kind `constraint`.
//!
//! Reads attributes only; knows no connection and no other kind.

use serde::{Deserialize, Serialize};

use super::{Kind, is_default, through};
use crate::model::{Attribute, Shape};

/// Domains; their checks are of kind `constraint`.
pub(super) const KIND: Kind = Kind { shape: &SHAPE, query: include_str!("query.sql"), canonical: through::<Attrs> };

const SHAPE: Shape = Shape {
    name: "domain",
    plural: "domains",
    attributes: &[
        Attribute::plain("type", "The type it is over, with its modifier."),
        Attribute::plain("collation", "The collation, where it is not the type's own."),
        Attribute::plain("not_null", "Whether it forbids NULL."),
        Attribute::expression("default", "The default."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: Some("type"),
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attrs {
    r#type: String,
    #[serde(default, skip_serializing_if = "is_default")]
    collation: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    not_null: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    default: Option<String>,
    owner: String,
    #[serde(default, skip_serializing_if = "is_default")]
    comment: Option<String>,
}
