//! Foreign tables.
//!
//! Knows no connection and no other kind but its own columns.

use super::{Alteration, Class, Ddl, Kind, Lock, Risk, Site, Steps, foreign_options};
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

/// A column as CREATE FOREIGN TABLE has it; names of types and collations, and expressions, come as SQL from the server.
fn column(site: &Site) -> String {
    let mut text = format!("{} {}", Ident(site.name()), site.text("type").unwrap_or_default());
    text += &foreign_options::clause(site, "foreign_options");
    if let Some(collation) = site.text("collation") {
        text += &format!(" COLLATE {collation}");
    }
    if let (Some(expression), Some(kind)) = (site.text("generation_expression"), site.text("generated")) {
        text += &format!(" GENERATED ALWAYS AS ({expression}) {}", kind.to_uppercase());
    } else if let Some(default) = site.text("default")
        && !site.world.deferred.contains(site.id)
    {
        text += &format!(" DEFAULT {default}");
    }
    if site.flag("not_null") {
        text += " NOT NULL";
    }
    text
}

fn create(site: &Site, steps: &mut Steps) {
    let mut columns: Vec<Site> = site.children("column").collect();
    columns.sort_by_key(|column| column.value("position").and_then(serde_json::Value::as_i64));
    let inherits = site.list("inherits");
    // Children make the parent's columns their own when they come to it; made as partitions they would have no order.
    let columns: Vec<String> = columns.iter().map(column).collect();
    steps.run(format!(
        "CREATE {} ({}) SERVER {}{}",
        address(site),
        columns.join(", "),
        Ident(site.text("server").unwrap_or_default()),
        foreign_options::clause(site, "options")
    ));
    for parent in inherits {
        steps.run(format!("ALTER {} INHERIT {parent}", address(site)));
    }
    if let Some(parent) = site.text("partition_of") {
        let bound = site.text("partition_bound").unwrap_or_default();
        steps.run(format!("ALTER TABLE {parent} ATTACH PARTITION {} {bound}", site.sql()));
    }
    for column in site.children("column") {
        details(&column, steps);
    }
}

/// What of a column CREATE FOREIGN TABLE can't say.
fn details(column: &Site, steps: &mut Steps) {
    let alter = format!("ALTER FOREIGN TABLE {} ALTER COLUMN {}", column.parent_sql(), Ident(column.name()));
    if let Some(target) = column.number("statistics") {
        steps.run(format!("{alter} SET STATISTICS {target}"));
    }
    if let Some(storage) = column.text("storage") {
        steps.run(format!("{alter} SET STORAGE {}", storage.to_uppercase()));
    }
    let options: Vec<String> = column
        .map("options")
        .iter()
        .map(|(name, value)| format!("{} = {}", Ident(name), crate::base::Literal(value)))
        .collect();
    if !options.is_empty() {
        steps.run(format!("{alter} SET ({})", options.join(", ")));
    }
}

/// The rows are elsewhere and stay there.
fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks).lock(Lock::AccessExclusive, site.id);
}

/// Its server is for good.
fn alter(alteration: &mut Alteration, steps: &mut Steps) {
    let (before, after) = (alteration.before, alteration.after);
    if let Some(options) = foreign_options::change(alteration, "options") {
        steps.run(format!("ALTER {} {options}", address(&after))).lock(Lock::AccessExclusive, after.id);
    }
    if alteration.take_any(&["partition_of", "partition_bound"]) {
        if let Some(parent) = before.text("partition_of") {
            let sql = format!("ALTER TABLE {parent} DETACH PARTITION {}", after.sql());
            steps.run(sql).lock(Lock::AccessExclusive, after.id).risk(Risk::Breaks);
        }
        if let Some(parent) = after.text("partition_of") {
            let bound = after.text("partition_bound").unwrap_or_default();
            let sql = format!("ALTER TABLE {parent} ATTACH PARTITION {} {bound}", after.sql());
            steps.run(sql).lock(Lock::AccessExclusive, after.id);
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
            steps.run(format!("ALTER {} INHERIT {parent}", address(&after))).lock(Lock::AccessExclusive, after.id);
        }
    }
}
