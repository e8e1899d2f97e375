//! The SQL that changes columns that are there.

use serde_json::{Map, Value};

use super::super::counting::Counting;
use super::super::locking::{lock, lock_identity, lock_keys_of, lock_one};
use super::super::{Alteration, Lock, Risk, Site, Steps};
use super::super::{composite_type, constraint, lineage, parameters, swap};
use super::convert::{Conversion, conversion, is_wider, keeps_all};
use super::ddl::{
    alter_parent, default, has_parents_identity, identity, is_of_table, is_stored_elsewhere, relation, sequence,
    sequence_attrs, sequence_comment, sequence_path, sequence_rest, set, stays_typed, type_name,
};
use crate::base::{Ident, Path};
use crate::model::ObjectId;

pub(super) fn alter(change: &mut Alteration, steps: &mut Steps) {
    let (before, after) = (change.before, change.after);
    if relation(&after) == "composite type" {
        return composite_type::alter_attribute(change, steps);
    }
    // A column can't be moved, and moves when its table is made anew.
    change.take("position");
    if matches!(relation(&after), "view" | "materialized view") {
        // What else there is of them follows from the query.
        change.take_any(&["type", "collation", "not_null"]);
    }
    let merged = change.differs("inherited") && after.flag("inherited") && stays_child(&before, &after);
    if merged && !lineage::inherited_from(&before).is_empty() {
        // A column of its own can't become one of the parents alone.
        return after.object.parent.iter().for_each(|table| steps.recreate_other(table));
    }
    if generation(change, steps) {
        return;
    }
    let column = Ident(after.name());
    if before.text("identity").is_some() && after.text("identity").is_none() && change.take("identity") {
        change.take("identity_sequence");
        if !follows_parents(&before, &after, "identity") {
            let step = steps.run_first(format!("{} ALTER COLUMN {column} DROP IDENTITY", alter_parent(&after, false)));
            lock(&after, Lock::AccessExclusive, step).risk(Risk::LosesData);
            steps.frees.push(sequence_path(&before));
        }
    }
    retype(change, steps);
    if change.take("not_null") {
        not_null(&before, &after, steps);
    }
    if change.take("default") {
        if before.text("identity").is_none() && after.text("identity").is_some() {
            // A serial's sequence may have the name that the identity's gets.
            let sql = format!("{} ALTER COLUMN {column} DROP DEFAULT", alter_parent(&after, true));
            lock(&after, Lock::AccessExclusive, steps.run_first(sql));
        } else {
            default(&after, steps);
        }
    }
    if change.differs("identity") || change.differs("identity_sequence") {
        change.take_any(&["identity", "identity_sequence"]);
        if !has_parents_identity(&after) {
            alter_identity(&before, &after, steps);
        }
    }
    for attribute in ["storage", "compression", "statistics"] {
        if change.take(attribute) {
            set(&after, attribute, steps);
        }
    }
    for clause in parameters::changes(&change.options("options")) {
        let step = steps.run(format!("{} ALTER COLUMN {column} {clause}", alter_parent(&after, true)));
        lock(&after, Lock::ShareUpdateExclusive, step);
    }
    if change.take("foreign_options") {
        let options = parameters::foreign_changes(&before.map("foreign_options"), &after.map("foreign_options"));
        let step = steps.run(format!("{} ALTER COLUMN {column} OPTIONS ({options})", alter_parent(&after, false)));
        lock(&after, Lock::AccessExclusive, step);
    }
    if change.take("inherited") && !after.flag("inherited") {
        become_local(&before, &after, steps);
    }
}

/// What a generated column is computed from can't be changed before PostgreSQL 17, and how it is kept never: it is made
/// anew, which loses nothing. Returns whether it is.
fn generation(change: &mut Alteration, steps: &mut Steps) -> bool {
    if !change.differs("generated") && !change.differs("generation_expression") {
        return false;
    }
    let (before, after) = (change.before, change.after);
    let stays = before.text("generated") == Some("stored") && after.text("generated").is_none();
    if !stays {
        steps.recreate("what a generated column is computed from can't be changed in place");
        return true;
    }
    change.take_any(&["generated", "generation_expression"]);
    if !follows_parents(&before, &after, "generated") {
        let sql = format!("{} ALTER COLUMN {} DROP EXPRESSION", alter_parent(&after, false), Ident(after.name()));
        lock(&after, Lock::AccessExclusive, steps.run(sql));
    }
    false
}

