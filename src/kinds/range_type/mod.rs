//! Range types, each with its multirange type.
//!
//! Knows no connection and no other kind.

use super::write::definition;
use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps, support, swap};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// Range types, each with its multirange type.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_TYPE,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "range type",
    plural: "range_types",
    attributes: &[
        Attribute::plain("subtype", "The type of the bounds."),
        Attribute::plain("operator_class", "How bounds are ordered, where it is not the type's default."),
        Attribute::plain("collation", "The collation of the bounds, where it is not the type's own."),
        Attribute::plain("canonical", "The function that makes equal ranges the same."),
        Attribute::plain("subtype_diff", "The function that tells how far bounds are apart."),
        Attribute::plain("multirange", "The name of the multirange type."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: Some("subtype"),
};

fn address(site: &Site) -> String {
    format!("TYPE {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    support::create(site, steps);
    let part = |attribute| site.text(attribute).map(str::to_owned);
    steps.run(definition(
        &format!("CREATE {} AS RANGE", address(site)),
        &[
            ("SUBTYPE", part("subtype")),
            ("SUBTYPE_OPCLASS", part("operator_class")),
            ("COLLATION", part("collation")),
            ("CANONICAL", part("canonical")),
            ("SUBTYPE_DIFF", part("subtype_diff")),
            ("MULTIRANGE_TYPE_NAME", part("multirange")),
        ],
    ));
}

fn drop(site: &Site, steps: &mut Steps) {
    let cascade = if support::functions(site).is_empty() { "" } else { " CASCADE" };
    steps.run(format!("DROP {}{cascade}", address(site))).risk(Risk::Breaks);
}

/// Only the multirange type's name can be changed.
fn alter(change: &mut Alteration, steps: &mut Steps) {
    let (before, after) = (change.before.text("multirange"), change.after.text("multirange"));
    let path = |name: Option<&str>| name.and_then(|name| crate::base::parse_path(name).ok()).unwrap_or_default();
    let only_name = change.pending().all(|name| ["multirange", "owner", "comment", "security_labels"].contains(&name));
    match (&path(before)[..], &path(after)[..]) {
        ([old_schema, _], [schema, name]) if only_name && old_schema == schema && change.take("multirange") => {
            steps
                .run(format!("ALTER TYPE {} RENAME TO {}", before.unwrap_or_default(), Ident(name)))
                .risk(Risk::Breaks);
            steps.rebuild_dependents();
        }
        _ => swap::replace(change, steps, &KIND),
    }
}
