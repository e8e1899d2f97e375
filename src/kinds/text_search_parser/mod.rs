//! Text search parsers.
//!
//! Knows no connection and no other kind.

use super::write::definition;
use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::model::{Attribute, Shape};

/// Text search parsers.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_TS_PARSER,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "text search parser",
    plural: "text_search_parsers",
    attributes: &[
        Attribute::plain("start", "The function that begins."),
        Attribute::plain("gettoken", "The function that gives the next token."),
        Attribute::plain("end", "The function that ends."),
        Attribute::plain("headline", "The function that cuts out what was found."),
        Attribute::plain("lextypes", "The function that names the types of tokens."),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("TEXT SEARCH PARSER {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let part = |attribute| site.text(attribute).map(str::to_owned);
    steps.run(definition(
        &format!("CREATE {}", address(site)),
        &[
            ("START", part("start")),
            ("GETTOKEN", part("gettoken")),
            ("END", part("end")),
            ("HEADLINE", part("headline")),
            ("LEXTYPES", part("lextypes")),
        ],
    ));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// The server can change none of it.
fn alter(_: &mut Alteration, _: &mut Steps) {}
