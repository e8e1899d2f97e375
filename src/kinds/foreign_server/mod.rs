//! Foreign servers.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps, foreign_options};
use crate::base::{Ident, Literal};
use crate::model::{Attribute, Shape};

/// Foreign servers.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_FOREIGN_SERVER,
    within: None,
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "foreign server",
    plural: "foreign_servers",
    attributes: &[
        Attribute::plain("foreign_data_wrapper", "The foreign data wrapper that reaches it."),
        Attribute::plain("type", "Its type, a word for the foreign data wrapper."),
        Attribute::plain("version", "Its version, a word for the foreign data wrapper."),
        Attribute::plain("options", "Options by name."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: Some("foreign_data_wrapper"),
};

fn address(site: &Site) -> String {
    format!("SERVER {}", Ident(site.name()))
}

fn create(site: &Site, steps: &mut Steps) {
    let word = |attribute: &str, word: &str| {
        site.text(attribute).map(|text| format!(" {word} {}", Literal(text))).unwrap_or_default()
    };
    steps.run(format!(
        "CREATE {}{}{} FOREIGN DATA WRAPPER {}{}",
        address(site),
        word("type", "TYPE"),
        word("version", "VERSION"),
        Ident(site.text("foreign_data_wrapper").unwrap_or_default()),
        foreign_options::clause(site, "options")
    ));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// Its wrapper and its type are for good.
fn alter(alteration: &mut Alteration, steps: &mut Steps) {
    let mut changes = String::new();
    if alteration.take("version") {
        changes = alteration
            .after
            .text("version")
            .map_or_else(|| " VERSION NULL".to_owned(), |version| format!(" VERSION {}", Literal(version)));
    }
    if let Some(options) = foreign_options::change(alteration, "options") {
        changes += &format!(" {options}");
    }
    if !changes.is_empty() {
        steps.run(format!("ALTER {}{changes}", address(&alteration.after)));
    }
}
