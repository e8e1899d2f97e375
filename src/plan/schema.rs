//! A catalog as SQL that makes it in an empty database: the snapshot that is read by people and run by psql.
//!
//! The statements are those of a plan that finds nothing there, put in an order to be read: by section, then by the
//! object that they are about. Equal catalogs give equal bytes. Knows what the server asks of whoever runs it; decides
//! nothing about how an object is made.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::order::order_by;
use super::text::one_line;
use super::{Planned, roles, schemas, session, work};
use crate::base::{Ident, Result};
use crate::kinds;
use crate::model::{Catalog, Object, ObjectId, SchemaFilter, digest};

/// The sections of the text, and the kinds whose objects stand in each; what is in another object stands with it, unless
/// its kind is named here.
const SECTIONS: &[(&str, &[&str])] = &[
    (
        "Schemas, extensions and languages",
        &["schema", "extension", "language", "access method", "foreign data wrapper"],
    ),
    (
        "Types",
        &["collation", "shell type", "enum", "base type", "range type", "domain", "composite type", "foreign server"],
    ),
    ("Tables", &["sequence", "table", "foreign table", "column", "index", "statistics"]),
    ("Views", &["view", "materialized view"]),
    ("Functions", &["function", "procedure", "aggregate"]),
    (
        "Operators, casts and conversions",
        &["operator", "operator family", "operator class", "cast", "transform", "conversion"],
    ),
    (
        "Text search",
        &["text search parser", "text search template", "text search dictionary", "text search configuration"],
    ),
    ("Foreign keys, triggers, rules and policies", &["trigger", "rule", "policy"]),
    ("Publications, subscriptions and user mappings", &["publication", "subscription", "user mapping"]),
    ("The database, default privileges and event triggers", &["database", "default privilege", "event trigger"]),
];

/// Where keys that refer to other tables stand.
const LINKS: usize = 7;

/// What every database has from the start, of the schemas that are looked at.
#[must_use]
pub fn bare(filter: &SchemaFilter) -> Catalog {
    let schema = ObjectId::new("schema", ["public"]);
    let object = |parent: Option<&ObjectId>, attrs: Value| Object {
        parent: parent.cloned(),
        attrs: attrs.as_object().cloned().unwrap_or_default().into(),
        needs: Vec::new(),
    };
    let objects = [
        (ObjectId::new("extension", ["plpgsql"]), object(None, json!({"schema": "pg_catalog", "version": "1.0"}))),
        (ObjectId::new("grant", ["public", "public"]), object(Some(&schema), json!({"privileges": ["USAGE"]}))),
        (schema.clone(), object(None, json!({"comment": "standard public schema", "owner": "pg_database_owner"}))),
    ];
    filter.apply(Catalog { objects: objects.into_iter().collect(), uncovered: Vec::new() })
}

/// Writes a catalog as SQL that makes it in an empty database.
///
/// `filter` is what was looked at to get it, so that it is known what a database has from the start and this one lacks.
///
/// # Errors
///
/// An input error that names the objects which can't be put in an order.
pub fn write_schema(catalog: &Catalog, filter: &SchemaFilter) -> Result<String> {
    let before = bare(filter);
    let places = Places::of(catalog);
    let place = |id: &ObjectId| places.place(catalog, id);
    let planned = order_by(&before, catalog, &work::work(&before, catalog), Some(&place))?;
    let mut text = header(catalog, &before);
    let by_name = if calls_by_name(catalog) { schemas(&[catalog]) } else { Vec::new() };
    for setting in session(&by_name) {
        text.push_str(&format!("{setting};\n"));
    }
    let (mut section, mut about) = (None, None);
    let mut after_lines = false;
    for Planned { object, step } in &planned {
        let root = root(catalog, object);
        let now = place(object).0;
        if section != Some(now) {
            let title = SECTIONS.get(usize::from(now)).map_or("Removed", |(title, _)| title);
            text.push_str(&format!("\n\n-- {title}\n-- {}\n", "-".repeat(title.len())));
            about = None;
        }
        if about != Some(root) {
            text.push_str(&format!("\n-- {}\n", one_line(&root.to_string())));
        } else if after_lines || step.sql.contains('\n') {
            text.push('\n');
        }
        for line in step.note.iter().flat_map(|note| note.lines()) {
            text.push_str(&format!("-- {line}\n"));
        }
        text.push_str(&format!("{};\n", step.sql));
        (section, about) = (Some(now), Some(root));
        after_lines = step.sql.contains('\n');
    }
    Ok(text)
}

