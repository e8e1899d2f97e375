//! The SQL of constraints.

use super::super::lineage::is_on_partitioned;
use super::super::{Alteration, Lock, Risk, Site, Step, Steps};
use super::super::{lineage, locking, marks, parameters, swap};
use super::{key, not_null};
use crate::base::{Ident, Literal, Path};
use crate::model::ObjectId;

/// The attributes of the index behind a constraint, each of which can be changed.
const DERIVED: &[&str] = &["definition", "inherited"];

pub(super) fn address(site: &Site) -> String {
    let domain = if is_of_domain(site) { "DOMAIN " } else { "" };
    format!("CONSTRAINT {} ON {domain}{}", Ident(site.name()), site.parent_sql())
}

pub(super) fn is_of_domain(site: &Site) -> bool {
    site.object.parent.as_ref().is_some_and(|parent| parent.kind == "domain")
}

/// The beginning of a statement that changes what a constraint is on.
pub(super) fn alter_parent(site: &Site, only: bool) -> String {
    match site.object.parent.as_ref().map(|parent| parent.kind.as_str()) {
        Some("domain") => format!("ALTER DOMAIN {}", site.parent_sql()),
        Some("foreign table") => format!("ALTER FOREIGN TABLE {}", site.parent_sql()),
        _ if only => format!("ALTER TABLE ONLY {}", site.parent_sql()),
        _ => format!("ALTER TABLE {}", site.parent_sql()),
    }
}

/// The name of the index behind a key, which is in the table's schema.
pub(super) fn index(site: &Site) -> String {
    Path(&[&site.id.path[0], site.id.name()]).to_string()
}

/// Whether it has an index: a key, or an exclusion.
fn has_index(site: &Site) -> bool {
    matches!(site.text("type"), Some("primary key" | "unique" | "exclusion"))
}

/// Whether it comes with a parent's, without a statement of its own.
fn comes_with_parents(site: &Site) -> bool {
    let late = site.parent().is_some_and(|table| lineage::joins_late(&table));
    site.flag("inherited") && !has_index(site) && !late && !lineage::inherited_from(site).is_empty()
}

/// Whether one of the parents' is not validated, where its own of them shall be.
fn is_of_unproven(site: &Site) -> bool {
    site.flag_or_true("validated") && lineage::inherited_from(site).iter().any(|p| !p.flag_or_true("validated"))
}

/// Whether a parent's that is added to rows, and looked at afterwards, is there before.
fn becomes_one_unproven(site: &Site) -> bool {
    let is_added = |parent: &Site| parent.parent_stands() && site.world.made.contains(parent.id);
    site.text("type") == Some("check") && lineage::inherited_from(site).iter().any(is_added)
}

pub(super) fn create(site: &Site, steps: &mut Steps) {
    if comes_with_parents(site) {
        let comes = |parent: &Site| site.world.made.contains(parent.id);
        if is_of_unproven(site) && lineage::inherited_from(site).iter().any(comes) {
            validate(site, steps);
        }
        return;
    }
    let stands = site.parent_stands();
    match site.text("type") {
        Some("not null") => not_null::create(site, steps),
        Some("primary key" | "unique" | "exclusion") => key::create(site, steps),
        _ => {
            // Rows are checked in a transaction of its own, so that nobody waits for that. The server can't do so with
            // keys of partitioned tables.
            let key = site.text("type") == Some("foreign key");
            let definition = site.text("definition").unwrap_or_default();
            if key && stands && was_of_parent(site, steps) {
                return;
            }
            let (known, enforced) = (site.flag_or_true("validated"), site.flag_or_true("enforced"));
            if stands && known && is_of_domain(site) && add_inside(site, definition, steps) {
                return;
            }
            let apart =
                (stands || becomes_one_unproven(site)) && known && enforced && !(key && is_on_partitioned(site));
            let not_valid = if apart { " NOT VALID" } else { "" };
            let name = Ident(site.name());
            let step =
                steps.run(format!("{} ADD CONSTRAINT {name} {definition}{not_valid}", alter_parent(site, false)));
            step.risk_if(stands && known && enforced && !apart, Risk::Scans);
            step.risk_if(stands && known && enforced, Risk::FailsOnRows);
            locks(site, if key { Lock::ShareRowExclusive } else { Lock::AccessExclusive }, step);
            if site.flag("no_inherit") {
                // PostgreSQL 18 locks the children although they get nothing.
                locking::lock(site, Lock::AccessExclusive, step);
            }
            if apart {
                validate(site, steps);
            }
        }
    }
    if site.flag("triggers_disabled") {
        triggers(site, steps);
    }
}

