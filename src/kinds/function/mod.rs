//! Functions, window functions included.
//!
//! Knows no connection and no other kind.

use super::{Class, Ddl, Kind, Site, Steps, routine, support};
use crate::model::{Attribute, Shape};

/// Functions, window functions included.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_PROC,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(routine::address, create, drop, routine::alter),
};

const SHAPE: Shape = Shape {
    name: "function",
    plural: "functions",
    attributes: &[
        Attribute::plain("arguments", "The arguments with names, modes and defaults."),
        Attribute::plain("returns", "The result: `void`, `SETOF ops.runs`, `TABLE(id uuid)`."),
        Attribute::plain("language", "The language of the body."),
        Attribute::plain("volatility", "`immutable` or `stable`, where it is not volatile.").or("volatile"),
        Attribute::plain("strict", "Whether a NULL argument gives NULL without a call."),
        Attribute::plain("security_definer", "Whether it runs with its owner's rights."),
        Attribute::plain("leakproof", "Whether it is trusted to tell nothing of its arguments."),
        Attribute::plain("parallel", "`safe` or `restricted`, where it is not unsafe.").or("unsafe"),
        Attribute::plain("cost", "The estimated cost, where it is not the default."),
        Attribute::plain("rows", "The estimated number of rows, where it is not the default."),
        Attribute::plain("window", "Whether it is a window function."),
        Attribute::plain("support", "The planner support function."),
        Attribute::plain("transforms", "The types that are transformed on the way in and out."),
        Attribute::plain("settings", "Settings in force while it runs, such as `search_path`."),
        Attribute::plain("settings_order", "The order of the settings, where it is not that of their names.")
            .when_declared(),
        Attribute::plain("library", "The library of a C function."),
        Attribute::text("body", "The body as it was written; the symbol of a C function."),
        Attribute::text("sql_body", "A body in SQL standard form, as the server writes it."),
        Attribute::set("extensions", "The extensions that it is removed with (`DEPENDS ON EXTENSION`)."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};

/// Makes it, unless the type that can't be without it does.
fn create(site: &Site, steps: &mut Steps) {
    if !support::is_made_with_type(site) {
        routine::create(site, steps);
    }
}

fn drop(site: &Site, steps: &mut Steps) {
    if !support::is_made_with_type(site) {
        routine::drop(site, steps);
    }
}
