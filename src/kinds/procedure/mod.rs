//! Procedures.
//!
//! Knows no connection and no other kind.

use super::ddl::PENDING;
use super::{Class, Kind};
use crate::model::{Attribute, Shape};

/// Procedures.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_PROC,
    within: Some(Class::PG_NAMESPACE),
    ddl: PENDING,
};

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
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};
