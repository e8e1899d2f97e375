//! The SQL of NOT NULL constraints that say more than their column's `not_null` (PostgreSQL 18).

use super::super::{Lock, Risk, Site, Step, Steps, lineage, locking};
use super::ddl::{alter_parent, is_of_domain, validate};
use crate::base::{Ident, Literal};
use crate::model::ObjectId;

/// The longest name that the server keeps.
const NAME_BYTES: usize = 63;

/// The column that it is of, in one of the catalogs.
fn column<'a>(site: &Site<'a>, catalog: &'a crate::model::Catalog) -> Option<Site<'a>> {
    let parent = site.object.parent.as_ref()?;
    let path: Vec<String> =
        parent.path.iter().cloned().chain(site.list("columns").first().map(ToString::to_string)).collect();
    let id = ObjectId::new("column", path);
    Site { catalog, ..*site }.at(&id)
}

/// Whether another object says of the column in a catalog that it is not null.
fn said<'a>(site: &Site<'a>, catalog: &'a crate::model::Catalog) -> bool {
    let named = column(site, catalog).and_then(|column| of_column(&column));
    column(site, catalog).is_some_and(|column| column.flag("not_null") && named.is_none())
}

/// The constraint that says of a column that it is not null, where that is an object of its own.
pub(in crate::kinds) fn of_column<'a>(column: &Site<'a>) -> Option<Site<'a>> {
    let name = column.name();
    column
        .parent()?
        .children("constraint")
        .find(|site| site.text("type") == Some("not null") && site.list("columns").first() == Some(&name))
}

/// The constraint of a column that its table is made with: the server gives no other name to what it has taken over from a
/// parent, or made for an identity, by then.
pub(in crate::kinds) fn of_new<'a>(column: &Site<'a>) -> Option<Site<'a>> {
    column.parent().filter(|table| !table.stands(table.id) && table.id.kind == "table")?;
    of_column(column).filter(|own| own.flag_or_true("validated") && !is_inherited(own))
}

/// Whether a child has it from its parents alone, and something is said of it there.
fn is_inherited(site: &Site) -> bool {
    site.flag("inherited") && !lineage::is_of_partition(site)
}

/// The name of a partition's NOT NULL, where it is the parent's.
pub(in crate::kinds) fn name_of_parent(column: &Site) -> Option<String> {
    if !lineage::is_of_partition(column) {
        return None;
    }
    demanding(column).first().map(name)
}

/// What a column's NOT NULL is called.
fn name(column: &Site) -> String {
    of_column(column).map_or_else(|| unnamed(column), |constraint| constraint.name().to_owned())
}

/// What a column's NOT NULL is called that is no object of its own: by its parent's name in a partition, or else as the server
/// names it.
fn unnamed(column: &Site) -> String {
    let generated = || generated(column.object.parent.as_ref().map_or("", ObjectId::name), Some(column.name()));
    name_of_parent(column).unwrap_or_else(generated)
}

/// The NOT NULL of a domain in a catalog, and the name that it has there.
fn of_domain(site: &Site, catalog: &crate::model::Catalog) -> Option<String> {
    let domain = Site { catalog: site.catalog, ..*site }.object.parent.as_ref()?;
    let (id, object) = catalog.objects.get_key_value(domain)?;
    let domain = Site { world: site.world, catalog, id, object };
    let named = domain.children("constraint").find(|site| site.text("type") == Some("not null"));
    let name = named.map_or_else(|| generated(domain.name(), None), |named| named.name().to_owned());
    domain.flag("not_null").then_some(name)
}

/// Gives the NOT NULL of a domain that stays the name that it shall have; the domain is made with it otherwise.
fn rename_of_domain(site: &Site, steps: &mut Steps) {
    let stands = site.object.parent.as_ref().is_some_and(|domain| site.stands(domain));
    let names = (of_domain(site, site.world.before), of_domain(site, site.world.after));
    if let (true, (Some(from), Some(to))) = (stands, names)
        && from != to
    {
        steps.run(format!("{} RENAME CONSTRAINT {} TO {}", alter_parent(site, false), Ident(&from), Ident(&to)));
    }
}

