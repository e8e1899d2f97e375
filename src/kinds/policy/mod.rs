//! Row-level security policies.
//!
//! Reads attributes only; knows no connection and no other kind.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Kind, is_default, is_true, through, yes};
use crate::model::{Attribute, Shape};

/// Row-level security policies.
pub(super) const KIND: Kind = Kind { shape: &SHAPE, query: include_str!("query.sql"), canonical: through::<Attrs> };

const SHAPE: Shape = Shape {
    name: "policy",
    plural: "policies",
    attributes: &[
        Attribute::plain("permissive", "False for a restrictive policy.").or("true"),
        Attribute::plain("command", "The command that it is for: ALL, SELECT, INSERT, UPDATE, DELETE."),
        Attribute::set("roles", "The roles that it is for; `public` is everyone."),
        Attribute::expression("using", "Which rows are seen."),
        Attribute::expression("with_check", "Which rows may be written."),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attrs {
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    permissive: bool,
    command: String,
    roles: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    using: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    with_check: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    comment: Option<String>,
}
