//! Composite types of their own; their attributes are of kind `column`.
//!
//! Knows no connection and no other kind but its attributes'.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps, column, locking};
use crate::base::Ident;
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

fn type_of(attribute: &Site) -> String {
    let collation = attribute.text("collation").map(|name| format!(" COLLATE {name}")).unwrap_or_default();
    format!("{}{collation}", attribute.text("type").unwrap_or_default())
}

/// Makes an attribute; the statement that makes its type has made it already.
pub(super) fn create_attribute(attribute: &Site, steps: &mut Steps) {
    if attribute.parent_stands() {
        let definition = column::definition(attribute);
        let step = steps.run(format!("ALTER TYPE {} ADD ATTRIBUTE {definition} CASCADE", attribute.parent_sql()));
        locking::lock_typed(attribute, step);
    }
}

/// Removes an attribute, from typed tables too.
pub(super) fn drop_attribute(attribute: &Site, steps: &mut Steps) {
    let name = Ident(attribute.name());
    let step = steps.run(format!("ALTER TYPE {} DROP ATTRIBUTE {name} CASCADE", attribute.parent_sql()));
    step.risk(Risk::Breaks).risk_if(holds_values(attribute), Risk::LosesData);
    locking::lock_typed(attribute, step);
}

/// Changes an attribute, in typed tables too.
pub(super) fn alter_attribute(change: &mut Alteration, steps: &mut Steps) {
    change.take("position");
    let (before, after) = (change.before, change.after);
    if change.take_any(&["type", "collation"]) {
        if let Some(of) = before.object.parent.as_ref().filter(|of| is_stored(&before, of, 0)) {
            // The server changes no type of which it would have to write values anew.
            return steps.recreate_other(of);
        }
        let (of, name) = (after.parent_sql(), Ident(after.name()));
        let sql = format!("ALTER TYPE {of} ALTER ATTRIBUTE {name} SET DATA TYPE {} CASCADE", type_of(&after));
        locking::lock_typed(&after, steps.run(sql).risk(Risk::Breaks));
        steps.rebuild_dependents();
    }
}

/// Gives an attribute another name, in typed tables too.
pub(super) fn rename_attribute(attribute: &Site, to: &str, steps: &mut Steps) {
    let (of, name) = (attribute.parent_sql(), Ident(attribute.name()));
    let step = steps.run(format!("ALTER TYPE {of} RENAME ATTRIBUTE {name} TO {} CASCADE", Ident(to)));
    locking::lock_typed(attribute, step.risk(Risk::Breaks));
}

/// Whether a column of a table has the type, an array, domain or range of it, or another type that is made of it.
fn is_stored(site: &Site, of: &ObjectId, depth: usize) -> bool {
    let inside = |made: &ObjectId| depth < 16 && is_stored(site, made, depth + 1);
    site.catalog.objects.iter().filter(|(_, object)| object.needs.contains(of)).any(|(id, object)| {
        match (id.kind.as_str(), &object.parent) {
            ("domain" | "range type", _) => inside(id),
            ("column", Some(parent)) if parent != of => match parent.kind.as_str() {
                "table" => !is_typed(site, parent, of),
                "foreign table" | "materialized view" => true,
                "composite type" => inside(parent),
                _ => false,
            },
            _ => false,
        }
    })
}

/// Whether a table follows the type, which CASCADE is about.
fn is_typed(site: &Site, table: &ObjectId, of: &ObjectId) -> bool {
    let name = of.qualified();
    let table = site.catalog.objects.get(table);
    table.is_some_and(|table| table.attrs.get("of_type").and_then(|of| of.as_str()) == Some(name.as_str()))
}

/// Whether columns of tables hold values of the attribute's type.
fn holds_values(attribute: &Site) -> bool {
    let Some(of) = &attribute.object.parent else { return false };
    attribute.catalog.objects.iter().any(|(id, object)| {
        (id.kind == "column" || id.kind == "table") && object.parent.as_ref() != Some(of) && object.needs.contains(of)
    })
}