/// The columns of parents that are not null either.
fn demanding<'a>(column: &Site<'a>) -> Vec<Site<'a>> {
    let mut above = lineage::inherited_from(column);
    above.retain(|parent| parent.flag("not_null"));
    above
}

/// Whether a parent says it of a column too.
pub(in crate::kinds) fn is_demanded_above(column: &Site) -> bool {
    !demanding(column).is_empty()
}

fn is_parents(site: &Site) -> bool {
    column(site, site.world.after).is_some_and(|column| is_demanded_above(&column))
}

/// The constraint as `CREATE TABLE` writes it.
pub(in crate::kinds) fn clause(site: &Site) -> String {
    let column = site.list("columns").first().copied().unwrap_or_default();
    let no_inherit = if site.flag("no_inherit") { " NO INHERIT" } else { "" };
    format!("CONSTRAINT {} NOT NULL {}{no_inherit}", Ident(site.name()), Ident(column))
}

/// What a column's constraint is called where names of objects are free or taken: a column has one.
fn place(site: &Site) -> Vec<String> {
    let parent = site.object.parent.iter().flat_map(|parent| parent.path.iter().cloned());
    let column = site.list("columns").first().map(ToString::to_string);
    parent.chain(column).chain(["not null".to_owned()]).collect()
}

/// The constraint of the same column in the other catalog that has another name, and becomes this one, or was it: rows
/// that were checked can't be unchecked.
fn twin<'a>(site: &Site<'a>, other: &'a crate::model::Catalog, is_new: bool) -> Option<Site<'a>> {
    let column = column(site, other).filter(|column| column.stands(column.id))?;
    let twin = of_column(&column).filter(|twin| twin.id != site.id)?;
    let (old, new) = if is_new { (&twin, site) } else { (site, &twin) };
    // Another constraint may have the name until it is gone.
    let is_free = !site.world.before.objects.contains_key(new.id);
    (is_free && (new.flag_or_true("validated") || !old.flag_or_true("validated"))).then_some(twin)
}

/// Whether a parent's is renamed alike, which renames those of its children.
fn is_renamed_above(old: &Site, new: &Site) -> bool {
    let (Some(before), Some(after)) = (column(old, old.catalog), column(new, new.catalog)) else { return false };
    let now = demanding(&after);
    demanding(&before).iter().any(|then| {
        let now = now.iter().find(|now| now.id == then.id);
        name(then) == old.name() && now.is_some_and(|now| name(now) == new.name())
    })
}

/// Adds it, or names the one that the server made with the column.
pub(super) fn create(site: &Site, steps: &mut Steps) {
    if is_of_domain(site) {
        return rename_of_domain(site, steps);
    }
    if is_inherited(site) {
        return;
    }
    let (stands, name) = (site.parent_stands(), Ident(site.name()));
    let valid = site.flag_or_true("validated");
    let column_name = site.list("columns").first().copied().unwrap_or_default();
    steps.takes.push(place(site));
    if column(site, site.world.after).is_some_and(|column| of_new(&column).is_some()) {
        return;
    }
    if let Some(old) = twin(site, site.world.before, true) {
        if !is_renamed_above(&old, site) {
            let from = Ident(old.name());
            lock(site, steps.run(format!("{} RENAME CONSTRAINT {from} TO {name}", alter_parent(site, false))));
        }
        if old.flag("no_inherit") != site.flag("no_inherit") {
            let inherit = if site.flag("no_inherit") { "NO INHERIT" } else { "INHERIT" };
            lock(site, steps.run(format!("{} ALTER CONSTRAINT {name} {inherit}", alter_parent(site, false))));
        }
        if old.value("comment").is_some() && site.value("comment").is_none() {
            steps.run(format!("COMMENT ON {} IS NULL", super::ddl::address(site)));
        }
        if valid && !old.flag_or_true("validated") {
            validate(site, steps);
        }
        return;
    }
    let before = column(site, site.world.before).filter(|_| stands && said(site, site.world.before));
    let above = before.as_ref().is_some_and(is_demanded_above);
    if becomes_own(site) || above && is_parents(site) && !lineage::is_of_partition(site) {
        return of_its_own(site, steps);
    }
    // A parent's may have had any name, and may or may not have gone with it.
    let left = above && !is_parents(site);
    if let (true, false, Some(before)) = (valid, left, &before) {
        let unnamed = unnamed(before);
        if unnamed != site.name() {
            let from = Ident(&unnamed);
            let step = steps.run(format!("{} RENAME CONSTRAINT {from} TO {name}", alter_parent(site, false)));
            lock(site, step);
        }
        if site.flag("no_inherit") {
            lock(site, steps.run(format!("{} ALTER CONSTRAINT {name} NO INHERIT", alter_parent(site, false))));
        }
        return;
    }
    if before.is_some() {
        // What is valid can't be made not valid.
        let column = Ident(column_name);
        lock(site, steps.run(format!("{} ALTER COLUMN {column} DROP NOT NULL", alter_parent(site, false))));
    }
    let no_inherit = if site.flag("no_inherit") { " NO INHERIT" } else { "" };
    let apart = stands && valid;
    let not_valid = if apart || !valid { " NOT VALID" } else { "" };
    let sql = format!("{} ADD CONSTRAINT {name} NOT NULL {}", alter_parent(site, false), Ident(column_name));
    lock(site, steps.run(format!("{sql}{no_inherit}{not_valid}")).risk_if(stands, Risk::Breaks));
    if apart {
        validate(site, steps);
    }
}

