//! Procedures.
//!
//! Reads attributes only; knows no connection and no other kind.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Kind, is_default, through};
use crate::model::{Attribute, Shape};

/// Procedures.
pub(super) const KIND: Kind = Kind { shape: &SHAPE, query: include_str!("query.sql"), canonical: through::<Attrs> };

const SHAPE: Shape = Shape {
    name: "procedure",
    plural: "procedures",
    attributes: &[
        Attribute::plain("arguments", "The arguments with names, modes and defaults."),
        Attribute::plain("language", "The language of the body."),
        Attribute::plain("security_definer", "Whether it runs with its owner's rights."),
        Attribute::set("transforms", "The types that are transformed on the way in and out."),
        Attribute::plain("settings", "Settings in force while it runs, such as `search_path`."),
        Attribute::plain("library", "The library of a C procedure."),
        Attribute::text("body", "The body as it was written; the symbol of a C procedure."),
        Attribute::text("sql_body", "A body in SQL standard form, as the server writes it."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attrs {
    #[serde(default, skip_serializing_if = "is_default")]
    arguments: String,
    language: String,
    #[serde(default, skip_serializing_if = "is_default")]
    security_definer: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    transforms: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    settings: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "is_default")]
    library: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    body: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    sql_body: Option<String>,
    owner: String,
    #[serde(default, skip_serializing_if = "is_default")]
    comment: Option<String>,
}
