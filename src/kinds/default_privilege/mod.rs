//! What a role grants on objects that it will make.
//!
//! Knows no connection and no other kind.

use super::ddl::PENDING;
use super::{Class, Kind};
use crate::model::{Attribute, Shape};

/// What a role grants on objects that it will make.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_DEFAULT_ACL,
    within: Some(Class::PG_NAMESPACE),
    ddl: PENDING,
};

const SHAPE: Shape = Shape {
    name: "default privilege",
    plural: "default_privileges",
    attributes: &[
        Attribute::plain("privileges", "The privileges by grantee."),
        Attribute::plain("grantable", "Those that the grantee may hand on, by grantee."),
    ],
    shorthand: Some("privileges"),
};
