//! What a table says of one of its indexes, and can say only once the index is there: CLUSTER ON, REPLICA IDENTITY.
//!
//! Asked by tables, indexes and constraints; reads the table's attributes by name.

use super::{Lock, Site, Steps};
use crate::base::Ident;
use crate::model::ObjectId;

/// The index that a table's replica identity is, as the server quotes it.
pub(super) fn replica_index<'a>(table: &Site<'a>) -> Option<&'a str> {
    let identity = table.object.attrs.get("replica_identity")?.as_str()?;
    identity.strip_prefix("using index ").filter(|name| *name != "(dropped)")
}

/// What `ALTER` calls a relation with rows.
fn word(table: &Site) -> &'static str {
    if table.id.kind == "materialized view" { "MATERIALIZED VIEW" } else { "TABLE" }
}

/// Says for an index, or the constraint that it is behind, what its table says of it.
pub(super) fn of_index(site: &Site, steps: &mut Steps) {
    let Some(table) = site.parent() else { return };
    let name = Ident(site.name()).to_string();
    if table.object.attrs.get("cluster_on").and_then(serde_json::Value::as_str) == Some(&name) {
        cluster(&table, &name, steps);
    }
    if replica_index(&table) == Some(&name) {
        replica(&table, &name, steps);
    }
}

/// Whether its table says anything of an index.
pub(super) fn is_marked(site: &Site) -> bool {
    let name = Ident(site.name()).to_string();
    site.parent().is_some_and(|table| {
        let cluster = table.object.attrs.get("cluster_on").and_then(serde_json::Value::as_str);
        cluster == Some(&name) || replica_index(&table) == Some(&name)
    })
}

/// Says for a table that stands what it says of an index that stands; an index that is made says so itself.
pub(super) fn of_table(table: &Site, attribute: &str, steps: &mut Steps) {
    let name = match attribute {
        "cluster_on" => table.object.attrs.get("cluster_on").and_then(serde_json::Value::as_str),
        _ => replica_index(table),
    };
    let Some(name) = name else { return };
    let stands = table.world.before.children(table.id).any(|(id, _)| is_index(id, name) && table.stands(id));
    match (stands, attribute) {
        (false, _) => {}
        (true, "cluster_on") => cluster(table, name, steps),
        (true, _) => {
            replica(table, name, steps);
            // Only columns that are NOT NULL can be known by, which is checked in a transaction of its own.
            let was = |column: &ObjectId| table.world.before.objects.get(column);
            let is_later = |column: &Site| {
                let nullable = was(column.id).is_some_and(|was| !was.attrs.contains_key("not_null"));
                nullable && column.object.attrs.contains_key("not_null")
            };
            if let (true, Some(step)) = (table.children("column").any(|c| is_later(&c)), steps.steps.last_mut()) {
                step.later();
            }
        }
    }
}

fn is_index(id: &ObjectId, name: &str) -> bool {
    (id.kind == "index" || id.kind == "constraint") && Ident(id.name()).to_string() == name
}

fn cluster(table: &Site, name: &str, steps: &mut Steps) {
    let step = steps.run(format!("ALTER {} {} CLUSTER ON {name}", word(table), table.sql()));
    if table.stands(table.id) {
        step.lock(Lock::ShareUpdateExclusive, table.id);
    }
}

fn replica(table: &Site, name: &str, steps: &mut Steps) {
    let step = steps.run(format!("ALTER {} {} REPLICA IDENTITY USING INDEX {name}", word(table), table.sql()));
    if table.stands(table.id) {
        step.lock(Lock::AccessExclusive, table.id);
    }
}