/// Whether a parent's column changes in the same way, so that its statement does it for the children too.
fn follows_parents(before: &Site, after: &Site, attribute: &str) -> bool {
    let old = lineage::inherited_from(before);
    lineage::inherited_from(after).iter().any(|parent| {
        let was = old.iter().find(|old| old.id == parent.id);
        let of = parent.object.parent.as_ref();
        let stays = of.is_some_and(|of| after.parent().is_some_and(|table| lineage::stays_with(&table, of)));
        stays
            && was.is_some_and(|was| was.value(attribute) != parent.value(attribute))
            && parent.value(attribute) == after.value(attribute)
    })
}

fn retype(change: &mut Alteration, steps: &mut Steps) {
    if !change.take_any(&["type", "collation"]) {
        return;
    }
    let (before, after) = (change.before, change.after);
    if is_in_partition_key(&before) || is_in_partition_key(&after) {
        // A column of the partition key can't have another type.
        return after.object.parent.iter().for_each(|table| steps.recreate_other(table));
    }
    steps.rebuild_dependents();
    let column = Ident(after.name());
    let has_default = before.text("default").is_some() && before.text("type") != after.text("type");
    if stays_typed(&after) || follows_parents(&before, &after, "type") || follows_parents(&before, &after, "collation")
    {
        // Its default is its own, though its type is the parent's.
        if has_default {
            let sql = format!("{} ALTER COLUMN {column} DROP DEFAULT", alter_parent(&after, true));
            lock(&after, Lock::AccessExclusive, steps.run_first(sql));
        }
        if has_default && !change.differs("default") {
            default(&after, steps);
        }
        return;
    }
    let collation = after.text("collation").map(|name| format!(" COLLATE {name}")).unwrap_or_default();
    // A default is of the old type, and may have no cast to the new one.
    if has_default {
        let sql = format!("{} ALTER COLUMN {column} DROP DEFAULT", alter_parent(&after, true));
        lock(&after, Lock::AccessExclusive, steps.run(sql));
    }
    let conversion = if before.text("type") == after.text("type") {
        Conversion::Binary
    } else {
        conversion(type_name(&before), type_name(&after))
    };
    // The server converts what a generated column gives, or not at all.
    let using = match conversion {
        _ if after.text("generated").is_some() => String::new(),
        Conversion::Binary | Conversion::Assignment => String::new(),
        Conversion::Explicit => format!(" USING {column}::{}", type_name(&after)),
        Conversion::Text => format!(" USING {column}::text::{}", type_name(&after)),
    };
    let sql =
        format!("{} ALTER COLUMN {column} TYPE {}{collation}{using}", alter_parent(&after, false), type_name(&after));
    let breaks =
        before.text("collation") != after.text("collation") || !is_wider(type_name(&before), type_name(&after));
    let run = |steps: &mut Steps| {
        let step = steps.run(sql);
        lock(&after, Lock::AccessExclusive, step).risk_if(breaks, Risk::Breaks);
        lock_keys_of(&before, step);
        if is_of_table(&after) && conversion != Conversion::Binary {
            step.risk(Risk::Rewrites).risk_if(!keeps_all(type_name(&before), type_name(&after)), Risk::FailsOnRows);
        }
    };
    match before.parent().filter(|_| is_stored_elsewhere(&before)) {
        Some(table) => swap::as_texts(&table, steps, run),
        None => run(steps),
    }
    if has_default && !change.differs("default") {
        default(&after, steps);
    }
}

/// Whether its table is partitioned by it, alone or in an expression.
pub(in crate::kinds) fn is_in_partition_key(site: &Site) -> bool {
    let table = site.parent();
    let Some(key) = table.as_ref().and_then(|table| table.object.attrs.get("partition_by")?.as_str()) else {
        return false;
    };
    let name = Ident(site.name()).to_string();
    let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '"'));
    key.match_indices(&name).any(|(at, _)| {
        let rest = &key[at + name.len()..];
        // Behind the strategy; a function's name is none of a column.
        at > 0 && !word(key[..at].chars().next_back()) && !word(rest.chars().next()) && !rest.starts_with('(')
    })
}

