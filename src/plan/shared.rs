//! What all kinds have in common: owner, comment and security labels, by the name that SQL has for an object.

use serde_json::{Map, Value};

use crate::base::{Ident, Literal};
use crate::kinds::{Class, Kind, Lock, Risk, Site, Step, Steps, in_place};
use crate::model::{Catalog, Object};

/// The attributes that are dealt with here.
pub(super) const ATTRIBUTES: &[&str] = &["owner", "comment", "security_labels"];

/// Says of an object just made what its own statements don't.
pub(super) fn create(kind: &Kind, site: &Site, steps: &mut Steps) {
    for attribute in ATTRIBUTES {
        set(kind, site, attribute, None, steps);
    }
}

/// Locks a relation, or that of a column, which the server does for no other kind.
fn lock(kind: &Kind, site: &Site, lock: Lock, step: &mut Step) {
    let relation = if kind.ddl.inline { site.object.parent.as_ref() } else { Some(site.id) };
    if let Some(relation) = relation.filter(|relation| kind.class == Class::PG_CLASS && site.stands(relation)) {
        step.lock(lock, relation);
    }
}

/// Changes one of the attributes from what it is.
pub(super) fn set(kind: &Kind, site: &Site, attribute: &str, before: Option<&Value>, steps: &mut Steps) {
    let after = site.object.attrs.get(attribute);
    let address = || (kind.ddl.address)(site);
    match attribute {
        "owner" => {
            // What is dropped with a column belongs to the table's owner, and goes over with the table.
            let owner_of = |catalog: &Catalog| catalog.objects.get(site.id).and_then(Object::owned_by);
            let follows = before.is_some()
                && site.object.owned_by().is_some_and(|column| {
                    owner_of(site.world.before).as_ref() == Some(&column) && site.stands(&column)
                });
            if let Some(owner) = after.and_then(Value::as_str).filter(|_| !follows) {
                let step = steps.run(in_place(site, format!("ALTER {} OWNER TO {}", address(), Ident(owner))));
                step.risk_if(before.is_some(), Risk::ChangesAccess);
                lock(kind, site, Lock::AccessExclusive, step);
            }
        }
        "comment" if before.is_some() || after.is_some() => {
            let text = after.and_then(Value::as_str).map_or("NULL".to_owned(), |text| Literal(text).to_string());
            let step = steps.run(in_place(site, format!("COMMENT ON {} IS {text}", address())));
            lock(kind, site, Lock::ShareUpdateExclusive, step);
        }
        "security_labels" => {
            let none = Map::new();
            let labels =
                |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_else(|| none.clone());
            let (before, after) = (labels(before), labels(after));
            for (provider, label) in &after {
                if let (true, Some(label)) = (before.get(provider) != Some(label), label.as_str()) {
                    steps.run(in_place(
                        site,
                        format!("SECURITY LABEL FOR {} ON {} IS {}", Ident(provider), address(), Literal(label)),
                    ));
                }
            }
            for provider in before.keys().filter(|provider| !after.contains_key(*provider)) {
                steps.run(in_place(site, format!("SECURITY LABEL FOR {} ON {} IS NULL", Ident(provider), address())));
            }
        }
        _ => {}
    }
}
