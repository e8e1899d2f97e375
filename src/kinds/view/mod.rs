//! Views.
//!
//! Knows no connection and no other kind.

use super::ddl::PENDING;
use super::{Class, Kind};
use crate::model::{Attribute, Shape};

/// Views.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CLASS,
    within: Some(Class::PG_NAMESPACE),
    ddl: PENDING,
};

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
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: Some("definition"),
};