/// Whether what a child has from its parents, under a parent's name, becomes its own as well: that is done while a parent
/// demands it.
pub fn becomes_own(site: &Site) -> bool {
    let before = column(site, site.world.before).filter(|_| site.parent_stands() && said(site, site.world.before));
    let is_alike = |parent: &Site| name(parent) == site.name();
    before.is_some_and(|before| !lineage::is_of_partition(&before) && demanding(&before).iter().any(is_alike))
}

/// Makes what is a parent's its own as well.
fn of_its_own(site: &Site, steps: &mut Steps) {
    let add = format!("{} ADD {}", alter_parent(site, false), clause(site));
    if becomes_own(site) {
        lock(site, steps.run(add));
    } else if let Some(column) = column(site, site.world.after) {
        // Beside the parent's, the server takes no other name.
        without_parents(&column, steps, &add);
    }
}

/// Does something to a child's column while no parent demands that it is not null.
fn without_parents(column: &Site, steps: &mut Steps, sql: &str) {
    let parents = demanding(column);
    let named = Ident(column.name());
    for parent in &parents {
        lock(parent, steps.run(format!("{} ALTER COLUMN {named} DROP NOT NULL", alter_parent(parent, false))));
    }
    lock(column, steps.run(sql.to_owned()));
    for parent in &parents {
        let name = name(parent);
        let sql = format!("{} ADD CONSTRAINT {} NOT NULL {named}", alter_parent(parent, false), Ident(&name));
        lock(parent, steps.run(sql).risk(Risk::Scans));
    }
}

/// Gives the server's name back where the column stays not null; returns whether it has to be dropped.
pub(super) fn drop(site: &Site, steps: &mut Steps) -> bool {
    if is_of_domain(site) {
        // Where it gets another name, that is what gives it the name.
        let named = site.object.parent.as_ref().is_some_and(|domain| {
            let is = |(id, object): (&ObjectId, &crate::model::Object)| {
                id.kind == "constraint" && object.attrs.get("type").and_then(|t| t.as_str()) == Some("not null")
            };
            site.world.after.children(domain).any(is)
        });
        if !named {
            rename_of_domain(site, steps);
        }
        return false;
    }
    if twin(site, site.world.after, false).is_some() {
        return false;
    }
    if is_inherited(site) && is_parents(site) {
        if site.text("comment").is_some() {
            steps.run(format!("COMMENT ON {} IS NULL", super::ddl::address(site)));
        }
        return false;
    }
    steps.frees.push(place(site));
    let Some(now) = column(site, site.world.after).filter(|column| !site.world.made.contains(column.id)) else {
        return false;
    };
    let other = of_column(&now).is_some();
    if now.flag("not_null") && !other && site.flag_or_true("validated") && !site.flag("no_inherit") {
        let before = column(site, site.world.before);
        if before.is_some_and(|before| is_demanded_above(&before) && !lineage::is_of_partition(&before))
            && is_parents(site)
        {
            let sql = format!("{} ALTER COLUMN {} DROP NOT NULL", alter_parent(site, false), Ident(now.name()));
            without_parents(&now, steps, &sql);
            return false;
        }
        let unnamed = unnamed(&now);
        if unnamed != site.name() {
            let rename = if may_be_partitions(site) { rename_whatever } else { rename };
            let sql = rename(site, now.name(), &unnamed);
            lock(site, steps.run(sql));
        }
        if site.text("comment").is_some() {
            let table = site.parent_sql();
            steps.run(format!("COMMENT ON CONSTRAINT {} ON {table} IS NULL", Ident(&unnamed)));
        }
        return false;
    }
    true
}

