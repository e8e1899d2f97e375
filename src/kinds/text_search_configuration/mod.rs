//! Text search configurations.
//!
//! Knows no connection and no other kind.

use super::write::definition;
use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// Text search configurations.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_TS_CONFIG,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "text search configuration",
    plural: "text_search_configurations",
    attributes: &[
        Attribute::plain("parser", "The parser that finds tokens."),
        Attribute::plain("mappings", "The dictionaries that are asked, in order, by type of token."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("TEXT SEARCH CONFIGURATION {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let parser = site.text("parser").map(str::to_owned);
    steps.run(definition(&format!("CREATE {}", address(site)), &[("PARSER", parser)]));
    for (token, dictionaries) in site.map("mappings") {
        map(site, "ADD", token, dictionaries, steps);
    }
}

fn map(site: &Site, verb: &str, token: &str, dictionaries: &str, steps: &mut Steps) {
    steps.run(format!("ALTER {} {verb} MAPPING FOR {} WITH {dictionaries}", address(site), Ident(token)));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

fn alter(change: &mut Alteration, steps: &mut Steps) {
    // Types of tokens are the parser's.
    if change.differs("parser") {
        return;
    }
    let old = change.before.map("mappings");
    let (set, reset) = change.options("mappings");
    for token in reset {
        steps.run(format!("ALTER {} DROP MAPPING FOR {}", address(&change.after), Ident(token)));
    }
    for (token, dictionaries) in set {
        let verb = if old.iter().any(|(known, _)| *known == token) { "ALTER" } else { "ADD" };
        map(&change.after, verb, token, dictionaries, steps);
    }
}
