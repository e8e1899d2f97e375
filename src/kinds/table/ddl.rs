//! The SQL of tables.

use super::super::{Alteration, Lock, Risk, Site, Step, Steps};
use super::super::{column, constraint, lineage, locking, marks, parameters};
use crate::base::{Ident, parse_path};
use crate::model::{Object, ObjectId};

pub(super) fn address(site: &Site) -> String {
    format!("TABLE {}", site.sql())
}

/// Makes the table with its columns. A partition is made by itself and attached, as is what holds rows already.
pub(super) fn create(site: &Site, steps: &mut Steps) {
    let unlogged = if site.flag("unlogged") { "UNLOGGED " } else { "" };
    let mut columns: Vec<Site> = site.children("column").filter(|column| !comes_with_parents(site, column)).collect();
    columns.sort_by_key(|column| column.value("position").and_then(serde_json::Value::as_i64));
    let columns = columns.iter().map(|site| format!("\n    {}", column::definition(site)));
    let demanded = site.children("column").filter_map(|column| constraint::not_null_of_new(&column));
    let demanded = demanded.map(|site| format!("\n    {}", constraint::not_null_clause(&site)));
    let columns: Vec<String> = columns.chain(demanded).collect();
    let end = if columns.is_empty() { "" } else { "\n" };
    let mut sql = format!("CREATE {unlogged}TABLE {} ({}{end})", site.sql(), columns.join(","));
    let parents = site.list("inherits");
    if !parents.is_empty() {
        sql += &format!(" INHERITS ({})", parents.join(", "));
    }
    if let Some(key) = site.text("partition_by") {
        sql += &format!(" PARTITION BY {key}");
    }
    if let Some(method) = site.text("access_method").or(site.text("partitions_access_method")) {
        sql += &format!(" USING {}", Ident(method));
    }
    sql += &parameters::with(&site.map("options"));
    if let Some(space) = site.text("tablespace") {
        sql += &format!(" TABLESPACE {}", Ident(space));
    }
    let step = steps.run(sql);
    for parent in lineage::parents(site).iter().filter(|parent| site.stands(parent.id)) {
        if !parents.is_empty() {
            step.lock(Lock::ShareUpdateExclusive, parent.id);
        }
    }
    if let Some(name) = site.text("of_type") {
        steps.run(format!("ALTER TABLE {} OF {name}", site.sql()));
    }
    if site.text("partition_of").is_some() {
        attach(site, steps);
    }
    for (attribute, words) in SWITCHES {
        if site.flag(attribute) {
            steps.run(format!("ALTER TABLE {} {}", site.sql(), words.0));
        }
    }
    if let Some(identity) = site.text("replica_identity").filter(|identity| !identity.starts_with("using")) {
        steps.run(format!("ALTER TABLE {} REPLICA IDENTITY {}", site.sql(), identity.to_uppercase()));
    }
}

/// Attributes that are on or off, and what switches them.
const SWITCHES: &[(&str, (&str, &str))] = &[
    ("row_level_security", ("ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY")),
    ("force_row_level_security", ("FORCE ROW LEVEL SECURITY", "NO FORCE ROW LEVEL SECURITY")),
];

/// Whether a column is there because of INHERITS, so that the statement must not name it, or it would be local too.
fn comes_with_parents(table: &Site, column: &Site) -> bool {
    column.flag("inherited") && table.value("inherits").is_some()
}

fn attach(site: &Site, steps: &mut Steps) {
    let (parent, bound) = (site.text("partition_of"), site.text("partition_bound").unwrap_or_default());
    let Some(parent) = parent else { return };
    let step = steps.run(format!("ALTER TABLE ONLY {parent} ATTACH PARTITION {} {bound}", site.sql()));
    if lineage::joins_late(site) {
        step.later();
    }
    if site.stands(site.id) {
        locking::lock_all(site, site.id, Lock::AccessExclusive, step).risk(Risk::Scans).risk(Risk::FailsOnRows);
    }
    locks_attached(site, step);
}

/// What a statement locks that makes a table a partition, beside the table.
pub(in super::super) fn locks_attached(site: &Site, step: &mut Step) {
    locking::lock_above(site, Lock::ShareUpdateExclusive, step);
    locking::lock_keys_above(site, false, step);
}

/// What a statement locks that makes a partition a table of its own.
pub(in super::super) fn locks_detached(site: &Site, step: &mut Step) {
    locking::lock_all(site, site.id, Lock::AccessExclusive, step);
    locking::lock_above(site, Lock::AccessExclusive, step);
    locking::lock_keys_above(site, true, step);
}

