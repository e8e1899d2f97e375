//! Foreign tables.
//!
//! Knows no connection and no other kind but its own columns.

use super::{Alteration, Class, Ddl, Kind, Lock, Risk, Site, Steps, column, foreign_options, lineage, locking, table};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// Foreign tables.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_CLASS,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "foreign table",
    plural: "foreign_tables",
    attributes: &[
        Attribute::plain("server", "The foreign server that has the rows."),
        Attribute::plain("options", "Options by name."),
        Attribute::plain("partition_of", "The table that it is a partition of."),
        Attribute::plain("partition_bound", "Which rows a partition holds: `FOR VALUES IN ('eu')`."),
        Attribute::plain("inherits", "The tables that it inherits from, in order."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("FOREIGN TABLE {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let inherits = site.list("inherits");
    // What is named is local: a child's columns that are only its parents' come with INHERITS.
    let is_named = |column: &Site| inherits.is_empty() || !column.flag("inherited");
    let mut columns: Vec<Site> = site.children("column").filter(is_named).collect();
    columns.sort_by_key(|column| column.value("position").and_then(serde_json::Value::as_i64));
    let columns: Vec<String> = columns.iter().map(column::definition).collect();
    let inherits = if inherits.is_empty() { String::new() } else { format!(" INHERITS ({})", inherits.join(", ")) };
    let step = steps.run(format!(
        "CREATE {} ({}){inherits} SERVER {}{}",
        address(site),
        columns.join(", "),
        Ident(site.text("server").unwrap_or_default()),
        foreign_options::clause(site, "options")
    ));
    if !inherits.is_empty() {
        for parent in lineage::parents(site) {
            locking::lock_one(site, parent.id, Lock::ShareUpdateExclusive, step);
        }
    }
    if let Some(parent) = site.text("partition_of") {
        let bound = site.text("partition_bound").unwrap_or_default();
        let step = steps.run(format!("ALTER TABLE ONLY {parent} ATTACH PARTITION {} {bound}", site.sql()));
        if lineage::joins_late(site) {
            step.later();
        }
        table::locks_attached(site, step);
    }
}

/// The rows are elsewhere and stay there.
fn drop(site: &Site, steps: &mut Steps) {
    let step = steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks).lock(Lock::AccessExclusive, site.id);
    if site.text("partition_of").is_some() {
        locking::lock_above(site, Lock::AccessExclusive, step);
    }
}

/// Its server is for good.
fn alter(alteration: &mut Alteration, steps: &mut Steps) {
    let (before, after) = (alteration.before, alteration.after);
    if let Some(options) = foreign_options::change(alteration, "options") {
        steps.run(format!("ALTER {} {options}", address(&after))).lock(Lock::AccessExclusive, after.id);
    }
    if alteration.take_any(&["partition_of", "partition_bound"]) {
        if let Some(parent) = before.text("partition_of") {
            let sql = format!("ALTER TABLE ONLY {parent} DETACH PARTITION {}", after.sql());
            table::locks_detached(&before, steps.run(sql).risk(Risk::Breaks));
        }
        if let Some(parent) = after.text("partition_of") {
            let bound = after.text("partition_bound").unwrap_or_default();
            let sql = format!("ALTER TABLE ONLY {parent} ATTACH PARTITION {} {bound}", after.sql());
            let step = steps.run(sql).lock(Lock::AccessExclusive, after.id);
            table::locks_attached(&after, step);
        }
    }
    if alteration.take("inherits") {
        let (old, new) = (before.list("inherits"), after.list("inherits"));
        let kept = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
        for parent in &old[kept..] {
            let sql = format!("ALTER {} NO INHERIT {parent}", address(&after));
            steps.run(sql).lock(Lock::AccessExclusive, after.id).risk(Risk::Breaks);
        }
        for parent in &new[kept..] {
            let step = steps.run(format!("ALTER {} INHERIT {parent}", address(&after)));
            step.lock(Lock::AccessExclusive, after.id);
            if let Some(parent) = lineage::parents(&after).into_iter().find(|one| one.sql() == *parent) {
                locking::lock_one(&after, parent.id, Lock::ShareUpdateExclusive, step);
            }
        }
    }
}
