//! Extended statistics.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Lock, Site, Steps};
use crate::model::{Attribute, ObjectId, Shape};

/// Extended statistics.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_STATISTIC_EXT,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "statistics",
    plural: "extended_statistics",
    attributes: &[
        Attribute::plain("table", "The table or materialized view that they are of."),
        Attribute::expression("columns", "The columns and expressions, in order."),
        Attribute::set("kinds", "Which kinds are gathered, where it is not all of them."),
        Attribute::plain("target", "The statistics target, where one is set."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("STATISTICS {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let kinds = site.list("kinds");
    let kinds = if kinds.is_empty() { String::new() } else { format!("({}) ", kinds.join(", ")) };
    let (columns, table) = (site.text("columns").unwrap_or_default(), site.text("table").unwrap_or_default());
    let step = steps.run(format!("CREATE STATISTICS {} {kinds}ON {columns} FROM {table}", site.sql()));
    if let Some(of) = of(site).filter(|of| site.stands(of)) {
        step.lock(Lock::ShareUpdateExclusive, of);
    }
    target(site, steps);
}

fn drop(site: &Site, steps: &mut Steps) {
    let step = steps.run(format!("DROP {}", address(site)));
    if let Some(of) = of(site) {
        step.lock(Lock::ShareUpdateExclusive, of);
    }
}

fn alter(change: &mut Alteration, steps: &mut Steps) {
    if change.take("target") {
        target_to(&change.after, steps);
    }
}

fn target(site: &Site, steps: &mut Steps) {
    if site.value("target").is_some() {
        target_to(site, steps);
    }
}

fn target_to(site: &Site, steps: &mut Steps) {
    let target = site.number("target").unwrap_or_else(|| "-1".to_owned());
    steps.run(format!("ALTER {} SET STATISTICS {target}", address(site)));
}

/// What they are of, which is among what they need.
fn of<'a>(site: &Site<'a>) -> Option<&'a ObjectId> {
    let table = site.text("table")?;
    site.object.needs.iter().find_map(|needed| {
        let relation = site.catalog.objects.get(needed)?.parent.as_ref().filter(|_| needed.kind == "column");
        relation.or(Some(needed)).filter(|id| id.qualified() == table)
    })
}
