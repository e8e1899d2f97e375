//! Extensions; their members are no objects of their own.
//!
//! Knows no connection and no other kind.

use super::ddl::PENDING;
use super::{Class, Kind};
use crate::model::{Attribute, Shape};

/// Extensions; their members are no objects of their own.
pub(super) const KIND: Kind =
    Kind { shape: &SHAPE, query: include_str!("query.sql"), class: Class::PG_EXTENSION, within: None, ddl: PENDING };

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
