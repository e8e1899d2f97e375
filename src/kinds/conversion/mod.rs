//! Conversions between encodings.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::base::Literal;
use crate::model::{Attribute, Shape};

/// Conversions between encodings.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CONVERSION,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "conversion",
    plural: "conversions",
    attributes: &[
        Attribute::plain("from_encoding", "The encoding that it reads."),
        Attribute::plain("to_encoding", "The encoding that it writes."),
        Attribute::plain("function", "The function that converts."),
        Attribute::plain("default", "Whether it is used unless another is named."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("CONVERSION {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    steps.run(format!(
        "CREATE {}{} FOR {} TO {} FROM {}",
        if site.flag("default") { "DEFAULT " } else { "" },
        address(site),
        Literal(site.text("from_encoding").unwrap_or_default()),
        Literal(site.text("to_encoding").unwrap_or_default()),
        site.text("function").unwrap_or_default(),
    ));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// The server can change none of it.
fn alter(_: &mut Alteration, _: &mut Steps) {}
