//! Text search templates.
//!
//! Knows no connection and no other kind.

use super::write::definition;
use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::model::{Attribute, Shape};

/// Text search templates.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_TS_TEMPLATE,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "text search template",
    plural: "text_search_templates",
    attributes: &[
        Attribute::plain("init", "The function that reads a dictionary's options."),
        Attribute::plain("lexize", "The function that looks a token up."),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("TEXT SEARCH TEMPLATE {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let part = |attribute| site.text(attribute).map(str::to_owned);
    steps.run(definition(&format!("CREATE {}", address(site)), &[("INIT", part("init")), ("LEXIZE", part("lexize"))]));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// The server can change none of it.
fn alter(_: &mut Alteration, _: &mut Steps) {}