pub(super) fn drop(site: &Site, steps: &mut Steps) {
    let mut detached = false;
    // The server removes no partition that others may refer to through what it is in, which stays.
    if let Some(parent) = lineage::parents(site).iter().find(|parent| is_referenced_above(site, parent)) {
        let step = steps.run(format!("ALTER TABLE {} DETACH PARTITION {}", parent.sql(), site.sql()));
        locks_detached(site, step);
        detached = true;
    }
    let step = steps.run(format!("DROP {}", address(site)));
    step.lock(Lock::AccessExclusive, site.id).risk(Risk::Breaks).risk(Risk::LosesData);
    locking::lock_referenced(site, Lock::AccessExclusive, step);
    if site.text("partition_of").is_some() && !detached {
        locking::lock_above(site, Lock::AccessExclusive, step);
    }
}

pub(super) fn alter(change: &mut Alteration, steps: &mut Steps) {
    let after = change.after;
    if change.differs("partition_by") {
        // Rows can't be moved between what is partitioned in different ways.
        return;
    }
    ancestors(change, steps);
    if change.take("of_type") {
        follow(&change.before, &after, steps);
    }
    let mut run = |clause: String, lock: Lock, risk: Option<Risk>| {
        let step = steps.run(format!("ALTER TABLE {} {clause}", after.sql()));
        step.lock(lock, after.id);
        if let Some(risk) = risk {
            step.risk(risk);
        }
    };
    for (attribute, words) in SWITCHES {
        if change.take(attribute) {
            let words = if after.flag(attribute) { words.0 } else { words.1 };
            run(words.to_owned(), Lock::AccessExclusive, Some(Risk::ChangesAccess));
        }
    }
    let partitioned = after.text("partition_by").is_some();
    let rewrites = (!partitioned).then_some(Risk::Rewrites);
    if change.take("access_method") {
        let method = after.text("access_method").unwrap_or("heap");
        run(format!("SET ACCESS METHOD {}", Ident(method)), Lock::AccessExclusive, rewrites);
    }
    if change.take("partitions_access_method") {
        let method =
            after.text("partitions_access_method").map_or("DEFAULT".to_owned(), |name| Ident(name).to_string());
        run(format!("SET ACCESS METHOD {method}"), Lock::AccessExclusive, None);
    }
    if change.take("tablespace") {
        let space = after.text("tablespace").unwrap_or("pg_default");
        run(format!("SET TABLESPACE {}", Ident(space)), Lock::AccessExclusive, rewrites);
    }
    if change.take("unlogged") {
        let to = if after.flag("unlogged") { "UNLOGGED" } else { "LOGGED" };
        run(format!("SET {to}"), Lock::AccessExclusive, rewrites);
    }
    let switches_log = change.before.flag("unlogged") != after.flag("unlogged");
    for clause in parameters::changes(&change.options("options")) {
        let lock = parameters::lock(&clause);
        run(clause, lock, None);
    }
    if switches_log {
        steps.after = tables_before(&after, &mut steps.anew);
    }
    if change.take("replica_identity") {
        match after.text("replica_identity") {
            Some(identity) if identity.starts_with("using") => {
                // The index that it was may go, or its columns may take NULL, before the other one is there.
                if change.before.text("replica_identity").is_some_and(|identity| identity.starts_with("using")) {
                    let step = steps.run(format!("ALTER TABLE {} REPLICA IDENTITY FULL", after.sql()));
                    step.lock(Lock::AccessExclusive, after.id);
                }
                marks::of_table(&after, "replica_identity", steps);
            }
            identity => {
                let identity = identity.unwrap_or("default").to_uppercase();
                let step = steps.run(format!("ALTER TABLE {} REPLICA IDENTITY {identity}", after.sql()));
                step.lock(Lock::AccessExclusive, after.id);
            }
        }
    }
    if change.take("cluster_on") {
        match after.text("cluster_on") {
            Some(_) => marks::of_table(&after, "cluster_on", steps),
            None => {
                let step = steps.run(format!("ALTER TABLE {} SET WITHOUT CLUSTER", after.sql()));
                step.lock(Lock::ShareUpdateExclusive, after.id);
            }
        }
    }
}

