//! The SQL of constraints that have an index: primary keys, unique and exclusion constraints.

use super::super::lineage::is_on_partitioned;
use super::super::{Alteration, Lock, Risk, Site, Steps};
use super::super::{beside, lineage, locking, parameters};
use super::ddl::{address, alter_parent, index, marked, parameters as alter_parameters};
use crate::base::{Ident, Literal};

/// What of a key only another index can have.
const OF_KEYS: &[&str] =
    &["columns", "include", "nulls_not_distinct", "deferrable", "initially_deferred", "exclusion", "period"];

/// What a key made with an index that is built beside the old one has.
const OF_ITS_INDEX: &[&str] = &[
    "columns",
    "include",
    "nulls_not_distinct",
    "deferrable",
    "initially_deferred",
    "options",
    "options_order",
    "tablespace",
    "statistics",
    "index_comment",
    "index_valid",
];

/// Adds it with its index. Where the table stands, the index is built first while others read and write, if it can be.
pub(super) fn create(site: &Site, steps: &mut Steps) {
    let (stands, exclusion) = (site.parent_stands(), site.text("type") == Some("exclusion"));
    let name = Ident(site.name());
    if stands && !excludes(site) && !is_on_partitioned(site) {
        concurrently(site, steps);
    } else if !comes_with_parents(site) {
        let only = is_on_partitioned(site) && !excludes(site);
        let step = steps.run(format!("{} ADD CONSTRAINT {name} {}", alter_parent(site, only), definition(site)));
        // The server makes an exclusion constraint's of the partitions with it.
        let lock_them = if is_on_partitioned(site) && !only { locking::lock } else { locking::lock_parent };
        lock_them(site, Lock::AccessExclusive, step)
            .risk_if(stands && !only, Risk::Scans)
            .risk_if(stands && !only, Risk::FailsOnRows);
        if exclusion && let Some(space) = site.text("tablespace") {
            steps.run(format!("ALTER INDEX {} SET TABLESPACE {}", index(site), Ident(space)));
        }
    }
    statistics(site, &[], steps);
    attach(site, steps);
    index_comment(site, steps);
    marked(site, steps);
}

/// Whether it is an exclusion constraint, or a key WITHOUT OVERLAPS, which is one.
fn excludes(site: &Site) -> bool {
    site.text("type") == Some("exclusion") || site.flag("period")
}

/// Whether the server makes it with that of the partitioned table: exclusion constraints are the ones that it can't attach.
fn comes_with_parents(site: &Site) -> bool {
    excludes(site) && site.value("partition_of").is_some()
}

/// Builds its index while others read and write, and then makes it a constraint with that.
fn concurrently(site: &Site, steps: &mut Steps) {
    build(site, site.name(), steps);
    add_using(site, "", site.name(), steps);
}

/// Builds the index of a key that changes beside the old one, so that there is no moment without either.
fn replace(change: &mut Alteration, beside: &str, steps: &mut Steps) {
    let after = change.after;
    change.take_any(OF_ITS_INDEX);
    build(&after, beside, steps);
    let drop = format!("DROP CONSTRAINT {}, ", Ident(after.name()));
    add_using(&after, &drop, beside, steps);
    statistics(&after, &[], steps);
    index_comment(&after, steps);
    // Another comment is set anyway.
    if let Some(comment) = after.text("comment").filter(|comment| change.before.text("comment") == Some(comment)) {
        steps.run(format!("COMMENT ON {} IS {}", address(&after), Literal(comment)));
    }
}

fn build(site: &Site, name: &str, steps: &mut Steps) {
    let quote = |columns: Vec<&str>| columns.iter().map(|c| Ident(c).to_string()).collect::<Vec<_>>().join(", ");
    let name = Ident(name);
    let include = quote(site.list("include"));
    let include = if include.is_empty() { String::new() } else { format!(" INCLUDE ({include})") };
    let nulls = if site.flag("nulls_not_distinct") { " NULLS NOT DISTINCT" } else { "" };
    let tablespace = site.text("tablespace").map(|name| format!(" TABLESPACE {}", Ident(name))).unwrap_or_default();
    let step = steps.run(format!(
        "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {} ({}){include}{nulls}{}{tablespace}",
        site.parent_sql(),
        quote(site.list("columns")),
        parameters::with(&site.map("options")),
    ));
    step.outside().risk(Risk::Scans).risk(Risk::FailsOnRows);
    if let Some(parent) = &site.object.parent {
        step.lock(Lock::ShareUpdateExclusive, parent);
    }
}