/// Whether its table inherits from the same ones all the time.
fn stays_child(before: &Site, after: &Site) -> bool {
    let inherits = |site: &Site| site.parent().and_then(|table| table.object.attrs.get("inherits").cloned());
    inherits(before).is_some() && inherits(before) == inherits(after)
}

fn not_null(before: &Site, after: &Site, steps: &mut Steps) {
    if !after.flag("not_null") {
        if !follows_parents(before, after, "not_null") {
            allow_null(after, steps);
        }
        for child in demanding_children(before, after) {
            // Whether it has a demand of its own or its parent's, and under which name, nobody says.
            allow_null(&child, steps);
            forbid_null(&child, &[], steps);
        }
    } else if !follows_parents(before, after, "not_null") && constraint::not_null_of(after).is_none() {
        forbid_null(after, &taken_over(before, after), steps);
    }
}

/// The same column of the children that stay, as it is and as it shall be.
fn of_children<'a>(before: &Site<'a>, after: &Site<'a>) -> Vec<(Site<'a>, Site<'a>)> {
    let Some(table) = &before.object.parent else { return Vec::new() };
    let columns = after.world.relatives.children(table).filter_map(|child| {
        let path = child.path.iter().cloned().chain([after.name().to_owned()]).collect();
        let id = ObjectId::of("column".to_owned(), path);
        before.at(&id).zip(after.at(&id))
    });
    let stays = |(_, column): &(Site, Site)| column.parent().is_some_and(|child| lineage::stays_with(&child, table));
    columns.filter(stays).collect()
}

/// Those of children that go on to forbid what no parent forbids any more.
fn demanding_children<'a>(before: &Site<'a>, after: &Site<'a>) -> Vec<Site<'a>> {
    let demand = |(old, new): &(Site, Site)| is_unnamed(old) && is_unnamed(new) && !constraint::is_demanded_above(new);
    of_children(before, after).into_iter().filter(demand).map(|(_, column)| column).collect()
}

/// Those of children, of their children too, that forbid it already and shall because a parent does (PostgreSQL 18): what
/// is their own would stay beside that.
fn taken_over<'a>(before: &Site<'a>, after: &Site<'a>) -> Vec<Site<'a>> {
    let mut found = Vec::new();
    for (old, new) in of_children(before, after) {
        if !old.flag("not_null") {
            found.extend(taken_over(&old, &new));
        } else if is_unnamed(&old) && is_unnamed(&new) && !constraint::is_demanded_above(&old) && !needs_not_null(&old)
        {
            found.push(new);
        }
    }
    found
}

/// Whether its table has the name of a partition, or a key, that decides it.
fn needs_not_null(column: &Site) -> bool {
    let is_key = |key: Site| key.text("type") == Some("primary key") && key.list("columns").contains(&column.name());
    lineage::is_of_partition(column)
        || column.text("identity").is_some()
        || column.parent().is_some_and(|table| table.children("constraint").any(is_key))
}

fn is_unnamed(column: &Site) -> bool {
    column.flag("not_null") && constraint::not_null_of(column).is_none()
}

fn allow_null(column: &Site, steps: &mut Steps) {
    let sql = format!("{} ALTER COLUMN {} DROP NOT NULL", alter_parent(column, false), Ident(column.name()));
    lock(column, Lock::AccessExclusive, steps.run(sql));
}

/// Rows are checked through a constraint that is added first, so that nobody waits for the scan. What is taken over from
/// children is theirs no more.
fn forbid_null(site: &Site, taken_over: &[Site], steps: &mut Steps) {
    let column = Ident(site.name());
    let table = alter_parent(site, false);
    if relation(site) == "foreign table" || !site.parent_stands() {
        let step = steps.run(format!("{table} ALTER COLUMN {column} SET NOT NULL"));
        lock(site, Lock::AccessExclusive, step);
        return;
    }
    let check = free_check(site);
    let check = Ident(&check);
    let step = steps.run(format!("{table} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID"));
    lock(site, Lock::AccessExclusive, step);
    let step = steps.run(format!("{table} VALIDATE CONSTRAINT {check}"));
    lock(site, Lock::ShareUpdateExclusive, step).later().risk(Risk::Scans).risk(Risk::FailsOnRows);
    // The first of these is later than the scan.
    let first = steps.steps.len();
    for child in taken_over {
        allow_null(child, steps);
    }
    let step = steps.run(format!("{table} ALTER COLUMN {column} SET NOT NULL"));
    lock(site, Lock::AccessExclusive, step);
    steps.steps[first].later();
    let step = steps.run(format!("{table} DROP CONSTRAINT {check}"));
    lock(site, Lock::AccessExclusive, step).later();
}

