//! Domains; their checks are of kind `constraint`.
//!
//! Knows no connection and no other kind.

use super::ddl::PENDING;
use super::{Class, Kind};
use crate::model::{Attribute, Shape};

/// Domains; their checks are of kind `constraint`.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_TYPE,
    within: Some(Class::PG_NAMESPACE),
    ddl: PENDING,
};

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
