//! Schemas.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// Schemas.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_NAMESPACE,
    within: None,
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "schema",
    plural: "schemas",
    attributes: &[
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("SCHEMA {}", Ident(site.name()))
}

fn create(site: &Site, steps: &mut Steps) {
    // Every database begins with `public`, and a copy of one may have it already.
    let guard = if site.name() == "public" { "IF NOT EXISTS " } else { "" };
    steps.run(format!("CREATE SCHEMA {guard}{}", Ident(site.name())));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// Nothing but what all kinds share can differ.
fn alter(_: &mut Alteration, _: &mut Steps) {}
