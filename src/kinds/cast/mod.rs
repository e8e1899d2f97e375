//! Casts between types.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::model::ObjectId;
use crate::model::{Attribute, Shape};

/// Casts between types.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CAST,
    within: None,
    ddl: Ddl { rename: Some(rename), ..Ddl::new(address, create, drop, alter) },
};

const SHAPE: Shape = Shape {
    name: "cast",
    plural: "casts",
    attributes: &[
        Attribute::plain("function", "The function that converts."),
        Attribute::plain("method", "How it converts without one: `inout`, through text, or `binary`, not at all."),
        Attribute::plain("context", "Where it applies unasked: `assignment`, or `implicit` for everywhere."),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("CAST {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let how = match (site.text("function"), site.text("method")) {
        (Some(function), _) => format!("WITH FUNCTION {function}"),
        (None, Some("inout")) => "WITH INOUT".to_owned(),
        (None, _) => "WITHOUT FUNCTION".to_owned(),
    };
    let context = site.text("context").map(|context| format!(" AS {}", context.to_uppercase())).unwrap_or_default();
    steps.run(format!("CREATE {} {how}{context}", address(site)));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// The server can change none of it.
fn alter(_: &mut Alteration, _: &mut Steps) {}

/// Its name is that of its types, and changes with them.
fn rename(_: &Site, _: &ObjectId, _: &mut Steps) {}
