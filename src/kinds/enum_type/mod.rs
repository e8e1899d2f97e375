//! Enumerated types.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps, swap};
use crate::base::Literal;
use crate::model::{Attribute, Shape};

/// Enumerated types.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_TYPE,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "enum",
    plural: "enums",
    attributes: &[
        Attribute::plain("labels", "The labels in their order."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: Some("labels"),
};

fn address(site: &Site) -> String {
    format!("TYPE {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let labels: Vec<_> = site.list("labels").into_iter().map(|label| Literal(label).to_string()).collect();
    steps.run(format!("CREATE {} AS ENUM ({})", address(site), labels.join(", ")));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// Labels that come are added where they belong. The server removes and moves none, and which of two labels was
/// renamed can't be told, so all else is a new type.
fn alter(change: &mut Alteration, steps: &mut Steps) {
    if !change.differs("labels") {
        return;
    }
    let (old, new) = (change.before.list("labels"), change.after.list("labels"));
    let kept: Vec<_> = new.iter().filter(|label| old.contains(label)).copied().collect();
    if kept != old {
        return swap::replace(change, steps, &KIND);
    }
    change.take("labels");
    for (at, label) in new.iter().enumerate().filter(|(_, label)| !old.contains(label)) {
        let place = match (at.checked_sub(1).map(|before| new[before]), old.first()) {
            (Some(before), _) if new[at..].iter().any(|later| old.contains(later)) => {
                format!(" AFTER {}", Literal(before))
            }
            (None, Some(first)) => format!(" BEFORE {}", Literal(first)),
            _ => String::new(),
        };
        // A label can't be used in the transaction that adds it.
        steps.run(format!("ALTER {} ADD VALUE {}{place}", address(&change.after), Literal(label))).outside();
    }
}
