//! Foreign data wrappers.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps, foreign_options};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// Foreign data wrappers.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_FOREIGN_DATA_WRAPPER,
    within: None,
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "foreign data wrapper",
    plural: "foreign_data_wrappers",
    attributes: &[
        Attribute::plain("handler", "The function that reads and writes for it, qualified."),
        Attribute::plain("validator", "The function that checks options, qualified."),
        Attribute::plain("options", "Options by name."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("FOREIGN DATA WRAPPER {}", Ident(site.name()))
}

/// ` HANDLER f`, or what says that there is none. The name comes qualified and quoted from the server.
fn function(site: &Site, attribute: &str, word: &str) -> String {
    site.text(attribute).map_or_else(|| format!(" NO {word}"), |name| format!(" {word} {name}"))
}

fn create(site: &Site, steps: &mut Steps) {
    steps.run(format!(
        "CREATE {}{}{}{}",
        address(site),
        function(site, "handler", "HANDLER"),
        function(site, "validator", "VALIDATOR"),
        foreign_options::clause(site, "options")
    ));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

fn alter(alteration: &mut Alteration, steps: &mut Steps) {
    let mut changes = String::new();
    for (attribute, word) in [("handler", "HANDLER"), ("validator", "VALIDATOR")] {
        if alteration.take(attribute) {
            changes += &function(&alteration.after, attribute, word);
        }
    }
    if let Some(options) = foreign_options::change(alteration, "options") {
        changes += &format!(" {options}");
    }
    if !changes.is_empty() {
        steps.run(format!("ALTER {}{changes}", address(&alteration.after)));
    }
}
