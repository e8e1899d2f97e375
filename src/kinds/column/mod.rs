//! Columns of tables, views and materialized views, and the attributes of composite types.
//!
//! Knows no connection and no other kind.

mod alter;
mod convert;
mod ddl;

pub(super) use alter::is_in_partition_key;
pub(super) use ddl::definition;

use super::{Class, Ddl, Kind};
use crate::model::{Attribute, Shape};

/// Columns of tables, views and materialized views, and the attributes of composite types.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CLASS,
    within: Some(Class::PG_CLASS),
    ddl: Ddl {
        rename: Some(ddl::rename),
        release: Some(ddl::release),
        inline: true,
        holds_data: true,
        ..Ddl::new(ddl::address, ddl::create, ddl::drop, alter::alter)
    },
};

const SHAPE: Shape = Shape {
    name: "column",
    plural: "columns",
    attributes: &[
        Attribute::plain("position", "Its place among the columns, from 1 and without gaps.").when_declared(),
        Attribute::plain("type", "The type with its modifier, as the server writes it."),
        Attribute::plain("collation", "The collation, where it is not the type's own."),
        Attribute::plain("not_null", "Whether it forbids NULL."),
        Attribute::expression("default", "The default."),
        Attribute::plain("generated", "Whether a generated column is `stored` or `virtual`."),
        Attribute::expression("generation_expression", "What a generated column is computed from."),
        Attribute::plain("identity", "Whether an identity column is generated `always` or `by default`."),
        Attribute::plain(
            "identity_sequence",
            "What of the sequence behind an identity column is not as the server chooses it.",
        ),
        Attribute::plain("storage", "The storage strategy, where it is not the type's own."),
        Attribute::plain("compression", "The compression method, where one is set."),
        Attribute::plain("statistics", "The statistics target, where one is set."),
        Attribute::plain("options", "Per-column options such as `n_distinct`."),
        Attribute::plain("options_order", "The order of the options, where it is not that of their names.")
            .when_declared(),
        Attribute::plain("foreign_options", "Options of a foreign table's column for its foreign data wrapper."),
        Attribute::plain("inherited", "Whether it exists only because a parent table has it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: Some("type"),
};
