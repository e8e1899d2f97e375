//! Types that are declared and not defined.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::model::{Attribute, Shape};

/// Types that are declared and not defined.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_TYPE,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "shell type",
    plural: "shell_types",
    attributes: &[
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("TYPE {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    steps.run(format!("CREATE {}", address(site)));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// Nothing but what all kinds share can differ.
fn alter(_: &mut Alteration, _: &mut Steps) {}
