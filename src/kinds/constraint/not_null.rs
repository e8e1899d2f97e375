//! The SQL of NOT NULL constraints that say more than their column's `not_null` (PostgreSQL 18).

use super::super::{Lock, Risk, Site, Steps};
use super::ddl::{alter_parent, is_of_domain, validate};
use crate::base::Ident;
use crate::model::ObjectId;

/// The longest name that the server keeps.
const NAME_BYTES: usize = 63;

/// The column that it is of, in one of the catalogs.
fn column<'a>(site: &Site<'a>, catalog: &'a crate::model::Catalog) -> Option<Site<'a>> {
    let parent = site.object.parent.as_ref()?;
    let path = parent.path.iter().cloned().chain(site.list("columns").first().map(ToString::to_string)).collect();
    let id = ObjectId { kind: "column".to_owned(), path };
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

/// Adds it, or names the one that the server made with the column.
pub(super) fn create(site: &Site, steps: &mut Steps) {
    if is_of_domain(site) {
        // The domain is made with it.
        return;
    }
    let (stands, name) = (site.parent_stands(), Ident(site.name()));
    let valid = site.flag_or_true("validated");
    let column = site.list("columns").first().copied().unwrap_or_default();
    if stands && valid && said(site, site.world.before) {
        let generated = generated_name(site, column);
        if generated != site.name() {
            let from = Ident(&generated);
            let step = steps.run(format!("{} RENAME CONSTRAINT {from} TO {name}", alter_parent(site, false)));
            lock(site, step);
        }
        if site.flag("no_inherit") {
            lock(site, steps.run(format!("{} ALTER CONSTRAINT {name} NO INHERIT", alter_parent(site, false))));
        }
        return;
    }
    let no_inherit = if site.flag("no_inherit") { " NO INHERIT" } else { "" };
    let apart = stands && valid;
    let not_valid = if apart || !valid { " NOT VALID" } else { "" };
    let sql = format!("{} ADD CONSTRAINT {name} NOT NULL {}", alter_parent(site, false), Ident(column));
    lock(site, steps.run(format!("{sql}{no_inherit}{not_valid}")).risk_if(stands, Risk::Breaks));
    if apart {
        validate(site, steps);
    }
}

/// Gives the server's name back where the column stays not null; returns whether it has to be dropped.
pub(super) fn drop(site: &Site, steps: &mut Steps) -> bool {
    if is_of_domain(site) {
        return false;
    }
    let Some(now) = column(site, site.world.after).filter(|column| !site.world.made.contains(column.id)) else {
        return false;
    };
    let other = of_column(&now).is_some();
    if now.flag("not_null") && !other && site.flag_or_true("validated") && !site.flag("no_inherit") {
        let generated = generated_name(site, now.name());
        if generated != site.name() {
            let (from, to) = (Ident(site.name()), Ident(&generated));
            lock(site, steps.run(format!("{} RENAME CONSTRAINT {from} TO {to}", alter_parent(site, false))));
        }
        return false;
    }
    true
}

fn lock(site: &Site, step: &mut super::super::Step) {
    if let Some(parent) = site.object.parent.as_ref().filter(|parent| site.stands(parent)) {
        step.lock(Lock::AccessExclusive, parent);
    }
}

/// The name that the server gives by itself: table and column, the longer one shortened to whole characters.
fn generated_name(site: &Site, column: &str) -> String {
    let table = site.object.parent.as_ref().map(ObjectId::name).unwrap_or_default();
    let room = NAME_BYTES - "__not_null".len();
    let (mut of_table, mut of_column) = (table.len(), column.len());
    while of_table + of_column > room {
        if of_table > of_column { of_table -= 1 } else { of_column -= 1 }
    }
    let clip = |name: &str, bytes: usize| name[..name.floor_char_boundary(bytes)].to_owned();
    format!("{}_{}_not_null", clip(table, of_table), clip(column, of_column))
}
