//! The database itself, under a name that is the same in all: what its own is called is not compared.
//!
//! Knows no connection and no other kind.

use serde_json::{Map, Value};

use super::{Alteration, Class, Ddl, Kind, Site, Steps, settings};
use crate::base::{Ident, Literal};
use crate::model::{Attribute, Shape};

/// The database itself.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_DATABASE,
    within: None,
    ddl: Ddl::new(address, create, drop, alter),
};

/// Its owner, encoding, locale and tablespace are chosen when it is made, for one server, and are no attributes.
const SHAPE: Shape = Shape {
    name: "database",
    plural: "databases",
    attributes: &[
        Attribute::plain("settings", "What ALTER DATABASE … SET says, by parameter."),
        Attribute::plain("role_settings", "What ALTER ROLE … IN DATABASE … SET says, by role and parameter."),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: Some("settings"),
};

/// What stands for the database in a statement, until [`here`] makes it one that finds out the name.
pub(super) const ADDRESS: &str = "DATABASE current_database()";

fn address(_: &Site) -> String {
    ADDRESS.to_owned()
}

/// A statement that begins with an object's address, so that it can be run: the database's name is the server's to say.
#[must_use]
pub fn in_place(site: &Site, sql: String) -> String {
    if site.id.kind == SHAPE.name { here(&sql) } else { sql }
}

/// A statement about the database that it runs in, as one that finds out the name.
pub(super) fn here(sql: &str) -> String {
    let Some((before, after)) = sql.split_once(ADDRESS) else { return sql.to_owned() };
    let before = Literal(&format!("{before}DATABASE ")).to_string();
    let body = format!("BEGIN EXECUTE {} || quote_ident(current_database()) || {}; END", before.trim(), Literal(after));
    format!("DO {}", Literal(&body).to_string().trim_start())
}

/// There is no database without it: what is made is what it says.
fn create(site: &Site, steps: &mut Steps) {
    change(None, Some(site), steps);
}

fn drop(site: &Site, steps: &mut Steps) {
    change(Some(site), None, steps);
    for (attribute, what) in [("comment", "COMMENT ON")] {
        if site.text(attribute).is_some() {
            steps.run(here(&format!("{what} {ADDRESS} IS NULL")));
        }
    }
    let labels = site.value("security_labels").and_then(Value::as_object);
    for provider in labels.into_iter().flat_map(Map::keys) {
        steps.run(here(&format!("SECURITY LABEL FOR {} ON {ADDRESS} IS NULL", Ident(provider))));
    }
}

fn alter(alteration: &mut Alteration, steps: &mut Steps) {
    if alteration.take_any(&["settings", "role_settings"]) {
        change(Some(&alteration.before), Some(&alteration.after), steps);
    }
}

fn change(before: Option<&Site>, after: Option<&Site>, steps: &mut Steps) {
    let map = |site: Option<&Site>, attribute: &str| -> Map<String, Value> {
        site.and_then(|site| site.value(attribute)).and_then(Value::as_object).cloned().unwrap_or_default()
    };
    let (old, new) = (map(before, "settings"), map(after, "settings"));
    write(&format!("ALTER {ADDRESS}"), &old, &new, steps);
    let (old, new) = (map(before, "role_settings"), map(after, "role_settings"));
    let none = Map::new();
    let mut roles: Vec<&String> = old.keys().chain(new.keys()).collect();
    roles.sort();
    roles.dedup();
    for role in roles {
        let of = |all: &Map<String, Value>| all.get(role).and_then(Value::as_object).cloned().unwrap_or(none.clone());
        write(&format!("ALTER ROLE {} IN {ADDRESS}", Ident(role)), &of(&old), &of(&new), steps);
    }
}

fn write(begin: &str, old: &Map<String, Value>, new: &Map<String, Value>, steps: &mut Steps) {
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        steps.run(here(&format!("{begin} RESET {}", settings::parameter(name))));
    }
    for (name, value) in new.iter().filter(|(name, value)| old.get(*name) != Some(value)) {
        let value = settings::value(name, value.as_str().unwrap_or_default());
        let step = steps.run(here(&format!("{begin} SET {} TO {value}", settings::parameter(name))));
        step.note("holds for sessions that begin afterwards");
    }
}
