//! Collations.
//!
//! Knows no connection and no other kind.

use super::swap;
use super::write::definition;
use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::base::Literal;
use crate::model::{Attribute, Shape};

/// Collations.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_COLLATION,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "collation",
    plural: "collations",
    attributes: &[
        Attribute::plain("provider", "Who compares, where it is not the operating system: `icu` or `builtin`."),
        Attribute::plain("lc_collate", "The operating system's locale that sorts."),
        Attribute::plain("lc_ctype", "The operating system's locale that tells letters."),
        Attribute::plain("locale", "The locale of another provider."),
        Attribute::plain("rules", "Rules beside the locale's, from PostgreSQL 16."),
        Attribute::plain("deterministic", "False where texts that differ in bytes may be equal.").or("true"),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("COLLATION {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let quoted = |attribute| site.text(attribute).map(|text| Literal(text).to_string());
    steps.run(definition(
        &format!("CREATE {}", address(site)),
        &[
            ("PROVIDER", Some(site.text("provider").unwrap_or("libc").to_owned())),
            ("LOCALE", quoted("locale")),
            ("LC_COLLATE", quoted("lc_collate")),
            ("LC_CTYPE", quoted("lc_ctype")),
            ("DETERMINISTIC", (!site.flag_or_true("deterministic")).then(|| "false".to_owned())),
            ("RULES", quoted("rules")),
        ],
    ));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// The server changes none of it, but what is compared by it can be moved to one made anew.
fn alter(change: &mut Alteration, steps: &mut Steps) {
    swap::replace(change, steps, &KIND);
}
