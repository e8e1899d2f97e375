//! The SQL of columns: what makes and removes them, and what says of a new one what its definition can't.

use serde_json::{Map, Value};

use super::super::counting::Counting;
use super::super::locking::{lock, lock_identity, lock_parent};
use super::super::{Lock, Risk, Site, Steps};
use super::super::{composite_type, constraint, foreign_options, lineage, parameters};
use crate::base::{Ident, Literal, Path};
use crate::model::{Catalog, Object, ObjectId};

pub(super) fn address(site: &Site) -> String {
    format!("COLUMN {}", site.sql())
}

/// What a column is of.
pub(super) fn relation<'a>(site: &Site<'a>) -> &'a str {
    site.object.parent.as_ref().map_or("table", |parent| parent.kind.as_str())
}

/// Whether it is of something that has rows of its own, and not of a view or a type.
pub(super) fn is_of_table(site: &Site) -> bool {
    matches!(relation(site), "table" | "foreign table")
}

/// The beginning of a statement that changes what a column is of, for this one alone or for its children too.
pub(super) fn alter_parent(site: &Site, only: bool) -> String {
    let word = match relation(site) {
        "view" => "VIEW",
        "materialized view" => "MATERIALIZED VIEW",
        "foreign table" => "FOREIGN TABLE",
        _ => "TABLE",
    };
    let only = if only && is_of_table(site) { "ONLY " } else { "" };
    format!("ALTER {word} {only}{}", site.parent_sql())
}

/// The column as `CREATE TABLE` and `ADD COLUMN` write it.
pub(in crate::kinds) fn definition(site: &Site) -> String {
    let mut sql = format!("{} {}", Ident(site.name()), type_name(site));
    if relation(site) == "foreign table" {
        sql += &foreign_options::clause(site, "foreign_options");
    }
    if let Some(collation) = site.text("collation") {
        sql += &format!(" COLLATE {collation}");
    }
    if let Some(expression) = site.text("generation_expression") {
        sql += &format!(
            " GENERATED ALWAYS AS ({expression}) {}",
            site.text("generated").unwrap_or_default().to_uppercase()
        );
    } else if let Some(default) = site.text("default").filter(|_| !site.world.deferred.contains(site.id)) {
        sql += &format!(" DEFAULT {default}");
    }
    if site.text("identity").is_some() && !has_parents_identity(site) {
        sql += &format!(" {}", identity(site));
    }
    if site.flag("not_null") && constraint::not_null_of(site).is_none() {
        // A partition's has the name of its parent's, which counts from PostgreSQL 18 on.
        if let Some(name) = constraint::not_null_name_of_parent(site) {
            sql += &format!(" CONSTRAINT {}", Ident(&name));
        }
        sql += " NOT NULL";
    }
    sql
}

pub(super) fn type_name<'a>(site: &Site<'a>) -> &'a str {
    site.text("type").unwrap_or_default()
}

/// A partition has the identity of its parent (PostgreSQL 17), and the same sequence.
pub(super) fn has_parents_identity(site: &Site) -> bool {
    let partition = site.parent().is_some_and(|table| table.object.attrs.contains_key("partition_of"));
    partition && lineage::inherited_from(site).iter().any(|parent| parent.text("identity").is_some())
}

/// `GENERATED … AS IDENTITY (…)`.
pub(super) fn identity(site: &Site) -> String {
    let kind = site.text("identity").unwrap_or_default().to_uppercase();
    let none = Map::new();
    let mut options = Vec::new();
    if let Some(name) = sequence_attrs(site, &none).get("name").and_then(Value::as_str) {
        options.push(format!("SEQUENCE NAME {}", Path(&[site.id.path[0].as_str(), name])));
    }
    options.extend(Counting::new(sequence_attrs(site, &none), type_name(site)).options());
    let options = if options.is_empty() { String::new() } else { format!(" ({})", options.join(" ")) };
    format!("GENERATED {kind} AS IDENTITY{options}")
}

pub(super) fn sequence_attrs<'a>(site: &Site<'a>, none: &'a Map<String, Value>) -> &'a Map<String, Value> {
    site.value("identity_sequence").and_then(Value::as_object).unwrap_or(none)
}

/// The qualified name of the sequence behind an identity column.
pub(super) fn sequence(site: &Site) -> String {
    Path(&sequence_path(site)).to_string()
}

/// Its schema and name.
pub(super) fn sequence_path(site: &Site) -> Vec<String> {
    site.id.path.iter().take(1).cloned().chain(site.object.identity_sequence(site.id)).collect()
}

