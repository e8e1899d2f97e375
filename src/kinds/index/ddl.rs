//! The SQL of indexes.

use super::super::lineage::is_on_partitioned;
use super::super::{Alteration, Lock, Risk, Site, Steps};
use super::super::{beside, lineage, locking, marks, parameters};
use crate::base::{Ident, Literal, Path};
use crate::model::ObjectId;

/// What an index made anew has.
const ALL_BUT_COMMENT: &[&str] = &[
    "definition",
    "unique",
    "valid",
    "method",
    "columns",
    "include",
    "predicate",
    "nulls_not_distinct",
    "options",
    "options_order",
    "tablespace",
    "partition_of",
    "statistics",
];

/// Its name as SQL writes it: an index is in its table's schema, without the table's name.
fn sql(site: &Site) -> String {
    Path(&[&site.id.path[0], site.id.name()]).to_string()
}

pub(super) fn address(site: &Site) -> String {
    format!("INDEX {}", sql(site))
}

pub(super) fn create(site: &Site, steps: &mut Steps) {
    let (partitioned, stands) = (is_on_partitioned(site), site.parent_stands());
    let step = steps.run(statement(site, site.name(), stands));
    if let Some(parent) = site.object.parent.as_ref().filter(|_| stands) {
        step.risk_if(!partitioned, Risk::Scans).risk_if(site.flag("unique") && !partitioned, Risk::FailsOnRows);
        if partitioned {
            step.lock(Lock::Share, parent);
        } else {
            step.lock(Lock::ShareUpdateExclusive, parent).outside();
        }
    }
    statistics(site, &[], steps);
    attach(site, steps);
    marks::of_index(site, steps);
    for extension in site.list("extensions") {
        depend(site, "", extension, steps);
    }
}

fn depend(site: &Site, no: &str, extension: &str, steps: &mut Steps) {
    steps.run(format!("ALTER {} {no}DEPENDS ON EXTENSION {}", address(site), Ident(extension)));
}

/// The statement that makes an index like this one, under a name.
fn statement(site: &Site, name: &str, stands: bool) -> String {
    let unique = if site.flag("unique") { "UNIQUE " } else { "" };
    let concurrently = if stands && !is_on_partitioned(site) { "CONCURRENTLY " } else { "" };
    // The partitions' indexes are objects of their own, and attached.
    let only = if is_on_partitioned(site) { "ONLY " } else { "" };
    let tablespace = site.text("tablespace").map(|name| format!(" TABLESPACE {}", Ident(name))).unwrap_or_default();
    let predicate = site.text("predicate").map(|text| format!(" WHERE {text}")).unwrap_or_default();
    format!(
        "CREATE {unique}INDEX {concurrently}{} ON {only}{} USING {}{}{tablespace}{predicate}",
        Ident(name),
        site.parent_sql(),
        core(site),
        parameters::with(&site.map("options")),
    )
}

/// Builds it beside the old one, which goes once the new one is there.
fn replace(change: &mut Alteration, beside: &str, steps: &mut Steps) {
    let (before, after) = (change.before, change.after);
    change.take_any(ALL_BUT_COMMENT);
    let Some(table) = &after.object.parent else { return };
    let create = steps.run(statement(&after, beside, true)).outside();
    create.lock(Lock::ShareUpdateExclusive, table).risk(Risk::Scans).risk_if(after.flag("unique"), Risk::FailsOnRows);
    let drop = steps.run(format!("DROP INDEX CONCURRENTLY {}", sql(&before))).outside();
    drop.lock(Lock::ShareUpdateExclusive, table);
    let new = Path(&[after.id.path[0].as_str(), beside]);
    steps.run(format!("ALTER INDEX {new} RENAME TO {}", Ident(after.name()))).outside();
    statistics(&after, &[], steps);
    // Another comment is set anyway.
    if let Some(comment) = after.text("comment").filter(|comment| before.text("comment") == Some(comment)) {
        steps.run(format!("COMMENT ON INDEX {} IS {}", sql(&after), Literal(comment)));
    }
}

pub(super) fn drop(site: &Site, steps: &mut Steps) {
    // The parent's takes it along.
    if attached_to(site).is_some_and(|parent| lineage::is_gone(&parent)) {
        return;
    }
    let for_good = !site.world.after.objects.contains_key(site.id);
    let plain = !site.parent_stands() || is_on_partitioned(site) || site.value("partition_of").is_some() || !for_good;
    let concurrently = if plain { "" } else { "CONCURRENTLY " };
    // It takes keys of partitions along, which the server wants to hear.
    let cascade = if has_keys(site) { " CASCADE" } else { "" };
    let step = steps.run(format!("DROP INDEX {concurrently}{}{cascade}", sql(site)));
    if !plain {
        step.outside();
    }
    let lock = if plain { Lock::AccessExclusive } else { Lock::ShareUpdateExclusive };
    match &site.object.parent {
        // Those of the partitions go with it.
        Some(table) if is_on_partitioned(site) => _ = locking::lock_all(site, table, lock, step),
        Some(table) => _ = step.lock(lock, table),
        None => {}
    }
}