/// A name that no constraint of the table has.
fn free_check(site: &Site) -> String {
    let stem = format!("pgward_not_null_{}", site.number("position").unwrap_or_default());
    let is_taken = |name: &str| {
        let table = site.object.parent.iter().flat_map(|table| table.path.iter().cloned());
        let id = ObjectId::new("constraint", table.chain([name.to_owned()]));
        [site.world.before, site.world.after].iter().any(|catalog| catalog.objects.contains_key(&id))
    };
    let numbered = (2..).map(|n| format!("{stem}_{n}"));
    std::iter::once(stem.clone()).chain(numbered).find(|name| !is_taken(name)).unwrap_or(stem)
}

fn alter_identity(before: &Site, after: &Site, steps: &mut Steps) {
    let (column, table) = (Ident(after.name()), alter_parent(after, false));
    let none = Map::new();
    if before.text("identity").is_none() {
        // An identity takes the place of a default.
        let step = steps.run(format!("{table} ALTER COLUMN {column} ADD {}", identity(after)));
        lock_identity(after, step);
        steps.takes.push(sequence_path(after));
        sequence_rest(after, &none, steps);
        return;
    }
    if before.text("identity") != after.text("identity") {
        let kind = after.text("identity").unwrap_or_default().to_uppercase();
        let step = steps.run(format!("{table} ALTER COLUMN {column} SET GENERATED {kind}"));
        lock(after, Lock::AccessExclusive, step);
    }
    let (old, new) = (sequence_attrs(before, &none), sequence_attrs(after, &none));
    if sequence(before) != sequence(after) {
        let name = after.object.identity_sequence(after.id).unwrap_or_default();
        steps.run(format!("ALTER SEQUENCE {} RENAME TO {}", sequence(before), Ident(&name)));
    }
    let changes = Counting::new(new, type_name(after)).changes(&Counting::new(old, type_name(before)));
    // The column's type was changed with the sequence's.
    let options: Vec<String> = changes.options;
    if !options.is_empty() {
        let step = steps.run(format!("ALTER SEQUENCE {} {}", sequence(after), options.join(" ")));
        step.risk_if(changes.restarts, Risk::LosesData);
    }
    sequence_comment(after, old, steps);
    if old.get("unlogged") != new.get("unlogged") {
        let mut same: Map<String, Value> = new.clone();
        same.remove("unlogged");
        if let Some(was) = old.get("unlogged") {
            same.insert("unlogged".to_owned(), was.clone());
        }
        sequence_rest(after, &same, steps);
    }
}

/// A column that is there because of its parents alone becomes the table's own too: leaving them makes it so, and
/// joining them again leaves it.
fn become_local(before: &Site, after: &Site, steps: &mut Steps) {
    let Some(is) = after.parent() else { return };
    if !stays_child(before, after) {
        return;
    }
    // Once for the table: by the first of the columns that this is about.
    let first = is.children("column").find(|column| {
        let old = before.world.before.objects.get(column.id);
        old.is_some_and(|old| old.attrs.contains_key("inherited")) && !column.flag("inherited")
    });
    if first.is_some_and(|first| first.id != after.id) {
        return;
    }
    for parent in lineage::parents(&is) {
        let (table, name) = (Path(&is.id.path).to_string(), parent.sql());
        for clause in ["NO INHERIT", "INHERIT"] {
            let step = steps.run(format!("ALTER TABLE {table} {clause} {name}"));
            lock_one(after, is.id, Lock::AccessExclusive, step);
            if clause == "INHERIT" {
                lock_one(after, parent.id, Lock::ShareUpdateExclusive, step);
            }
        }
    }
}