/// Whether a partitioned table's is called the same: a partition has that name or, attached or restored from before 18, one
/// of its own, which is no difference. What has left is asked for it.
fn may_be_partitions(site: &Site) -> bool {
    let columns = site.list("columns");
    site.world.before.objects.iter().any(|(id, table)| {
        let column = columns.first().map(|column| [id.path.as_slice(), &[(*column).to_owned()]].concat());
        table.attrs.contains_key("partition_by")
            && column.is_some_and(|path| {
                let column = Site { catalog: site.world.before, ..*site }.at(&ObjectId::new("column", path));
                column.is_some_and(|column| column.flag("not_null") && name(&column) == site.name())
            })
    })
}

fn rename(site: &Site, _: &str, to: &str) -> String {
    format!("{} RENAME CONSTRAINT {} TO {}", alter_parent(site, false), Ident(site.name()), Ident(to))
}

/// The same for what is there, by whatever name.
fn rename_whatever(site: &Site, column: &str, to: &str) -> String {
    let literal = |text: &str| Literal(text).to_string().trim_start().to_owned();
    let pattern = |text: String| text.replace('%', "%%");
    let (alter, new) = (pattern(alter_parent(site, false)), pattern(Ident(to).to_string()));
    let body = format!(
        "DECLARE old name;
BEGIN
    SELECT c.conname INTO old
    FROM pg_catalog.pg_constraint c
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
    WHERE c.conrelid = {}::regclass AND c.contype = 'n' AND a.attname = {};
    IF old <> {} THEN EXECUTE format({}, old); END IF;
END",
        literal(&site.parent_sql()),
        literal(column),
        literal(to),
        literal(&format!("{alter} RENAME CONSTRAINT %I TO {new}")),
    );
    format!("DO {}", literal(&body))
}

/// What removes that of a child's column, which may have gone with the parent's.
pub(super) fn removal(site: &Site) -> Option<String> {
    let column = column(site, site.world.before).filter(|_| site.text("type") == Some("not null"))?;
    is_demanded_above(&column).then(|| format!("ALTER COLUMN {} DROP NOT NULL", Ident(column.name())))
}

fn lock(site: &Site, step: &mut Step) {
    locking::lock(site, Lock::AccessExclusive, step);
}

/// The name that the server gives by itself to that of a table's column, the longer one shortened to whole characters, or
/// of a domain.
fn generated(table: &str, column: Option<&str>) -> String {
    let separators = if column.is_some() { "__not_null".len() } else { "_not_null".len() };
    let room = NAME_BYTES - separators;
    let (mut of_table, mut of_column) = (table.len(), column.map_or(0, str::len));
    while of_table + of_column > room {
        if of_table > of_column { of_table -= 1 } else { of_column -= 1 }
    }
    let clip = |name: &str, bytes: usize| name[..name.floor_char_boundary(bytes)].to_owned();
    let names = [Some(clip(table, of_table)), column.map(|column| clip(column, of_column))];
    format!("{}_not_null", names.into_iter().flatten().collect::<Vec<_>>().join("_"))
}