/// Adds a domain's check at once where columns hold its values inside others, before or after: the server can't look at these.
/// Returns whether it did.
fn add_inside(site: &Site, definition: &str, steps: &mut Steps) -> bool {
    let Some(after) = site.parent() else { return false };
    let Some((id, object)) = site.world.before.objects.get_key_value(after.id) else { return false };
    let before = Site { id, object, catalog: site.world.before, ..after };
    if swap::holders(&before).is_empty() && swap::holders(&after).is_empty() {
        return false;
    }
    swap::as_texts(&before, steps, |steps| {
        let sql = format!("{} ADD CONSTRAINT {} {definition}", alter_parent(site, false), Ident(site.name()));
        let step = steps.run(sql).risk(Risk::Scans).risk(Risk::FailsOnRows);
        locking::lock_columns_of(site, after.id, Lock::Share, step);
    });
    true
}

/// A foreign key of a partitioned table stays with a partition that is detached, as its own. Returns whether it is the
/// one that shall be there; another by its name is removed.
fn was_of_parent(site: &Site, steps: &mut Steps) -> bool {
    let table = site.object.parent.as_ref();
    let before = table.and_then(|table| site.world.before.objects.get_key_value(table));
    let Some((id, object)) = before.filter(|(_, table)| table.attrs.contains_key("partition_of")) else { return false };
    let mut above = lineage::parents(&Site { id, object, catalog: site.world.before, ..*site });
    while let Some(parent) = above.pop() {
        if let Some(key) = parent.children("constraint").find(|key| key.name() == site.name()) {
            let definition = site.text("definition");
            if !lineage::is_gone(&key) && key.text("definition") == definition && key.flag_or_true("validated") {
                return true;
            }
            let name = Ident(site.name());
            let sql = format!("{} DROP CONSTRAINT IF EXISTS {name}", alter_parent(site, false));
            locks(site, Lock::AccessExclusive, steps.run(sql));
            return false;
        }
        above.extend(lineage::parents(&parent));
    }
    false
}

/// What locks its table with the children, which have it too unless it is its table's alone.
fn lock_children<'s>(site: &Site) -> fn(&Site, Lock, &'s mut Step) -> &'s mut Step {
    if site.flag("no_inherit") { locking::lock_parent } else { locking::lock }
}

/// Locks its table, and the one that a key refers to.
fn locks(site: &Site, lock: Lock, step: &mut Step) {
    // A key with an index is its table's own, and those of the partitions go with it.
    match site.object.parent.as_ref().filter(|_| has_index(site)) {
        Some(table) if !is_on_partitioned(site) => locking::lock_one(site, table, lock, step),
        Some(table) => locking::lock_all(site, table, lock, step),
        None => lock_children(site)(site, lock, step),
    };
    if let Some(other) = locking::referenced(site) {
        locking::lock_other(site, other, lock, step);
    }
}

pub(super) fn validate(site: &Site, steps: &mut Steps) {
    let sql = format!("{} VALIDATE CONSTRAINT {}", alter_parent(site, false), Ident(site.name()));
    let step = steps.run(sql).risk(Risk::Scans).risk(Risk::FailsOnRows).later();
    if is_of_domain(site) {
        if let Some(domain) = &site.object.parent {
            locking::lock_columns_of(site, domain, Lock::Share, step);
        }
        return;
    }
    lock_children(site)(site, Lock::ShareUpdateExclusive, step);
    if let Some(other) = locking::referenced(site) {
        step.lock(Lock::RowShare, other);
    }
}

pub(super) fn drop(site: &Site, steps: &mut Steps) {
    let attached = site.value("partition_of").is_some() && key::attached_to(site).is_some_and(|p| lineage::is_gone(&p));
    let inherited = site.flag("inherited") && !has_index(site) && lineage::goes_with_parents(site);
    // A parent's takes it along, for good; where the table leaves the parent, it is its own by then.
    if attached || inherited || site.text("type") == Some("not null") && !not_null::drop(site, steps) {
        return;
    }
    let only = has_index(site) && is_on_partitioned(site);
    let what = not_null::removal(site).unwrap_or_else(|| format!("DROP CONSTRAINT {}", Ident(site.name())));
    let sql = format!("{} {what}", alter_parent(site, only));
    locks(site, Lock::AccessExclusive, steps.run(sql));
}

pub(super) fn rename(site: &Site, to: &ObjectId, steps: &mut Steps) {
    if site.name() != to.name() {
        let (from, to) = (Ident(site.name()), Ident(to.name()));
        let step = steps.run(format!("{} RENAME CONSTRAINT {from} TO {to}", alter_parent(site, false)));
        let lock_them = if has_index(site) { locking::lock_parent } else { locking::lock };
        lock_them(site, Lock::AccessExclusive, step);
    }
}

