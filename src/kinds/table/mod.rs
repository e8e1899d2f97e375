//! Tables, partitioned ones and partitions included.
//!
//! Knows no connection and no other kind.

mod ddl;

use super::{Class, Ddl, Kind};
use crate::model::{Attribute, Shape};

/// Tables, partitioned ones and partitions included.
pub(super) use ddl::{locks_attached, locks_detached};

pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CLASS,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl { holds_data: true, ..Ddl::new(ddl::address, ddl::create, ddl::drop, ddl::alter) },
};

const SHAPE: Shape = Shape {
    name: "table",
    plural: "tables",
    attributes: &[
        Attribute::plain("unlogged", "Whether it is not written to the log."),
        Attribute::plain("row_level_security", "Whether policies are applied."),
        Attribute::plain("force_row_level_security", "Whether policies are applied to the owner too."),
        Attribute::plain("partition_by", "The partition key of a partitioned table: `RANGE (created_at)`."),
        Attribute::plain("partition_of", "The table that it is a partition of."),
        Attribute::plain("partition_bound", "Which rows a partition holds: `FOR VALUES IN ('eu')`."),
        Attribute::plain("detach_pending", "Whether a concurrent detach was begun and not finished."),
        Attribute::plain("inherits", "The tables that it inherits from, in order."),
        Attribute::plain("of_type", "The composite type that a typed table follows."),
        Attribute::plain("options", "Storage parameters, those of its TOAST table as `toast.…`."),
        Attribute::plain("options_order", "The order of the options, where it is not that of their names.").when_declared(),
        Attribute::plain("access_method", "The access method, where it is not heap.").or("heap"),
        Attribute::plain(
            "partitions_access_method",
            "The access method that new partitions of a partitioned table have, where it is not the server's default then.",
        ),
        Attribute::plain("tablespace", "The tablespace, where it is not the database's."),
        Attribute::plain(
            "replica_identity",
            "What identifies a row for logical replication, where it is not the primary key: `full`, `nothing`, `using index …`.",
        ).or("default"),
        Attribute::plain("cluster_on", "The index that CLUSTER orders by."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};