/// Adds it with an index that is there, which gets its name.
fn add_using(site: &Site, before: &str, built: &str, steps: &mut Steps) {
    let (name, index) = (Ident(site.name()), Ident(built));
    let kind = if site.text("type") == Some("primary key") { "PRIMARY KEY" } else { "UNIQUE" };
    let step = steps.run(format!(
        "{} {before}ADD CONSTRAINT {name} {kind} USING INDEX {index}{}",
        alter_parent(site, false),
        deferral(site)
    ));
    // Children's columns are not null either then.
    let lock_them = if kind == "PRIMARY KEY" { locking::lock } else { locking::lock_parent };
    lock_them(site, Lock::AccessExclusive, step);
}

fn deferral(site: &Site) -> &'static str {
    match (site.flag("deferrable"), site.flag("initially_deferred")) {
        (false, _) => "",
        (true, false) => " DEFERRABLE",
        (true, true) => " DEFERRABLE INITIALLY DEFERRED",
    }
}

/// The server's text, which leaves out a key's storage parameters and tablespace, with both.
fn definition(site: &Site) -> String {
    let text = site.text("definition").unwrap_or_default();
    if site.text("type") == Some("exclusion") {
        return text.to_owned();
    }
    let tablespace = site.text("tablespace").map(|name| format!(" USING INDEX TABLESPACE {}", Ident(name)));
    let bare = text.strip_suffix(deferral(site)).unwrap_or(text);
    let options = parameters::with(&site.map("options"));
    format!("{bare}{options}{}{}", tablespace.unwrap_or_default(), deferral(site))
}

pub(super) fn alter(change: &mut Alteration, steps: &mut Steps) {
    let after = change.after;
    let held = held_by(&change.before).is_some() || comes_with_parents(&after);
    if lineage::is_fixed(change, held, "index_valid") {
        return;
    }
    if OF_KEYS.iter().any(|attribute| change.differs(attribute)) {
        let possible =
            after.text("type") != Some("exclusion") && ![change.before, after].iter().any(|s| s.flag("period"));
        if let Some(beside) = beside::name(change).filter(|_| possible) {
            replace(change, &beside, steps);
        }
        return;
    }
    alter_parameters(change, steps);
    if change.take("tablespace") {
        let space = after.text("tablespace").unwrap_or("pg_default");
        let step = steps.run(format!("ALTER INDEX {} SET TABLESPACE {}", index(&after), Ident(space)));
        step.lock(Lock::AccessExclusive, after.id).risk(Risk::Rewrites);
    }
    if change.take("statistics") {
        statistics(&after, &change.before.numbers("statistics"), steps);
    }
    if change.take("partition_of") && after.value("partition_of").is_some() {
        attach(&after, steps);
    }
    if change.take("index_comment") {
        index_comment_to(&after, steps);
    }
    if change.take("index_valid") && after.flag_or_true("index_valid") && !is_on_partitioned(&after) {
        steps.run(format!("REINDEX INDEX CONCURRENTLY {}", index(&after))).outside().risk(Risk::Scans);
    }
}

/// The constraint or index of the partitioned table that it is attached to.
pub(super) fn attached_to<'a>(site: &Site<'a>) -> Option<Site<'a>> {
    site.at(site.object.attached_to()?)
}

/// An attached key can't be dropped, nor detached, while its table stays a partition.
pub(super) fn held_by<'a>(site: &Site<'a>) -> Option<Site<'a>> {
    attached_to(site).filter(|_| site.parent().is_some_and(|table| lineage::stays_attached(&table)))
}

fn attach(site: &Site, steps: &mut Steps) {
    // The server attaches it itself where the table becomes a partition afterwards.
    if let Some(parent) = site.text("partition_of")
        && !comes_with_parents(site)
        && !site.parent().is_some_and(|table| lineage::joins_late(&table))
    {
        steps.run(format!("ALTER INDEX {parent} ATTACH PARTITION {}", index(site)));
    }
}

fn index_comment(site: &Site, steps: &mut Steps) {
    if site.value("index_comment").is_some() {
        index_comment_to(site, steps);
    }
}

fn index_comment_to(site: &Site, steps: &mut Steps) {
    let text = site.text("index_comment").map_or("NULL".to_owned(), |text| Literal(text).to_string());
    steps.run(format!("COMMENT ON INDEX {} IS {text}", index(site)));
}

/// Sets statistics targets by position, and resets those that are there and should not be.
fn statistics(site: &Site, before: &[(&str, i64)], steps: &mut Steps) {
    let after = site.numbers("statistics");
    let gone = before.iter().filter(|(n, _)| !after.iter().any(|(m, _)| m == n)).map(|(n, _)| (*n, -1));
    for (position, target) in after.iter().filter(|target| !before.contains(target)).copied().chain(gone) {
        steps.run(format!("ALTER INDEX {} ALTER COLUMN {position} SET STATISTICS {target}", index(site)));
    }
}
