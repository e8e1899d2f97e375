//! Indexes, but for those behind constraints.
//!
//! Knows no connection and no other kind.

mod ddl;

use super::{Class, Ddl, Kind};
use crate::model::{Attribute, Shape};

/// Indexes, but for those behind constraints.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CLASS,
    within: Some(Class::PG_CLASS),
    ddl: Ddl {
        rename: Some(ddl::rename),
        held_by: Some(ddl::held_by),
        ..Ddl::new(ddl::address, ddl::create, ddl::drop, ddl::alter)
    },
};

const SHAPE: Shape = Shape {
    name: "index",
    plural: "indexes",
    attributes: &[
        Attribute::plain("definition", "What follows USING, up to WHERE: method, keys, options."),
        Attribute::plain("unique", "Whether it is unique."),
        Attribute::plain(
            "valid",
            "False where it can not be used: a concurrent build failed, or partitions lack theirs.",
        )
        .or("true"),
        Attribute::plain("method", "The access method, where it is not btree.").when_declared().or("btree"),
        Attribute::plain("columns", "The key columns and expressions, in order.").when_declared(),
        Attribute::plain("include", "The columns that it only carries.").when_declared(),
        Attribute::expression("predicate", "Which rows a partial index holds."),
        Attribute::plain("nulls_not_distinct", "Whether NULL equals NULL in a unique index.").when_declared(),
        Attribute::plain("options", "Storage parameters.").when_declared(),
        Attribute::plain("options_order", "The order of the options, where it is not that of their names.")
            .when_declared(),
        Attribute::plain("tablespace", "The tablespace, where it is not the database's."),
        Attribute::plain("partition_of", "The index of the partitioned table that it is attached to."),
        Attribute::plain("statistics", "Statistics targets by position of the key, where set."),
        Attribute::set("extensions", "The extensions that it is removed with (`DEPENDS ON EXTENSION`)."),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: Some("definition"),
};