pub(super) fn alter(change: &mut Alteration, steps: &mut Steps) {
    let after = change.after;
    let kind = after.text("type");
    if change.differs("type") {
        return;
    }
    if is_merged(&change.before, &after) {
        // What is a parent's alone comes with that one.
        let mut above = lineage::inherited_from(&after);
        while let Some(parent) = above.pop() {
            steps.recreate_other(parent.id);
            above.extend(lineage::inherited_from(&parent));
        }
        return steps.recreate("a check of its own can't become one of the parents alone");
    }
    // It follows from the others; what it was and is inherited from says the table.
    change.take_any(DERIVED);
    if kind == Some("foreign key") {
        foreign_key(change, steps);
    }
    if kind == Some("not null") && change.take("no_inherit") {
        let inherit = if after.flag("no_inherit") { "NO INHERIT" } else { "INHERIT" };
        let name = Ident(after.name());
        let step = steps.run(format!("{} ALTER CONSTRAINT {name} {inherit}", alter_parent(&after, false)));
        locks(&after, Lock::AccessExclusive, step);
    }
    if change.differs("validated") && after.flag_or_true("validated") && after.flag_or_true("enforced") {
        change.take("validated");
        if !comes_with_parents(&after) || is_of_unproven(&after) {
            validate(&after, steps);
        }
    }
    if has_index(&after) {
        key::alter(change, steps);
    }
    if change.take("triggers_disabled") {
        triggers(&after, steps);
    }
    // A local definition beside the inherited one; the server merges them.
    let own = change.before.flag("inherited") && !after.flag("inherited") && !has_index(&after);
    if own && !lineage::inherited_from(&after).is_empty() && !lineage::is_of_partition(&change.before) {
        let definition = after.text("definition").unwrap_or_default();
        let sql = format!("{} ADD CONSTRAINT {} {definition}", alter_parent(&after, false), Ident(after.name()));
        locks(&after, Lock::AccessExclusive, steps.run(sql));
    }
}

/// Whether a check, its own beside those of parents, shall be theirs alone, while its table stays their child.
fn is_merged(before: &Site, after: &Site) -> bool {
    let is_check = after.text("type") == Some("check");
    is_check && !before.flag("inherited") && after.flag("inherited") && lineage::is_carried(after)
}

fn foreign_key(change: &mut Alteration, steps: &mut Steps) {
    let after = change.after;
    let mut clauses = Vec::new();
    if change.take_any(&["deferrable", "initially_deferred"]) {
        clauses.push(match (after.flag("deferrable"), after.flag("initially_deferred")) {
            (false, _) => "NOT DEFERRABLE",
            (true, false) => "DEFERRABLE INITIALLY IMMEDIATE",
            (true, true) => "DEFERRABLE INITIALLY DEFERRED",
        });
    }
    let enforces = change.take("enforced");
    if enforces {
        // What is enforced is checked too, and what is not is not valid.
        change.take("validated");
        clauses.push(if after.flag_or_true("enforced") { "ENFORCED" } else { "NOT ENFORCED" });
    }
    for clause in clauses {
        let name = Ident(after.name());
        let step = steps.run(format!("{} ALTER CONSTRAINT {name} {clause}", alter_parent(&after, false)));
        step.risk_if(clause == "ENFORCED", Risk::Scans).risk_if(clause == "ENFORCED", Risk::FailsOnRows);
        locking::lock(&after, Lock::AccessExclusive, step);
    }
}

/// Switches the triggers that enforce it, whose names are the server's and not known before.
fn triggers(site: &Site, steps: &mut Steps) {
    let switch = if site.flag("triggers_disabled") { "disable" } else { "enable" };
    let sql = format!(
        "DO {}",
        Literal(&format!(
            "declare t record; begin for t in select g.tgrelid::pg_catalog.regclass as rel, g.tgname \
             from pg_catalog.pg_trigger g join pg_catalog.pg_constraint c on c.oid = g.tgconstraint \
             where g.tgisinternal and c.conrelid = {}::pg_catalog.regclass and c.conname = {} \
             loop execute pg_catalog.format('alter table %s {switch} trigger %I', t.rel, t.tgname); end loop; end",
            Literal(&site.parent_sql()),
            Literal(site.name()),
        ))
    );
    let step = steps.run(sql).note("only a superuser may switch the triggers of constraints");
    locks(site, Lock::ShareRowExclusive, step);
}

/// Says what the table says of an index, once it is there.
pub(super) fn marked(site: &Site, steps: &mut Steps) {
    marks::of_index(site, steps);
}

/// Storage parameters that change.
pub(super) fn parameters(change: &mut Alteration, steps: &mut Steps) {
    for clause in parameters::changes(&change.options("options")) {
        steps.run(format!("ALTER INDEX {} {clause}", index(&change.after)));
    }
}