/// Whether rows, or what is made for them, are computed by a function whose body may name something without a schema.
fn calls_by_name(catalog: &Catalog) -> bool {
    const COMPUTED: &[&str] = &["column", "constraint", "index", "materialized view"];
    let computed = catalog.objects.iter().filter(|(id, _)| COMPUTED.contains(&id.kind.as_str()));
    let mut called = computed.flat_map(|(_, object)| &object.needs).filter_map(|id| catalog.objects.get(id));
    called.any(|function| {
        let settings = function.attrs.get("settings");
        let is_text =
            !["c", "internal"].iter().any(|one| function.attrs.get("language").is_some_and(|name| name == one));
        is_text
            && function.attrs.contains_key("body")
            && settings.is_none_or(|settings| settings.get("search_path").is_none())
    })
}

/// What an object is in, in the end, below its schema; what is in a partition, or in a child, is in the first table of
/// its tree, so that all tables of it are there before what they hand down.
fn root<'a>(catalog: &'a Catalog, id: &'a ObjectId) -> &'a ObjectId {
    let mut id = id;
    while let Some(object) = catalog.objects.get(id) {
        let Some(next) = of_tree(catalog, object).or(object.parent.as_ref()) else { break };
        if next.kind == "schema" && id.kind != "grant" || !catalog.objects.contains_key(next) {
            break;
        }
        id = next;
    }
    id
}

/// The table that a table is a partition of, or the first one that it inherits from.
fn of_tree<'a>(catalog: &'a Catalog, object: &Object) -> Option<&'a ObjectId> {
    let path = object.inherits_from().into_iter().next()?;
    let of = |kind: &str| catalog.objects.get_key_value(&ObjectId::of(kind.to_owned(), path.clone()));
    of("table").or_else(|| of("foreign table")).map(|(id, _)| id)
}

/// The order of roots in the text, looked up often.
struct Places<'a> {
    roots: BTreeMap<&'a ObjectId, i64>,
    ranks: BTreeMap<&'static str, i64>,
}

impl<'a> Places<'a> {
    fn of(catalog: &'a Catalog) -> Self {
        let roots: BTreeSet<&ObjectId> = catalog.objects.keys().map(|id| root(catalog, id)).collect();
        // By kind, then by name.
        let rank = |id: &ObjectId| kinds::ALL.iter().position(|kind| kind.shape.name == id.kind);
        let mut roots: Vec<_> = roots.into_iter().map(|id| (rank(id), id)).collect();
        roots.sort();
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX >> 32);
        Self {
            roots: roots.into_iter().enumerate().map(|(n, (_, id))| (id, number(n))).collect(),
            ranks: kinds::ALL.iter().enumerate().map(|(n, kind)| (kind.shape.name, number(n))).collect(),
        }
    }

    /// The section, and the place in it.
    fn place(&self, catalog: &Catalog, id: &ObjectId) -> (u8, i64) {
        let root = root(catalog, id);
        let object = catalog.objects.get(id);
        let attribute = |name: &str| object.and_then(|object| object.attrs.get(name));
        let of = |kind: &str| SECTIONS.iter().position(|(_, kinds)| kinds.contains(&kind));
        let section = if attribute("type").and_then(Value::as_str) == Some("foreign key") {
            Some(LINKS)
        } else if id.kind == "grant" {
            of(&root.kind)
        } else {
            of(&id.kind).or_else(|| of(&root.kind))
        };
        let section = section.unwrap_or(SECTIONS.len());
        let position = attribute("position").and_then(Value::as_i64).unwrap_or_default();
        let rank = self.ranks.get(id.kind.as_str()).copied().unwrap_or_default();
        let root = self.roots.get(root).copied().unwrap_or_default();
        (u8::try_from(section).unwrap_or(u8::MAX), (root << 24) + (rank << 16) + position)
    }
}

