//! Materialized views.
//!
//! Reads attributes only; knows no connection and no other kind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Kind, is_default, is_true, through, yes};
use crate::model::{Attribute, Shape};

/// Materialized views.
pub(super) const KIND: Kind = Kind { shape: &SHAPE, query: include_str!("query.sql"), canonical: through::<Attrs> };

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
    ],
    shorthand: Some("definition"),
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attrs {
    definition: String,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    populated: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    options: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "is_default")]
    access_method: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    tablespace: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    cluster_on: Option<String>,
    owner: String,
    #[serde(default, skip_serializing_if = "is_default")]
    comment: Option<String>,
}
