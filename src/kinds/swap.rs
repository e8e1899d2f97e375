//! Making a type or a collation anew under its name while columns of tables go on using it: the old one steps aside,
//! the columns move over with their values, the old one goes.
//!
//! Knows kinds only as what it is given. What needs the object beside tables' columns is rebuilt by `plan`.

use super::{Alteration, Kind, Lock, Risk, Site, Steps, World, lineage, locking};
use std::collections::BTreeSet;

use crate::base::{Ident, Literal, Path, parse_path};
use crate::model::{Catalog, ObjectId};

/// Deals with all that differs by making the object anew, if columns of tables that stand use it. Otherwise nothing is
/// taken: making it anew is for `plan` then.
pub(super) fn replace(change: &mut Alteration, steps: &mut Steps, kind: &Kind) {
    let (keys, columns): (Vec<_>, Vec<_>) = columns(change).into_iter().partition(is_partitioned_by);
    // What a table is partitioned by has the type it has.
    keys.iter().filter_map(|column| column.object.parent.as_ref()).for_each(|table| steps.recreate_other(table));
    if columns.is_empty() {
        return;
    }
    let generic = ["owner", "comment", "security_labels"];
    let differing: Vec<_> = change.pending().filter(|name| !generic.contains(name)).collect();
    if differing.is_empty() {
        return;
    }
    for attribute in differing {
        change.take(attribute);
    }
    let (before, after) = (change.before, change.after);
    let address = |site: &Site| (kind.ddl.address)(site);
    let mut aside = before.id.clone();
    if let Some(name) = aside.path.last_mut() {
        *name = free_name(&before.id.path[..1], before.name(), "old", [before.catalog, after.catalog]);
    }
    steps.run(format!("ALTER {} RENAME TO {}", address(&before), Ident(aside.name())));
    set_multirange_aside(&before, &after, aside.name(), steps);
    (kind.ddl.create)(&after, steps);
    dress(&after, &address(&after), steps);
    let is_type = kind.class == super::Class::PG_TYPE;
    for column in columns.iter().filter(|column| column.value("default").is_some()) {
        alter_column(column, "ONLY ", "DROP DEFAULT", steps);
    }
    for column in columns.iter().filter(|column| !lineage::is_carried(column)) {
        let type_ = type_after(column, &before, &after);
        let mut action = format!("TYPE {type_}");
        if let Some(collation) = column.text("collation") {
            action.push_str(&format!(" COLLATE {collation}"));
        }
        if is_type && mentions_type(column, &before) {
            action.push_str(&format!(" USING {}::text::{type_}", Ident(column.name())));
        } else if is_type {
            // Only its default is of the type.
            continue;
        }
        let step = steps.run(alteration(column, "", &action));
        locking::lock(column, Lock::AccessExclusive, step);
        step.risk_if(is_type, Risk::Rewrites).risk_if(!is_type, Risk::Scans).risk(Risk::FailsOnRows);
    }
    for column in &columns {
        let kept = after.at(column.id).is_some_and(|new| new.value("default") == column.value("default"));
        if let Some(default) = column.text("default").filter(|_| kept && !is_released(column, &before)) {
            alter_column(column, "ONLY ", &format!("SET DEFAULT {default}"), steps);
        }
    }
    let old = Site { id: &aside, ..before };
    steps.run(format!("DROP {}", address(&old))).risk(Risk::Breaks);
    steps.rebuild_dependents();
    columns.iter().for_each(|column| steps.moves(column.id));
}

/// Whether a column's default calls what is made anew because of the object, so that `plan` gives the default back.
fn is_released(column: &Site, of: &Site) -> bool {
    let is_routine = |id: &&ObjectId| super::by_name(&id.kind).is_some_and(|kind| kind.class == super::Class::PG_PROC);
    let mut seen = BTreeSet::new();
    let mut called: Vec<&ObjectId> = column.object.needs.iter().filter(is_routine).collect();
    while let Some(routine) = called.pop() {
        let Some(object) = of.catalog.objects.get(routine).filter(|_| seen.insert(routine)) else { continue };
        if object.needs.contains(of.id) {
            return true;
        }
        called.extend(object.needs.iter().filter(is_routine));
    }
    false
}

/// Whether a column, or one that it is inherited from, is what its table is partitioned by.
fn is_partitioned_by(column: &Site) -> bool {
    super::column::is_in_partition_key(column) || lineage::inherited_from(column).iter().any(is_partitioned_by)
}

