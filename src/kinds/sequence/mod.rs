//! Sequences, but for those of identity columns.
//!
//! Knows no connection and no other kind.

mod ddl;

use super::{Class, Ddl, Kind};
use crate::model::{Attribute, Shape};

/// Sequences, but for those of identity columns.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CLASS,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl { holds_data: true, ..Ddl::new(ddl::address, ddl::create, ddl::drop, ddl::alter) },
};

const SHAPE: Shape = Shape {
    name: "sequence",
    plural: "sequences",
    attributes: &[
        Attribute::plain("type", "The type, where it is not bigint.").or("bigint"),
        Attribute::plain("start", "The first value, where it is not the one that direction and bounds imply."),
        Attribute::plain("increment", "The step, where it is not 1.").or("1"),
        Attribute::plain("min_value", "The lower bound, where it is not the one that type and direction imply."),
        Attribute::plain("max_value", "The upper bound, where it is not the one that type and direction imply."),
        Attribute::plain("cache", "How many values a session takes at once, where it is not 1.").or("1"),
        Attribute::plain("cycle", "Whether it starts again at its end."),
        Attribute::plain("unlogged", "Whether it is not written to the log."),
        Attribute::plain("owned_by", "The column that it is dropped with, such as that of a serial."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};
