//! The SQL of sequences.

use super::super::counting::Counting;
use super::super::{Alteration, Risk, Site, Steps};
use crate::base::Ident;

const OPTIONS: &[&str] = &["type", "start", "increment", "min_value", "max_value", "cache", "cycle"];

pub(super) fn address(site: &Site) -> String {
    format!("SEQUENCE {}", site.sql())
}

pub(super) fn create(site: &Site, steps: &mut Steps) {
    let unlogged = if site.flag("unlogged") { "UNLOGGED " } else { "" };
    let counting = Counting::new(&site.object.attrs, "bigint");
    let mut sql = format!("CREATE {unlogged}SEQUENCE {}", site.sql());
    if let Some(name) = site.text("type") {
        sql += &format!(" AS {name}");
    }
    for option in counting.options() {
        sql.push(' ');
        sql += &option;
    }
    steps.run(sql);
    if owner_stands(site) {
        same_owner(site, steps);
    }
    own(site, steps);
}

/// Only a table of the same owner can own it.
fn same_owner(site: &Site, steps: &mut Steps) {
    if let Some(owner) = site.text("owner") {
        steps.run(format!("ALTER {} OWNER TO {}", address(site), Ident(owner)));
    }
}

pub(super) fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks).risk(Risk::LosesData);
}

pub(super) fn alter(change: &mut Alteration, steps: &mut Steps) {
    let (before, after) = (change.before, change.after);
    if change.take("owned_by") && (after.text("owned_by").is_none() || !owner_stands(&after)) {
        steps.run(format!("ALTER {} OWNED BY NONE", address(&after)));
    }
    if change.take("unlogged") {
        let to = if after.flag("unlogged") { "UNLOGGED" } else { "LOGGED" };
        steps.run(format!("ALTER {} SET {to}", address(&after))).risk(Risk::Rewrites);
    }
    if change.take_any(OPTIONS) {
        let old = Counting::new(&before.object.attrs, "bigint");
        let changes = Counting::new(&after.object.attrs, "bigint").changes(&old);
        if !changes.options.is_empty() {
            let step = steps.run(format!("ALTER {} {}", address(&after), changes.options.join(" ")));
            step.risk_if(changes.restarts, Risk::LosesData);
        }
    }
    if before.text("owned_by") != after.text("owned_by") {
        if before.text("owner") != after.text("owner") {
            same_owner(&after, steps);
        }
        own(&after, steps);
    }
}

fn owner_stands(site: &Site) -> bool {
    site.object.owned_by().is_some_and(|column| site.stands(&column))
}

/// Binds it to its column, which has to be there. The column does it where it is made later and needs the sequence.
fn own(site: &Site, steps: &mut Steps) {
    let Some(column) = site.object.owned_by() else { return };
    let stands = site.stands(&column);
    let needed = site.catalog.objects.get(&column).is_some_and(|column| column.needs.contains(site.id));
    if stands || !needed {
        let step = steps.run(format!("ALTER {} OWNED BY {}", address(site), column.qualified()));
        if !stands {
            step.later();
        }
    }
}