/// What the new object has to have beside its definition: what belongs to it and stands, its owner, its rights, its
/// texts.
fn dress(site: &Site, address: &str, steps: &mut Steps) {
    let mut made = site.world.made.clone();
    made.insert(site.id.clone());
    let world = World { made: &made, ..*site.world };
    for (id, object) in site.catalog.children(site.id) {
        let child = Site { id, object, world: &world, catalog: site.catalog };
        if id.kind != "grant"
            && site.stands(id)
            && let Some(kind) = super::by_name(&id.kind)
        {
            (kind.ddl.create)(&child, steps);
        }
    }
    if let Some(owner) = site.text("owner") {
        steps.run(format!("ALTER {address} OWNER TO {}", Ident(owner)));
    }
    if let Some(comment) = site.text("comment") {
        steps.run(format!("COMMENT ON {address} IS {}", Literal(comment)));
    }
    let has_labels =
        super::by_name(&site.id.kind).is_some_and(|kind| kind.shape.attribute("security_labels").is_some());
    for (provider, label) in has_labels.then(|| site.map("security_labels")).into_iter().flatten() {
        steps.run(format!("SECURITY LABEL FOR {} ON {address} IS {}", Ident(provider), Literal(label)));
    }
    super::settle_grants(site, steps);
}

/// Runs statements while no column of a table has values that hold those of a type inside: of which the server can't say
/// what a domain shall demand, and which it does not write anew with a table's rows. They are texts meanwhile.
pub(super) fn as_texts(of: &Site, steps: &mut Steps, run: impl FnOnce(&mut Steps)) {
    let stands = |column: &Site| column.parent_stands() && of.stands(column.id) && !lineage::is_carried(column);
    let (columns, gone): (Vec<_>, Vec<_>) =
        holders(of).into_iter().filter(stands).partition(|column| of.world.after.objects.contains_key(column.id));
    // What goes is gone by then.
    steps
        .after
        .extend(gone.iter().flat_map(|column| [Some(column.id), column.object.parent.as_ref()]).flatten().cloned());
    for column in &columns {
        if column.value("default").is_some() {
            alter_column(column, "ONLY ", "DROP DEFAULT", steps);
        }
        alter_column(column, "", &format!("TYPE text USING {}::text", Ident(column.name())), steps);
        steps.moves(column.id);
    }
    run(steps);
    for column in &columns {
        let type_ = column.text("type").unwrap_or_default();
        let action = format!("TYPE {type_} USING {}::text::{type_}", Ident(column.name()));
        let step = steps.run(alteration(column, "", &action));
        locking::lock(column, Lock::AccessExclusive, step).risk(Risk::Rewrites).risk(Risk::FailsOnRows);
        if let Some(default) = column.text("default") {
            alter_column(column, "ONLY ", &format!("SET DEFAULT {default}"), steps);
        }
    }
}

/// The columns of tables whose values hold those of a type inside: arrays, composites and ranges, or what is made of such. The
/// server looks at those of a domain itself, but not at those of a table's row type.
pub(super) fn holders<'a>(of: &Site<'a>) -> Vec<Site<'a>> {
    let catalog = of.catalog;
    let class = |id: &ObjectId| super::by_name(&id.kind).map(|kind| kind.class);
    let mut types: BTreeSet<&ObjectId> = BTreeSet::from([of.id]);
    let mut plain: BTreeSet<String> = (of.id.kind == "domain").then(|| of.sql()).into_iter().collect();
    loop {
        let known = types.len();
        for (id, object) in &catalog.objects {
            if !object.needs.iter().any(|id| types.contains(id)) {
                continue;
            }
            let made = object.parent.as_ref().filter(|parent| parent.kind == "composite type");
            let made = made.or((class(id) == Some(super::Class::PG_TYPE)).then_some(id));
            types.extend(made);
            let is_plain =
                object.attrs.get("type").and_then(|name| name.as_str()).is_some_and(|name| plain.contains(name));
            if id.kind == of.id.kind && is_plain {
                plain.insert(Path(&id.path).to_string());
            }
        }
        if types.len() == known {
            break;
        }
    }
    let columns = catalog.objects.iter().filter(|(id, object)| {
        id.kind == "column"
            && object.parent.as_ref().is_some_and(|table| table.kind == "table")
            && object.needs.iter().any(|needed| types.contains(needed))
            && !object.attrs.contains_key("generated")
            && object.attrs.get("type").and_then(|name| name.as_str()).is_some_and(|name| !plain.contains(name))
    });
    columns.map(|(id, object)| Site { id, object, catalog, world: of.world }).collect()
}