/// Follows no type at once, so that columns can be changed, and another one once they are as they shall be.
fn follow(before: &Site, after: &Site, steps: &mut Steps) {
    if before.text("of_type").is_some() {
        let step = steps.run_first(format!("ALTER TABLE {} NOT OF", after.sql()));
        step.lock(Lock::AccessExclusive, after.id);
    }
    if let Some(name) = after.text("of_type") {
        let step = steps.run(format!("ALTER TABLE {} OF {name}", after.sql()));
        step.later().lock(Lock::AccessExclusive, after.id);
    }
}

/// Whether a table is a partition, at some level, of one that stays, and that foreign keys of others refer to.
fn is_referenced_above(site: &Site, parent: &Site) -> bool {
    let names: Vec<String> = std::iter::successors(Some(*parent), |table| lineage::parents(table).into_iter().next())
        .filter(|table| !lineage::is_gone(table))
        .map(|table| table.sql())
        .collect();
    let is_key = |key: &Object| {
        key.attrs.get("references").and_then(|name| name.as_str()).is_some_and(|of| names.iter().any(|name| name == of))
    };
    site.text("partition_of").is_some() && site.catalog.objects.values().any(is_key)
}

/// Which tables have to be logged, or not, before this one is: what is logged may refer to what is logged alone. Of two that
/// refer to each other, the keys of one are away meanwhile.
fn tables_before(table: &Site, away: &mut Vec<ObjectId>) -> Vec<ObjectId> {
    let keys = table.catalog.objects.iter().filter(|(_, object)| object.attrs.contains_key("references"));
    let keys = keys.filter_map(|(id, key)| {
        let referred = key.attrs.get("references")?.as_str()?;
        Some((id, key.parent.as_ref()?, ObjectId::of(table.id.kind.clone(), parse_path(referred).ok()?)))
    });
    let keys: Vec<_> = keys.filter(|(_, from, to)| (*from == table.id) != (to == table.id)).collect();
    let unlogged = table.flag("unlogged");
    let mut others = Vec::new();
    for (id, from, to) in &keys {
        let is_mutual = keys.iter().any(|(_, other_from, other_to)| (*other_from, other_to) == (to, *from));
        if is_mutual && *from < to {
            away.push((*id).clone());
        } else if (*from == table.id) != unlogged {
            others.push(if unlogged { (*from).clone() } else { to.clone() });
        }
    }
    others
}

/// Leaves parents at once, and joins others once columns, constraints and indexes are as they shall be.
fn ancestors(change: &mut Alteration, steps: &mut Steps) {
    let (before, after) = (change.before, change.after);
    let name = after.sql();
    let pending = change.take("detach_pending") && before.flag("detach_pending");
    if change.take_any(&["partition_of", "partition_bound"]) || pending {
        if let Some(parent) = before.text("partition_of") {
            let finalize = if before.flag("detach_pending") { " FINALIZE" } else { "" };
            let step = steps.run_first(format!("ALTER TABLE {parent} DETACH PARTITION {name}{finalize}"));
            if before.flag("detach_pending") {
                locking::lock_all(&before, before.id, Lock::AccessExclusive, step);
                locking::lock_above(&before, Lock::ShareUpdateExclusive, step);
            } else {
                locks_detached(&before, step);
            }
        }
        if after.text("partition_of").is_some() {
            attach(&after, steps);
        }
    }
    let merged = after.children("column").find(|column| {
        let was = before.catalog.objects.get(column.id);
        column.flag("inherited") && was.is_some_and(|was| !was.attrs.contains_key("inherited"))
    });
    if change.differs("inherits")
        && let Some(column) = merged
    {
        steps.recreate(format!("{} can't become a column of the parents alone", column.id));
        return;
    }
    if change.take("inherits") {
        let (old, new) = (before.list("inherits"), after.list("inherits"));
        let kept = lineage::kept_parents(&old, &new);
        let gone: Vec<&str> = old.iter().filter(|parent| !new[..kept].contains(parent)).copied().collect();
        let added: Vec<&str> = new[kept..].to_vec();
        let leaves: Vec<String> = gone.iter().map(|parent| format!("NO INHERIT {parent}")).collect();
        for clause in leaves {
            let step = steps.run_first(format!("ALTER TABLE {name} {clause}"));
            step.lock(Lock::AccessExclusive, after.id).risk(Risk::Breaks);
        }
        for parent in added {
            let step = steps.run(format!("ALTER TABLE {name} INHERIT {parent}"));
            step.later().lock(Lock::AccessExclusive, after.id);
            let parent = lineage::parents(&after).into_iter().find(|one| one.sql() == parent);
            if let Some(parent) = parent {
                locking::lock_one(&after, parent.id, Lock::ShareUpdateExclusive, step);
            }
        }
    }
}
