//! Triggers of tables and views, constraint triggers included.
//!
//! Reads attributes only; knows no connection and no other kind.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Kind, is_default, through};
use crate::model::{Attribute, Shape};

/// Triggers of tables and views, constraint triggers included.
pub(super) const KIND: Kind = Kind { shape: &SHAPE, query: include_str!("query.sql"), canonical: through::<Attrs> };

const SHAPE: Shape = Shape {
    name: "trigger",
    plural: "triggers",
    attributes: &[
        Attribute::plain("timing", "`before`, `after` or `instead of`."),
        Attribute::set("events", "INSERT, UPDATE, DELETE, TRUNCATE."),
        Attribute::set("columns", "The columns of UPDATE OF."),
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
        Attribute::plain("inherited", "Whether it is a partition's copy of its parent's trigger.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attrs {
    timing: String,
    events: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    columns: BTreeSet<String>,
    level: String,
    #[serde(default, skip_serializing_if = "is_default")]
    when: Option<String>,
    function: String,
    #[serde(default, skip_serializing_if = "is_default")]
    arguments: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    constraint: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    deferrable: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    initially_deferred: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    references: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    old_table: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    new_table: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    enabled: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    inherited: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    comment: Option<String>,
}