fn alter_column(column: &Site, only: &str, action: &str, steps: &mut Steps) {
    let step = steps.run(alteration(column, only, action));
    locking::lock(column, Lock::AccessExclusive, step);
}

fn alteration(column: &Site, only: &str, action: &str) -> String {
    let foreign = column.object.parent.as_ref().is_some_and(|table| table.kind == "foreign table");
    let table = if foreign { "FOREIGN TABLE" } else { "TABLE" };
    format!("ALTER {table} {only}{} ALTER COLUMN {} {action}", column.parent_sql(), Ident(column.name()))
}

/// The columns of tables that use the object and stay, as they are before.
fn columns<'a>(change: &Alteration<'a>) -> Vec<Site<'a>> {
    let before = change.before;
    let all = before.catalog.objects.iter().filter(|(id, object)| {
        id.kind == "column"
            && object.needs.contains(before.id)
            && object.parent.as_ref().is_some_and(|of| of.kind == "table" || of.kind == "foreign table")
            && change.after.catalog.objects.contains_key(*id)
            && before.stands(id)
    });
    all.map(|(id, object)| Site { id, object, ..before }).collect()
}

/// A range type's multirange type and constructors go with it, and stand in the way until then.
fn set_multirange_aside(before: &Site, after: &Site, aside: &str, steps: &mut Steps) {
    let Some(multirange) = multirange(before) else { return };
    let Some((name, schema)) = multirange.split_last() else { return };
    let to = free_name(schema, name, "old", [before.catalog, after.catalog]);
    let (old, new) = (Path(&multirange), Ident(&to));
    steps.run(format!("ALTER TYPE {old} RENAME TO {new}"));
    // Its constructors are in the schema of the range type.
    let constructor = Path(&[&before.id.path[0], name]).to_string();
    steps.run(format!("ALTER FUNCTION {constructor}() RENAME TO {new}"));
    let subtype = before.text("subtype").unwrap_or_default();
    for flags in ["", ", text"] {
        let constructor = format!("{}({subtype}, {subtype}{flags})", before.sql());
        steps.run(format!("ALTER FUNCTION {constructor} RENAME TO {}", Ident(aside)));
    }
}

/// A column's type, as it is called when the object is made anew: a range type's multirange may have another name.
fn type_after(column: &Site, before: &Site, after: &Site) -> String {
    let type_ = column.text("type").unwrap_or_default();
    let names =
        multirange(before).zip(multirange(after)).map(|(old, new)| (Path(&old).to_string(), Path(&new).to_string()));
    let rest = names.as_ref().and_then(|(old, new)| Some((new, type_.strip_prefix(old.as_str())?)));
    match rest {
        Some((new, rest)) if rest.is_empty() || rest.starts_with('[') => format!("{new}{rest}"),
        _ => type_.to_owned(),
    }
}

/// Whether a column's own type is the type, an array of it, or the type with a modifier.
fn mentions_type(column: &Site, of: &Site) -> bool {
    let Some(type_) = column.text("type") else { return false };
    let names = [of.sql(), multirange(of).map(|path| Path(&path).to_string()).unwrap_or_default()];
    names.iter().filter(|name| !name.is_empty()).any(|name| {
        type_.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '(']))
    })
}

/// Schema and name of a range type's multirange type.
fn multirange(of: &Site) -> Option<Vec<String>> {
    if of.id.kind == "range type" { parse_path(of.text("multirange")?).ok() } else { None }
}

/// A name beside another that nothing in the schema has in either catalog: with `_` and a word behind it.
#[must_use]
pub fn free_name(schema: &[String], name: &str, word: &str, catalogs: [&Catalog; 2]) -> String {
    let mut stem = name;
    while stem.len() > 56 {
        stem = &stem[..stem.char_indices().next_back().map_or(0, |(at, _)| at)];
    }
    // An index is below its table, and has a name in the schema.
    let taken = |name: &str| {
        catalogs.iter().any(|catalog| {
            let of_schema = catalog.objects.keys().filter(|id| id.path.starts_with(schema));
            of_schema.filter_map(|id| id.path.get(1..)).any(|path| path.iter().take(2).any(|own| own == name))
        })
    };
    let first = format!("{stem}_{word}");
    if !taken(&first) {
        return first;
    }
    (1..).map(|n| format!("{stem}_{word}{n}")).find(|name| !taken(name)).unwrap_or(first)
}
