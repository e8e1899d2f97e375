//! Constraints of tables and domains.
//!
//! Knows no connection and no other kind.

mod ddl;
mod key;
mod not_null;

pub use not_null::becomes_own;
pub(super) use not_null::{
    clause as not_null_clause, is_demanded_above, name_of_parent as not_null_name_of_parent, of_column as not_null_of,
    of_new as not_null_of_new,
};

use super::{Class, Ddl, Kind};
use crate::model::{Attribute, Shape};

/// Constraints of tables and domains.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CONSTRAINT,
    within: Some(Class::PG_CLASS),
    ddl: Ddl {
        rename: Some(ddl::rename),
        held_by: Some(key::held_by),
        ..Ddl::new(ddl::address, ddl::create, ddl::drop, ddl::alter)
    },
};

const SHAPE: Shape = Shape {
    name: "constraint",
    plural: "constraints",
    attributes: &[
        Attribute::plain("type", "`primary key`, `unique`, `check`, `foreign key`, `exclusion` or `not null`."),
        Attribute::plain("definition", "The whole constraint as the server writes it.").when_declared(),
        Attribute::plain("columns", "The columns of a key, in order."),
        Attribute::plain("include", "The columns that the index of a key only carries."),
        Attribute::plain("exclusion", "What an exclusion constraint says after EXCLUDE."),
        Attribute::plain(
            "period",
            "Whether the last column of a key is a range that may not overlap, or must be covered.",
        ),
        Attribute::plain("references", "The table that a foreign key refers to."),
        Attribute::plain("referenced_columns", "The columns that a foreign key refers to, in order."),
        Attribute::plain(
            "on_update",
            "What a foreign key does when the referenced key changes, where it is not `no action`.",
        )
        .or("no action"),
        Attribute::plain(
            "on_delete",
            "What a foreign key does when the referenced row goes, where it is not `no action`.",
        )
        .or("no action"),
        Attribute::plain("on_delete_columns", "The only columns that ON DELETE SET NULL or SET DEFAULT sets."),
        Attribute::plain("match", "How a foreign key treats NULL, where it is not `simple`.").or("simple"),
        Attribute::expression("expression", "What a check demands."),
        Attribute::plain("deferrable", "Whether its check may wait for the end of the transaction."),
        Attribute::plain(
            "initially_deferred",
            "Whether its check waits for the end of the transaction unless told otherwise.",
        ),
        Attribute::plain("validated", "False where rows from before it were never checked (NOT VALID).").or("true"),
        Attribute::plain("enforced", "False where it is only declared (NOT ENFORCED, from PostgreSQL 18).").or("true"),
        Attribute::plain("no_inherit", "Whether child tables are spared."),
        Attribute::plain("inherited", "Whether it exists only because a parent table has it.").when_declared(),
        Attribute::plain("nulls_not_distinct", "Whether NULL equals NULL in a unique constraint."),
        Attribute::plain("options", "Storage parameters of the index behind it."),
        Attribute::plain("options_order", "The order of the options, where it is not that of their names.")
            .when_declared(),
        Attribute::plain("tablespace", "The tablespace of the index behind it."),
        Attribute::plain("index_valid", "False where the index behind it can not be used.").or("true"),
        Attribute::plain("partition_of", "The constraint or index of the partitioned table that it is attached to.")
            .when_declared(),
        Attribute::plain("statistics", "Statistics targets of the index behind it, by position, where set."),
        Attribute::plain("index_comment", "The comment on the index behind it.").when_declared(),
        Attribute::plain("triggers_disabled", "Whether the triggers that enforce it are switched off."),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};
