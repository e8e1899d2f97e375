//! Columns of tables, views and materialized views, and the attributes of composite types.
//!
//! Reads attributes only; knows no connection and no other kind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Kind, is_default, through};
use crate::model::{Attribute, Shape};

/// Columns of tables, views and materialized views, and the attributes of composite types.
pub(super) const KIND: Kind = Kind { shape: &SHAPE, query: include_str!("query.sql"), canonical: through::<Attrs> };

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
        Attribute::plain("inherited", "Whether it exists only because a parent table has it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: Some("type"),
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attrs {
    position: u32,
    r#type: String,
    #[serde(default, skip_serializing_if = "is_default")]
    collation: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    not_null: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    default: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    generated: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    generation_expression: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    identity: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    identity_sequence: IdentitySequence,
    #[serde(default, skip_serializing_if = "is_default")]
    storage: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    compression: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    statistics: Option<i32>,
    #[serde(default, skip_serializing_if = "is_default")]
    options: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "is_default")]
    inherited: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    comment: Option<String>,
}

/// The options of the sequence behind an identity column, each only where it is not what the server chooses.
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentitySequence {
    #[serde(default, skip_serializing_if = "is_default")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    r#type: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    start: Option<i64>,
    #[serde(default, skip_serializing_if = "is_default")]
    increment: Option<i64>,
    #[serde(default, skip_serializing_if = "is_default")]
    min_value: Option<i64>,
    #[serde(default, skip_serializing_if = "is_default")]
    max_value: Option<i64>,
    #[serde(default, skip_serializing_if = "is_default")]
    cache: Option<i64>,
    #[serde(default, skip_serializing_if = "is_default")]
    cycle: bool,
}