/// Whether keys of partitions are attached to an index, or to one that is.
fn has_keys(site: &Site) -> bool {
    let objects = site.catalog.objects.iter().filter(|_| is_on_partitioned(site));
    let mut parts = objects.filter(|(_, object)| object.attached_to() == Some(site.id));
    parts.any(|(id, object)| id.kind == "constraint" || has_keys(&Site { id, object, ..*site }))
}

/// An attached index can't be dropped, nor detached, while its table stays a partition.
pub(super) fn held_by<'a>(site: &Site<'a>) -> Option<Site<'a>> {
    attached_to(site).filter(|_| site.parent().is_some_and(|table| lineage::stays_attached(&table)))
}

pub(super) fn rename(site: &Site, to: &ObjectId, steps: &mut Steps) {
    if site.name() != to.name() {
        steps.run(format!("ALTER INDEX {} RENAME TO {}", sql(site), Ident(to.name())));
    }
}

pub(super) fn alter(change: &mut Alteration, steps: &mut Steps) {
    let (before, after) = (change.before, change.after);
    if core(&before) != core(&after) || change.differs("unique") || change.differs("predicate") {
        if let Some(beside) = beside::name(change) {
            replace(change, &beside, steps);
        }
        return;
    }
    if lineage::is_fixed(change, held_by(&before).is_some(), "valid") {
        return;
    }
    // What the definition says besides its options is equal, so these are too.
    change.take_any(&["definition", "method", "columns", "include", "nulls_not_distinct"]);
    let name = sql(&after);
    for clause in parameters::changes(&change.options("options")) {
        steps.run(format!("ALTER INDEX {name} {clause}"));
    }
    if change.take("tablespace") {
        let space = after.text("tablespace").unwrap_or("pg_default");
        let step = steps.run(format!("ALTER INDEX {name} SET TABLESPACE {}", Ident(space)));
        step.lock(Lock::AccessExclusive, after.id).risk(Risk::Rewrites);
    }
    if change.take("statistics") {
        statistics(&after, &before.numbers("statistics"), steps);
    }
    if change.take("partition_of") && after.value("partition_of").is_some() {
        attach(&after, steps);
    }
    if change.take("extensions") {
        let (old, new) = (before.list("extensions"), after.list("extensions"));
        old.iter().filter(|name| !new.contains(name)).for_each(|name| depend(&after, "NO ", name, steps));
        new.iter().filter(|name| !old.contains(name)).for_each(|name| depend(&after, "", name, steps));
    }
    if change.take("valid") && after.flag_or_true("valid") && !is_on_partitioned(&after) {
        steps.run(format!("REINDEX INDEX CONCURRENTLY {name}")).outside().risk(Risk::Scans);
    }
}

/// The definition without its storage parameters, which can be changed.
fn core<'a>(site: &Site<'a>) -> &'a str {
    let definition = site.text("definition").unwrap_or_default();
    let options = site.value("options").is_some();
    definition.rfind(" WITH (").filter(|_| options).map_or(definition, |end| &definition[..end])
}

/// The index of the partitioned table that it is attached to.
fn attached_to<'a>(site: &Site<'a>) -> Option<Site<'a>> {
    site.at(site.object.attached_to()?)
}

fn attach(site: &Site, steps: &mut Steps) {
    // The server attaches it itself where the table becomes a partition afterwards.
    if let Some(parent) = site.text("partition_of")
        && !site.parent().is_some_and(|table| lineage::joins_late(&table))
    {
        steps.run(format!("ALTER INDEX {parent} ATTACH PARTITION {}", sql(site)));
    }
}

/// Sets statistics targets by position, and resets those that are there and should not be.
fn statistics(site: &Site, before: &[(&str, i64)], steps: &mut Steps) {
    let after = site.numbers("statistics");
    let gone = before.iter().filter(|(n, _)| !after.iter().any(|(m, _)| m == n)).map(|(n, _)| (*n, -1));
    for (position, target) in after.iter().filter(|target| !before.contains(target)).copied().chain(gone) {
        steps.run(format!("ALTER INDEX {} ALTER COLUMN {position} SET STATISTICS {target}", sql(site)));
    }
}