/// What whoever runs it has to know first.
fn header(catalog: &Catalog, before: &Catalog) -> String {
    let mut lines = vec![
        "Written by `pgward snapshot --format sql`: makes this schema in an empty database.".to_owned(),
        "Run it with: psql --no-psqlrc -v ON_ERROR_STOP=1 --single-transaction -f FILE".to_owned(),
        String::new(),
        format!("Snapshot: {}", digest(catalog)),
    ];
    let names = |lines: &mut Vec<String>, title: &str, names: &[String]| {
        if !names.is_empty() {
            lines.extend(wrapped(&format!("{title}: "), names));
        }
    };
    let named: Vec<String> = roles(catalog).iter().map(|role| Ident(role).to_string()).collect();
    names(&mut lines, "Roles that have to be there", &named);
    let outside: BTreeSet<String> = catalog
        .objects
        .values()
        .flat_map(|object| &object.needs)
        .filter(|id| !catalog.objects.contains_key(*id) && !before.objects.contains_key(*id))
        .filter(|id| id.qualified() != "plpgsql")
        .map(ToString::to_string)
        .collect();
    names(&mut lines, "Needed from outside of it", &outside.into_iter().collect::<Vec<_>>());
    let rights = if named.is_empty() {
        "CREATE on the database"
    } else {
        "CREATE on the database, and to be a member of every owner"
    };
    let masters: Vec<String> = catalog
        .objects
        .iter()
        .filter(|(id, object)| !before.objects.contains_key(*id) && asks_for_superuser(id, object))
        .map(|(id, _)| id.to_string())
        .collect();
    if masters.is_empty() {
        lines.push(format!("Rights: {rights}; no superuser is needed"));
    } else {
        names(&mut lines, &format!("Rights: {rights}; a superuser for"), &masters);
    }
    let uncovered: Vec<String> =
        catalog.uncovered.iter().map(|object| format!("{} {}", object.kind, object.name)).collect();
    names(&mut lines, "Not covered, so not in it", &uncovered);
    let comment = |line: &String| if line.is_empty() { "--\n".to_owned() } else { format!("-- {line}\n") };
    lines.iter().map(comment).collect::<String>() + "\n"
}

/// Whether only a superuser may make it, as far as a catalog tells; an extension says itself whether it is trusted.
fn asks_for_superuser(id: &ObjectId, object: &Object) -> bool {
    let text = |name: &str| object.attrs.get(name).and_then(Value::as_str).unwrap_or_default();
    let flag = |name: &str| object.attrs.get(name) == Some(&Value::Bool(true));
    match id.kind.as_str() {
        "extension"
        | "language"
        | "access method"
        | "base type"
        | "shell type"
        | "foreign data wrapper"
        | "operator class"
        | "operator family"
        | "text search parser"
        | "text search template"
        | "event trigger"
        | "subscription" => true,
        "cast" => text("method") == "binary",
        "function" | "procedure" => matches!(text("language"), "c" | "internal") || flag("leakproof"),
        "aggregate" => text("state_type") == "internal",
        "publication" => flag("all_tables") || object.attrs.contains_key("schemas"),
        "constraint" => flag("triggers_disabled"),
        "database" => object.attrs.contains_key("role_settings"),
        _ => false,
    }
}

/// Names behind a title, in lines of a readable width.
fn wrapped(title: &str, names: &[String]) -> Vec<String> {
    const WIDTH: usize = 100;
    let mut lines = vec![title.trim_end().to_owned()];
    for (n, name) in names.iter().enumerate() {
        let comma = if n + 1 < names.len() { "," } else { "" };
        let Some(last) = lines.last_mut() else { continue };
        let name = one_line(name);
        if last.chars().count() + name.chars().count() + 2 > WIDTH && n > 0 {
            lines.push(format!("  {name}{comma}"));
        } else {
            last.push_str(&format!(" {name}{comma}"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{SECTIONS, wrapped};
    use crate::kinds;

    /// Kinds that stand with what they are in, or are split between sections.
    const WITH_PARENTS: &[&str] = &["constraint", "grant"];

    #[test]
    fn every_kind_has_its_place() {
        for kind in kinds::ALL {
            let name = kind.shape.name;
            let places = SECTIONS.iter().filter(|(_, kinds)| kinds.contains(&name)).count();
            assert_eq!(places, usize::from(!WITH_PARENTS.contains(&name)), "{name}");
        }
    }

    #[test]
    fn long_lists_are_wrapped() {
        let names: Vec<String> = (0..12).map(|n| format!("a_name_of_some_length_{n}")).collect();
        let lines = wrapped("Roles:", &names);
        assert!(lines.len() > 1 && lines.iter().all(|line| line.len() <= 101), "{lines:?}");
        assert_eq!(lines.concat().matches(',').count(), 11);
    }
}
