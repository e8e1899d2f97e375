//! Extensions; their members are no objects of their own.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::base::{Ident, Literal};
use crate::model::{Attribute, Shape};

/// Extensions; their members are no objects of their own.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_EXTENSION,
    within: None,
    ddl: Ddl::new(address, create, drop, alter),
};

/// Its owner is no attribute: it is who ran CREATE EXTENSION, for good, and no dump says who.
const SHAPE: Shape = Shape {
    name: "extension",
    plural: "extensions",
    attributes: &[
        Attribute::plain("schema", "The schema that its objects are in."),
        Attribute::plain("version", "The installed version.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: Some("version"),
};

fn address(site: &Site) -> String {
    format!("EXTENSION {}", Ident(site.name()))
}

fn create(site: &Site, steps: &mut Steps) {
    let schema = site.text("schema").map(|schema| format!(" SCHEMA {}", Ident(schema))).unwrap_or_default();
    let version = site.text("version").map(|version| format!(" VERSION {}", Literal(version))).unwrap_or_default();
    steps.run(format!("CREATE {}{schema}{version}", address(site)));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps
        .run(format!("DROP {}", address(site)))
        .risk(Risk::Breaks)
        .note("rows in tables of the extension's own go with it");
}

fn alter(alteration: &mut Alteration, steps: &mut Steps) {
    let (before, after) = (alteration.before, alteration.after);
    if alteration.take("version") {
        let (old, new) = (before.text("version").unwrap_or_default(), after.text("version").unwrap_or_default());
        if is_older(new, old) {
            // Extensions come with scripts that lead to later versions; one that leads back is rare.
            return steps.recreate("an extension can't go back to an older version");
        }
        steps.run(format!("ALTER {} UPDATE TO {}", address(&after), Literal(new))).risk(Risk::Breaks);
    }
    if alteration.take("schema") {
        let schema = Ident(after.text("schema").unwrap_or_default());
        steps.run(format!("ALTER {} SET SCHEMA {schema}", address(&after))).risk(Risk::Breaks);
    }
}

/// Whether a version is before another, number by number as far as they are numbers.
fn is_older(version: &str, than: &str) -> bool {
    let parts = |text: &str| -> Vec<(u64, String)> {
        text.split(['.', '-']).map(|part| (part.parse().unwrap_or(0), part.to_owned())).collect()
    };
    parts(version) < parts(than)
}

#[cfg(test)]
mod tests {
    use super::is_older;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(is_older("1.9", "1.10"));
        assert!(!is_older("1.10", "1.9"));
        assert!(is_older("1.4", "1.4.1"));
        assert!(!is_older("unpackaged", "unpackaged"));
    }
}
