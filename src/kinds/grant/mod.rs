//! What a role may do with an object; a NULL ACL is read as the default that it stands for.
//!
//! Knows no connection and no other kind.

use super::ddl::PENDING;
use super::{Class, Kind};
use crate::model::{Attribute, Shape};

/// What a role may do with an object; a NULL ACL is read as the default that it stands for.
pub(super) const KIND: Kind =
    Kind { shape: &SHAPE, query: include_str!("query.sql"), class: Class::NONE, within: None, ddl: PENDING };

const SHAPE: Shape = Shape {
    name: "grant",
    plural: "grants",
    attributes: &[
        Attribute::set("privileges", "The privileges, such as SELECT."),
        Attribute::set("grantable", "Those that the grantee may hand on."),
    ],
    shorthand: Some("privileges"),
};

/// Gives an object just made the rights that it shall have, whatever it was made with.
pub fn settle_grants(_site: &super::Site, _steps: &mut super::Steps) {}
