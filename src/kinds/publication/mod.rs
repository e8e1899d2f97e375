//! Publications: which tables' changes are sent to subscribers.
//!
//! Knows no connection and no other kind.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Alteration, Class, Ddl, Kind, Lock, Risk, Site, Step, Steps};
use crate::base::{Ident, Literal, parse_path};
use crate::model::{Attribute, ObjectId, Shape};

/// Publications.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_PUBLICATION,
    within: None,
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "publication",
    plural: "publications",
    attributes: &[
        Attribute::plain("all_tables", "Whether every table is published."),
        Attribute::plain("tables", "The tables, each with its `columns` and the rows `where` which condition holds."),
        Attribute::set("schemas", "The schemas of which every table is published."),
        Attribute::set("publish", "The commands that are published, where not all of them are."),
        Attribute::plain("via_partition_root", "Whether a partition's changes are published as those of its root."),
        Attribute::plain("generated_columns", "Whether `stored` generated columns are published."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};

const EVERYTHING: &str = "insert, update, delete, truncate";

fn address(site: &Site) -> String {
    format!("PUBLICATION {}", Ident(site.name()))
}

/// The tables and schemas as `FOR`, `ADD` and `SET` take them; table names and conditions come as SQL from the server.
fn members(site: &Site) -> Vec<String> {
    let tables = site.value("tables").and_then(Value::as_object);
    let tables = tables.into_iter().flatten().map(|(table, of)| member(table, of));
    let schemas = site.list("schemas");
    let schemas = schemas.iter().map(|schema| format!("TABLES IN SCHEMA {}", Ident(schema)));
    tables.chain(schemas).collect()
}

fn member(table: &str, of: &Value) -> String {
    let columns: Vec<String> = of
        .get("columns")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(|column| Ident(column).to_string())
        .collect();
    let columns = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
    let condition = of.get("where").and_then(Value::as_str).map(|condition| format!(" WHERE ({condition})"));
    format!("TABLE ONLY {table}{columns}{}", condition.unwrap_or_default())
}

fn publish(site: &Site) -> String {
    let commands = match site.list("publish") {
        all if all.is_empty() => EVERYTHING.to_owned(),
        // What publishes nothing says so: an empty list would be the default.
        none if none == ["none"] => String::new(),
        some => some.join(", "),
    };
    format!("publish = {}", Literal(&commands))
}

fn create(site: &Site, steps: &mut Steps) {
    let members = members(site);
    let what = match (site.flag("all_tables"), members.is_empty()) {
        (true, _) => " FOR ALL TABLES".to_owned(),
        (false, true) => String::new(),
        (false, false) => format!(" FOR {}", members.join(", ")),
    };
    let mut options = Vec::new();
    if site.value("publish").is_some() {
        options.push(publish(site));
    }
    if site.flag("via_partition_root") {
        options.push("publish_via_partition_root = true".to_owned());
    }
    if let Some(which) = site.text("generated_columns") {
        options.push(format!("publish_generated_columns = {which}"));
    }
    let options = if options.is_empty() { String::new() } else { format!(" WITH ({})", options.join(", ")) };
    locks(&[site], steps.run(format!("CREATE {}{what}{options}", address(site))));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

fn alter(alteration: &mut Alteration, steps: &mut Steps) {
    let after = alteration.after;
    if alteration.take("all_tables") {
        return steps.recreate("a publication is for all tables or for a list of them from the start");
    }
    if alteration.take_any(&["tables", "schemas"]) {
        let members = members(&after);
        if members.is_empty() {
            empty(alteration, steps);
        } else {
            let step = steps.run(format!("ALTER {} SET {}", address(&after), members.join(", ")));
            locks(&[&alteration.before, &after], step.risk(Risk::Breaks));
        }
    }
    let mut options = Vec::new();
    if alteration.take("publish") {
        options.push(publish(&after));
    }
    if alteration.take("via_partition_root") {
        options.push(format!("publish_via_partition_root = {}", after.flag("via_partition_root")));
    }
    if alteration.take("generated_columns") {
        options.push(format!("publish_generated_columns = {}", after.text("generated_columns").unwrap_or("none")));
    }
    if !options.is_empty() {
        steps.run(format!("ALTER {} SET ({})", address(&after), options.join(", "))).risk(Risk::Breaks);
    }
}

/// Locks the tables that one publication, or what it was and will be, names.
fn locks(sites: &[&Site], step: &mut Step) {
    let names = sites.iter().filter_map(|site| site.value("tables")?.as_object()).flat_map(|tables| tables.keys());
    for name in names.collect::<BTreeSet<_>>() {
        lock_table(sites[0], name, step);
    }
}

fn lock_table(site: &Site, name: &str, step: &mut Step) {
    let path = parse_path(name).unwrap_or_default();
    for kind in ["table", "foreign table"] {
        let table = ObjectId::of(kind.to_owned(), path.clone());
        if site.stands(&table) {
            step.lock(Lock::ShareUpdateExclusive, &table);
        }
    }
}

/// Takes out what is in it: there is no SET to nothing. What is dropped itself has left by then.
fn empty(alteration: &Alteration, steps: &mut Steps) {
    let (before, after) = (alteration.before, alteration.after);
    let none = Map::new();
    let tables = before.value("tables").and_then(Value::as_object).unwrap_or(&none);
    let is_there = |table: &str| {
        let path = parse_path(table).unwrap_or_default();
        ["table", "foreign table"]
            .iter()
            .any(|kind| after.at(&ObjectId::of((*kind).to_owned(), path.clone())).is_some())
    };
    for table in tables.keys().filter(|table| is_there(table)) {
        let step = steps.run(format!("ALTER {} DROP TABLE ONLY {table}", address(&after))).risk(Risk::Breaks);
        lock_table(&after, table, step);
    }
    for schema in before.list("schemas") {
        if after.at(&ObjectId::new("schema", [schema])).is_some() {
            let sql = format!("ALTER {} DROP TABLES IN SCHEMA {}", address(&after), Ident(schema));
            steps.run(sql).risk(Risk::Breaks);
        }
    }
}
