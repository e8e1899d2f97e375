//! Procedures.
//!
//! Knows no connection and no other kind.

use super::{Class, Ddl, Kind, routine};
use crate::model::{Attribute, Shape};

/// Procedures.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_PROC,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(routine::address, routine::create, routine::drop, routine::alter),
};

const SHAPE: Shape = Shape {
    name: "procedure",
    plural: "procedures",
    attributes: &[
        Attribute::plain("arguments", "The arguments with names, modes and defaults."),
        Attribute::plain("language", "The language of the body."),
        Attribute::plain("security_definer", "Whether it runs with its owner's rights."),
        Attribute::plain("transforms", "The types that are transformed on the way in and out."),
        Attribute::plain("settings", "Settings in force while it runs, such as `search_path`."),
        Attribute::plain("settings_order", "The order of the settings, where it is not that of their names.")
            .when_declared(),
        Attribute::plain("library", "The library of a C procedure."),
        Attribute::text("body", "The body as it was written; the symbol of a C procedure."),
        Attribute::text("sql_body", "A body in SQL standard form, as the server writes it."),
        Attribute::set("extensions", "The extensions that it is removed with (`DEPENDS ON EXTENSION`)."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};
