//! Operator classes, with the members that they can't do without.
//!
//! Knows no connection and no other kind.

use super::operator_family;
use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::base::{Ident, Path};
use crate::model::{Attribute, Shape};

/// Operator classes, with the members that they can't do without.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_OPCLASS,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "operator class",
    plural: "operator_classes",
    attributes: &[
        Attribute::plain("type", "The type that it is for."),
        Attribute::plain("default", "Whether it is used for the type unless another is named."),
        Attribute::plain("family", "The operator family, where it does not have the class's own name."),
        Attribute::plain("storage", "The type that the index keeps, where it is another."),
        Attribute::plain("operators", "The operators by strategy and types."),
        Attribute::plain("functions", "The support functions by number and types."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("OPERATOR CLASS {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let Some((method, path)) = site.id.path.split_last() else { return };
    let family = site.text("family").map_or_else(|| Path(path).to_string(), str::to_owned);
    let mut parts = operator_family::members(&site.map("operators"), &site.map("functions"));
    // One without members has to say something: that it keeps the type as it is.
    if let Some(kept) = site.text("storage").or_else(|| site.text("type").filter(|_| parts.is_empty())) {
        parts.push(format!("STORAGE {kept}"));
    }
    steps.run(format!(
        "CREATE OPERATOR CLASS {} {}FOR TYPE {} USING {} FAMILY {family} AS {}",
        Path(path),
        if site.flag("default") { "DEFAULT " } else { "" },
        site.text("type").unwrap_or_default(),
        Ident(method),
        parts.join(", "),
    ));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// The server can change none of it.
fn alter(_: &mut Alteration, _: &mut Steps) {}
