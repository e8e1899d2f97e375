//! Views.
//!
//! Reads attributes only; knows no connection and no other kind.

use serde::{Deserialize, Serialize};

use super::{Kind, is_default, through};
use crate::model::{Attribute, Shape};

/// Views.
pub(super) const KIND: Kind = Kind { shape: &SHAPE, query: include_str!("query.sql"), canonical: through::<Attrs> };

const SHAPE: Shape = Shape {
    name: "view",
    plural: "views",
    attributes: &[
        Attribute::query("definition", "The query."),
        Attribute::plain("security_invoker", "Whether it reads with the caller's rights."),
        Attribute::plain("security_barrier", "Whether its conditions come before those of its user."),
        Attribute::plain(
            "check_option",
            "Whether rows written through it must be visible in it: `local` or `cascaded`.",
        ),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: Some("definition"),
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attrs {
    definition: String,
    #[serde(default, skip_serializing_if = "is_default")]
    security_invoker: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    security_barrier: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    check_option: Option<String>,
    owner: String,
    #[serde(default, skip_serializing_if = "is_default")]
    comment: Option<String>,
}
