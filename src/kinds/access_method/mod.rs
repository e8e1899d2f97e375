//! Access methods of tables and indexes.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// Access methods of tables and indexes.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_AM,
    within: None,
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "access method",
    plural: "access_methods",
    attributes: &[
        Attribute::plain("type", "What it keeps: a `table` or an `index`."),
        Attribute::plain("handler", "The function that says how."),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("ACCESS METHOD {}", Ident(site.name()))
}

fn create(site: &Site, steps: &mut Steps) {
    steps.run(format!(
        "CREATE {} TYPE {} HANDLER {}",
        address(site),
        site.text("type").unwrap_or_default().to_uppercase(),
        site.text("handler").unwrap_or_default(),
    ));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// The server can change none of it.
fn alter(_: &mut Alteration, _: &mut Steps) {}
