//! Row-level security policies.
//!
//! Knows no connection and no other kind.

use super::ddl::PENDING;
use super::{Class, Kind};
use crate::model::{Attribute, Shape};

/// Row-level security policies.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_POLICY,
    within: Some(Class::PG_CLASS),
    ddl: PENDING,
};

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