/// Whether a parent's column, made in the same plan, brings it along.
fn comes_with_parents(site: &Site) -> bool {
    let Some(table) = site.parent() else { return false };
    if site.stands(table.id) {
        return lineage::is_carried(site);
    }
    // A table that is made names what is local, and a partition everything.
    site.flag("inherited") && table.object.attrs.contains_key("inherits") && !lineage::inherited_from(site).is_empty()
}

pub(super) fn create(site: &Site, steps: &mut Steps) {
    if relation(site) == "composite type" {
        return composite_type::create_attribute(site, steps);
    }
    let inherited = comes_with_parents(site) || stays_typed(site);
    let stands = site.parent_stands();
    let above = || site.object.parent.as_ref().is_some_and(|table| lineage::has_children(table, site));
    if stands && !inherited && is_of_table(site) && site.text("identity").is_some() && above() {
        add_identity_above(site, steps);
    } else if stands && !inherited && site.text("default").is_some() && is_stored_elsewhere(site) {
        add_and_fill(site, steps);
    } else if stands && !inherited && is_of_table(site) {
        if site.text("identity").is_some() {
            steps.takes.push(sequence_path(site));
        }
        let step = steps.run(format!("{} ADD COLUMN {}", alter_parent(site, false), definition(site)));
        lock(site, Lock::AccessExclusive, step);
        let volatile = site.text("default").is_some_and(|text| !is_constant(text));
        let fills = site.text("generated") == Some("stored") || site.text("identity").is_some() || volatile;
        step.risk_if(fills, Risk::Rewrites);
        let fails = site.flag("not_null") && site.text("default").is_none() && !fills;
        step.risk_if(fails, Risk::FailsOnRows);
    }
    let parent = lineage::inherited_from(site).into_iter().next().filter(|_| inherited);
    // An inherited column begins like its parent's where the parent has it from before, or gets it in the same plan.
    let of = |attribute: &str| parent.as_ref().and_then(|parent| parent.value(attribute));
    let made_with_default = is_of_table(site) && !inherited;
    if !made_with_default && site.text("generated").is_none() && site.value("default") != of("default") {
        default(site, steps);
    }
    let of_any_parent = lineage::inherited_from(site).iter().any(|parent| parent.flag("not_null"));
    if inherited && site.flag("not_null") && !of_any_parent && constraint::not_null_of(site).is_none() {
        let step = steps.run(format!("{} ALTER COLUMN {} SET NOT NULL", alter_parent(site, false), Ident(site.name())));
        lock(site, Lock::AccessExclusive, step).risk_if(stands, Risk::FailsOnRows);
    }
    for attribute in ["storage", "compression"] {
        if site.value(attribute) != of(attribute) {
            set(site, attribute, steps);
        }
    }
    if site.value("statistics").is_some() {
        set(site, "statistics", steps);
    }
    let options = site.map("options");
    if !options.is_empty() {
        let options = parameters::assignments(&options);
        let step =
            steps.run(format!("{} ALTER COLUMN {} SET ({options})", alter_parent(site, true), Ident(site.name())));
        lock(site, Lock::ShareUpdateExclusive, step);
    }
    if site.text("identity").is_some() && !has_parents_identity(site) {
        sequence_rest(site, &Map::new(), steps);
    }
    owned_sequences(site, steps);
}

/// The server adds no identity column to a table that has children: the column comes first, and counts then. The table's
/// own rows are numbered, as they would be.
fn add_identity_above(site: &Site, steps: &mut Steps) {
    let (column, table) = (Ident(site.name()), alter_parent(site, false));
    steps.takes.push(sequence_path(site));
    let partitioned = site.parent().is_some_and(|table| table.text("partition_by").is_some());
    let only = if partitioned { "" } else { "ONLY " };
    for clause in [
        format!("ADD COLUMN {column} {} DEFAULT 0 NOT NULL", type_name(site)),
        format!("ALTER COLUMN {column} DROP DEFAULT"),
    ] {
        lock(site, Lock::AccessExclusive, steps.run(format!("{table} {clause}")));
    }
    lock_identity(site, steps.run(format!("{table} ALTER COLUMN {column} ADD {}", identity(site))));
    let step = steps.run(format!("UPDATE {only}{} SET {column} = DEFAULT", site.parent_sql()));
    step.risk(Risk::Rewrites).note("the rows of child tables have 0");
}

/// Whether another table holds rows of this one's type, for which the server fills no new column in and changes no type.
pub(super) fn is_stored_elsewhere(site: &Site) -> bool {
    let Some(table) = site.object.parent.as_ref().filter(|table| table.kind == "table") else { return false };
    site.world.before.objects.iter().any(|(id, object)| {
        let is_other = object.parent.as_ref().is_some_and(|other| other.kind == "table" && other != table);
        id.kind == "column" && is_other && object.needs.contains(table)
    })
}

