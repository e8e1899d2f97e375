//! Triggers of tables and views, constraint triggers included.
//!
//! Knows no connection and no other kind.

use super::{Class, Kind};
use crate::model::{Attribute, Shape};

mod ddl;

/// Triggers of tables and views, constraint triggers included.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_TRIGGER,
    within: Some(Class::PG_CLASS),
    ddl: ddl::DDL,
};

const SHAPE: Shape = Shape {
    name: "trigger",
    plural: "triggers",
    attributes: &[
        Attribute::plain("timing", "`before`, `after` or `instead of`."),
        Attribute::set("events", "INSERT, UPDATE, DELETE, TRUNCATE."),
        Attribute::plain("columns", "The columns of UPDATE OF, in order."),
        Attribute::plain("level", "`row` or `statement`."),
        Attribute::expression("when", "The condition, over OLD and NEW."),
        Attribute::plain("function", "The function that it calls."),
        Attribute::plain("arguments", "The arguments that it passes."),
        Attribute::plain("constraint", "Whether it is a constraint trigger."),
        Attribute::plain("deferrable", "Whether a constraint trigger may wait for the end of the transaction."),
        Attribute::plain("initially_deferred", "Whether a constraint trigger waits unless told otherwise."),
        Attribute::plain("references", "The table that FROM names in a constraint trigger."),
        Attribute::plain("old_table", "The name of the transition table of old rows."),
        Attribute::plain("new_table", "The name of the transition table of new rows."),
        Attribute::plain("enabled", "When it fires, where it is not `origin`: `disabled`, `replica`, `always`.")
            .or("origin"),
        Attribute::set("extensions", "The extensions that it is removed with (`DEPENDS ON EXTENSION`)."),
        Attribute::plain("inherited", "Whether it is a partition's copy of its parent's trigger.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};
