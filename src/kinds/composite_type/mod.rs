//! Composite types of their own; their attributes are of kind `column`.
//!
//! Knows no connection and no other kind but its attributes'.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps, column};
use crate::model::{Attribute, ObjectId, Shape};

/// Composite types of their own; their attributes are of kind `column`.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CLASS,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "composite type",
    plural: "composite_types",
    attributes: &[
        Attribute::plain("attributes", "The names of its attributes in their order.").when_declared(),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("TYPE {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let path = site.id.path.iter().map(String::as_str);
    let attributes = site.list("attributes").into_iter().filter_map(|name| {
        let id = ObjectId::new("column", path.clone().chain([name]));
        site.at(&id).map(|attribute| column::definition(&attribute))
    });
    let attributes: Vec<_> = attributes.collect();
    steps.run(format!("CREATE {} AS ({})", address(site), attributes.join(", ")));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// New attributes come last. An order that adding and removing does not lead to is a new type.
fn alter(change: &mut Alteration, steps: &mut Steps) {
    let (old, new) = (change.before.list("attributes"), change.after.list("attributes"));
    if !change.take("attributes") {
        return;
    }
    let kept = old.iter().filter(|name| new.contains(name));
    let added = new.iter().filter(|name| !old.contains(name));
    if !kept.chain(added).eq(new.iter()) {
        steps.recreate("the attributes of a composite type can't be put in another order");
    }
}
