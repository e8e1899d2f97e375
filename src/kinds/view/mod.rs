//! Views.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Lock, Risk, Site, Steps, changed_options, parameters};
use crate::model::{Attribute, Shape};

/// Views.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CLASS,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "view",
    plural: "views",
    attributes: &[
        Attribute::query("definition", "The query."),
        Attribute::plain("security_invoker", "Whether it reads with the caller's rights."),
        Attribute::plain("security_barrier", "Whether its conditions come before those of its user."),
        Attribute::plain(
            "check_option",
            "Whether rows written through it must be visible in it: `local` or `cascaded`.",
        ),
        Attribute::plain("options", "Options that are none of these, or not written as `true` or in lower case."),
        Attribute::plain("options_order", "The order of the options, where it is not that of their names.")
            .when_declared(),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: Some("definition"),
};

fn address(site: &Site) -> String {
    format!("VIEW {}", site.sql())
}

/// All its options as the server keeps them.
fn options<'a>(site: &Site<'a>) -> Vec<(&'a str, &'a str)> {
    let mut all = site.map("options");
    // By their names, unless the catalog has them in another order.
    for name in ["security_invoker", "security_barrier", "check_option"] {
        let value = if site.flag(name) { Some("true") } else { site.text(name) };
        if let Some(value) = value.filter(|_| all.iter().all(|(other, _)| *other != name)) {
            all.push((name, value));
        }
    }
    all.sort_unstable();
    site.in_order("options", &mut all);
    all
}

fn definition(site: &Site, verb: &str) -> String {
    let query = site.text("definition").unwrap_or_default();
    format!("{verb} VIEW {}{} AS\n{query}", site.sql(), parameters::with(&options(site)))
}

fn create(site: &Site, steps: &mut Steps) {
    steps.run(definition(site, "CREATE"));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).lock(Lock::AccessExclusive, site.id).risk(Risk::Breaks);
}

/// A view's query can be exchanged as long as its columns stay and new ones come last.
fn alter(change: &mut Alteration, steps: &mut Steps) {
    let (before, after) = (change.before, change.after);
    let query = change.take("definition");
    if query && !columns(&after).starts_with(&columns(&before)) {
        return steps.recreate("a view's columns can't be changed, except that more come last");
    }
    let access = change.take("security_invoker");
    change.take_any(&["security_barrier", "check_option", "options", "options_order"]);
    let (old, new) = (options(&before), options(&after));
    if query {
        steps
            .run(definition(&after, "CREATE OR REPLACE"))
            .lock(Lock::AccessExclusive, after.id)
            .risk_if(access, Risk::ChangesAccess);
        return;
    }
    for clause in parameters::changes(&changed_options(&old, &new)) {
        let step = steps.run(format!("ALTER {} {clause}", address(&after)));
        step.lock(Lock::AccessExclusive, after.id).risk_if(access, Risk::ChangesAccess);
    }
}

/// Names, types and collations, in order.
fn columns<'a>(site: &Site<'a>) -> Vec<(&'a str, Option<&'a str>, Option<&'a str>)> {
    let mut columns: Vec<Site> = site.children("column").collect();
    columns.sort_by_key(|column| column.value("position").and_then(serde_json::Value::as_i64));
    columns.iter().map(|column| (column.name(), column.text("type"), column.text("collation"))).collect()
}