/// The column comes empty, and the table's own rows get its default afterwards.
fn add_and_fill(site: &Site, steps: &mut Steps) {
    let (column, table) = (Ident(site.name()), alter_parent(site, false));
    let collation = site.text("collation").map(|name| format!(" COLLATE {name}")).unwrap_or_default();
    lock(site, Lock::AccessExclusive, steps.run(format!("{table} ADD COLUMN {column} {}{collation}", type_name(site))));
    default(site, steps);
    steps.run(format!("UPDATE {} SET {column} = DEFAULT", site.parent_sql())).risk(Risk::Rewrites);
    if site.flag("not_null") && constraint::not_null_of(site).is_none() {
        let step = steps.run(format!("{table} ALTER COLUMN {column} SET NOT NULL"));
        lock(site, Lock::AccessExclusive, step).risk(Risk::Scans);
    }
}

/// A default that is the same for every row, so that the server stores it once.
fn is_constant(default: &str) -> bool {
    const STABLE: [&str; 4] = ["now()", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_USER"];
    !default.contains('(') || STABLE.contains(&default)
}

/// Sets or drops the default.
pub(super) fn default(site: &Site, steps: &mut Steps) {
    let column = Ident(site.name());
    let clause = site.text("default").map_or("DROP DEFAULT".to_owned(), |text| format!("SET DEFAULT {text}"));
    let step = steps.run(format!("{} ALTER COLUMN {column} {clause}", alter_parent(site, true)));
    lock(site, Lock::AccessExclusive, step);
}

/// Sets storage, compression or statistics to what they shall be.
pub(super) fn set(site: &Site, attribute: &str, steps: &mut Steps) {
    let column = Ident(site.name());
    let (clause, strength) = match attribute {
        // DEFAULT is a word for it from PostgreSQL 16 on alone.
        "storage" => match site.text("storage") {
            Some(storage) => (format!("SET STORAGE {}", storage.to_uppercase()), Lock::AccessExclusive),
            None => return default_storage(site, steps),
        },
        "compression" => {
            let method = site.text("compression").map_or("default".to_owned(), ToOwned::to_owned);
            (format!("SET COMPRESSION {method}"), Lock::AccessExclusive)
        }
        _ => {
            let target = site.number("statistics").unwrap_or_else(|| "-1".to_owned());
            (format!("SET STATISTICS {target}"), Lock::ShareUpdateExclusive)
        }
    };
    let step = steps.run(format!("{} ALTER COLUMN {column} {clause}", alter_parent(site, true)));
    lock(site, strength, step);
}

/// Gives a column the storage of its type back, which PostgreSQL 15 has no word for.
fn default_storage(site: &Site, steps: &mut Steps) {
    let (column, table) = (Ident(site.name()), site.parent_sql());
    let body = format!(
        "begin execute (select pg_catalog.format('alter {} alter column %I set storage %s', a.attrelid::pg_catalog.regclass, \
         a.attname, case t.typstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end) \
         from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid \
         where a.attrelid = {}::pg_catalog.regclass and a.attname = {}); end",
        if relation(site) == "materialized view" { "materialized view %s" } else { "table only %s" },
        Literal(&table),
        Literal(site.name()),
    );
    let step = steps.run(format!("DO {}", Literal(&body)));
    lock_parent(site, Lock::AccessExclusive, step).note(format!("column {column} gets the storage of its type"));
}

/// What of the sequence behind an identity column its definition can't say.
pub(super) fn sequence_rest(site: &Site, before: &Map<String, Value>, steps: &mut Steps) {
    let none = Map::new();
    let after = sequence_attrs(site, &none);
    let old = Counting::new(before, type_name(site));
    let new = Counting::new(after, type_name(site));
    if old.type_name() != new.type_name() {
        steps.run(format!("ALTER SEQUENCE {} AS {}", sequence(site), new.type_name()));
    }
    if after.get("unlogged") != before.get("unlogged") {
        let table = site.parent().is_some_and(|table| table.flag("unlogged"));
        let unlogged = after.get("unlogged").and_then(Value::as_bool).unwrap_or(table);
        let to = if unlogged { "UNLOGGED" } else { "LOGGED" };
        steps.run(format!("ALTER SEQUENCE {} SET {to}", sequence(site)));
    }
    sequence_comment(site, before, steps);
}

/// The comment on the sequence behind an identity column, where it differs from what was said of it.
pub(super) fn sequence_comment(site: &Site, before: &Map<String, Value>, steps: &mut Steps) {
    let none = Map::new();
    let comment = sequence_attrs(site, &none).get("comment");
    if comment != before.get("comment") {
        let text = comment.and_then(Value::as_str).map_or("NULL".to_owned(), |text| Literal(text).to_string());
        steps.run(format!("COMMENT ON SEQUENCE {} IS {text}", sequence(site)));
    }
}

/// Binds the sequences that are dropped with it and that it needs, as that of a serial: they are there before it.
fn owned_sequences(site: &Site, steps: &mut Steps) {
    let name = site.sql();
    for sequence in site.object.needs.iter().filter(|needed| needed.kind == "sequence") {
        let owned = site.at(sequence).is_some_and(|sequence| sequence.text("owned_by") == Some(&name));
        if owned {
            steps.run(format!("ALTER SEQUENCE {} OWNED BY {name}", sequence.qualified()));
        }
    }
}

pub(super) fn drop(site: &Site, steps: &mut Steps) {
    if relation(site) == "composite type" {
        return composite_type::drop_attribute(site, steps);
    }
    if !is_of_table(site) || lineage::goes_with_parents(site) || stays_typed(site) {
        return;
    }
    if site.text("identity").is_some() {
        steps.frees.push(sequence_path(site));
    }
    if let Some(table) = &site.object.parent {
        let_go_of_sequences(site, table, steps);
    }
    let step = steps.run(format!("{} DROP COLUMN {}", alter_parent(site, false), Ident(site.name())));
    lock(site, Lock::AccessExclusive, step);
    // What is computed from other columns can be computed again, unless it shall be an ordinary column.
    let becomes_ordinary =
        site.world.after.objects.get(site.id).is_some_and(|after| !after.attrs.contains_key("generated"));
    step.risk(Risk::Breaks).risk_if(site.text("generated").is_none() || becomes_ordinary, Risk::LosesData);
}

/// Takes the defaults from children's columns that are from a sequence which goes with a column: those that are the children's own
/// too stay when the parent's goes.
fn let_go_of_sequences(column: &Site, table: &ObjectId, steps: &mut Steps) {
    let is_owned = |id: &&ObjectId| {
        let object = column.world.before.objects.get(*id).filter(|_| id.kind == "sequence");
        object.and_then(Object::owned_by).as_ref() == Some(column.id)
    };
    let owned: Vec<&ObjectId> = column.object.needs.iter().filter(is_owned).collect();
    let stays = |child: &&ObjectId| column.stands(child) && column.world.after.objects.contains_key(child);
    for child in column.world.relatives.children(table).filter(|child| !owned.is_empty() && stays(child)) {
        let id = ObjectId::of("column".to_owned(), [child.path.as_slice(), &[column.name().to_owned()]].concat());
        let Some((id, object)) = column.world.before.objects.get_key_value(&id) else { continue };
        let of_child = Site { id, object, ..*column };
        if of_child.value("default").is_some() && object.needs.iter().any(|needed| owned.contains(&needed)) {
            let name = Ident(column.name());
            let step = steps.run(format!("{} ALTER COLUMN {name} DROP DEFAULT", alter_parent(&of_child, true)));
            lock_parent(&of_child, Lock::AccessExclusive, step);
        }
        let_go_of_sequences(column, child, steps);
    }
}

/// Whether its table follows a composite type all the time, whose attributes bring its columns and take them along.
pub(super) fn stays_typed(site: &Site) -> bool {
    let typed = |catalog: &Catalog| {
        let table = site.object.parent.as_ref().and_then(|parent| catalog.objects.get(parent));
        table.and_then(|table| table.attrs.get("of_type")).cloned()
    };
    let before = typed(site.world.before);
    site.parent_stands() && before.is_some() && before == typed(site.world.after)
}

pub(super) fn rename(site: &Site, to: &ObjectId, steps: &mut Steps) {
    if site.name() == to.name() {
        return;
    }
    if relation(site) == "composite type" {
        return composite_type::rename_attribute(site, to.name(), steps);
    }
    let (from, to) = (Ident(site.name()), Ident(to.name()));
    let step = steps.run(format!("{} RENAME COLUMN {from} TO {to}", alter_parent(site, false)));
    lock(site, Lock::AccessExclusive, step).risk(Risk::Breaks);
}

/// A default can be taken from a column for a while; its type can't, nor what a generated one is computed from. That a
/// child's column is its parent's needs nothing to be done.
pub(super) fn release(site: &Site, needed: &ObjectId, away: &mut Steps, back: &mut Steps) -> bool {
    if lineage::inherited_from(site).iter().any(|parent| parent.id == needed) {
        return true;
    }
    let default_only = matches!(needed.kind.as_str(), "function" | "sequence" | "operator" | "cast" | "aggregate");
    if !default_only || site.text("generated").is_some() || site.text("default").is_none() {
        return false;
    }
    let column = Ident(site.name());
    lock(
        site,
        Lock::AccessExclusive,
        away.run(format!("{} ALTER COLUMN {column} DROP DEFAULT", alter_parent(site, true))),
    );
    default(site, back);
    true
}
