//! Materialized views.
//!
//! Knows no connection and no other kind.

use super::ddl::PENDING;
use super::{Class, Kind};
use crate::model::{Attribute, Shape};

/// Materialized views.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CLASS,
    within: Some(Class::PG_NAMESPACE),
    ddl: PENDING,
};

const SHAPE: Shape = Shape {
    name: "materialized view",
    plural: "materialized_views",
    attributes: &[
        Attribute::query("definition", "The query."),
        Attribute::plain("populated", "False where it was never filled.").or("true"),
        Attribute::plain("options", "Storage parameters, those of its TOAST table as `toast.…`."),
        Attribute::plain("access_method", "The access method, where it is not heap.").or("heap"),
        Attribute::plain("tablespace", "The tablespace, where it is not the database's."),
        Attribute::plain("cluster_on", "The index that CLUSTER orders by."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: Some("definition"),
};
