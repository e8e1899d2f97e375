//! Keys and indexes: what of them Prisma has a word for, and the rest as comments.

use super::field::Field;
use super::model::Model;
use super::names::string;
use crate::base::Ident;
use crate::docs::entry::Entry;
use crate::docs::notes;
use crate::docs::text::index_keys;

/// Keys and indexes as attributes.
#[derive(Default)]
pub(super) struct Keys<'a> {
    /// Of fields, by the column's name: `@id`, `@unique`.
    pub(super) of_fields: Vec<(&'a str, String)>,
    /// Of the model: `@@unique([a, b])`.
    pub(super) of_model: Vec<String>,
    /// What could not be said, or not all of it.
    pub(super) comments: Vec<String>,
    /// The sets of columns that Prisma now knows to be unique.
    pub(super) unique: Vec<Vec<&'a str>>,
}

/// Reads the keys and indexes of a model's table.
pub(super) fn of<'a>(model: &Model<'a, '_>) -> Keys<'a> {
    let mut keys = Keys::default();
    let table = model.relation;
    for key in table.constraints_of("primary key").chain(table.constraints_of("unique")) {
        let kind = key.text("type").unwrap_or_default();
        if let Some(note) = notes::key(key) {
            keys.comments.push(format!("{kind} {}: {note}", key.name()));
        }
        let columns = key.list("columns");
        let is_primary = kind == "primary key";
        if key.flag("period")
            || is_primary && !columns.iter().all(|name| model.field(name).is_some_and(Field::identifies))
        {
            keys.comments.push(format!("{kind} {} ({})", key.name(), columns.join(", ")));
            continue;
        }
        let what = if is_primary { "id" } else { "unique" };
        let ending = if is_primary { "pkey" } else { "key" };
        let usual = if is_primary {
            format!("{}_pkey", table.name())
        } else {
            format!("{}_{}_{ending}", table.name(), columns.join("_"))
        };
        let map = (usual != key.name()).then(|| format!("map: {}", string(key.name())));
        match columns.as_slice() {
            [one] => {
                let map = map.map(|map| format!("({map})")).unwrap_or_default();
                keys.of_fields.push((one, format!("@{what}{map}")));
            }
            many => {
                let fields: Vec<_> = many.iter().map(|name| model.field_name(name)).collect();
                let map = map.map(|map| format!(", {map}")).unwrap_or_default();
                keys.of_model.push(format!("@@{what}([{}]{map})", fields.join(", ")));
            }
        }
        keys.unique.push(columns);
    }
    for index in &table.indexes {
        let (said, whole) = attribute(model, *index);
        if said.is_none() || !whole {
            keys.comments.push(notes::index(*index));
        }
        if said.is_some() && index.flag("unique") {
            keys.unique.push(index.list("columns"));
        }
        keys.of_model.extend(said);
    }
    keys
}

/// The attribute for an index, if there is one, and whether that says all of it.
fn attribute(model: &Model<'_, '_>, index: Entry<'_>) -> (Option<String>, bool) {
    let method = index.text("method").unwrap_or("btree");
    let known =
        [("btree", ""), ("hash", "Hash"), ("gin", "Gin"), ("gist", "Gist"), ("spgist", "SpGist"), ("brin", "Brin")];
    let Some((_, ty)) = known.iter().find(|(name, _)| *name == method) else { return (None, false) };
    // A partial index that Prisma takes for a whole one would be taken for a promise about all rows.
    if index.text("predicate").is_some() || index.is_off("valid") || !model.relation.has_columns(index) {
        return (None, false);
    }
    let columns = index.list("columns");
    let keys = index_keys(index.text("definition").unwrap_or_default());
    if keys.len() != columns.len() {
        return (None, false);
    }
    let mut whole = notes::key(index).is_none() && index.text("tablespace").is_none();
    let mut fields = Vec::new();
    for (column, key) in columns.iter().zip(keys) {
        let Some(field) = model.field(column) else { return (None, false) };
        let rest = key.strip_prefix(&Ident(column).to_string()).unwrap_or(key).trim();
        let (rest, sort) = match rest.strip_prefix("DESC") {
            Some(rest) if method == "btree" => (rest.trim(), Some("sort: Desc")),
            _ => (rest, None),
        };
        let is_class = !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c));
        let is_class = is_class && !rest.starts_with("NULLS") && method != "btree" && method != "hash";
        let argument = match (sort, is_class) {
            (Some(sort), _) => format!("({sort})"),
            (None, true) => format!("(ops: raw({}))", string(rest)),
            (None, false) => String::new(),
        };
        whole &= rest.is_empty() || is_class;
        // Which types an access method takes without an operator class Prisma knows for its own types alone.
        let takes = match method {
            "btree" | "hash" => true,
            "gin" => is_class || !field.ty.supported || field.ty.list || field.ty.scalar == "Json",
            "brin" => {
                is_class
                    || !field.ty.supported
                    || !field.ty.list && field.ty.scalar != "Json" && field.ty.scalar != "Boolean"
            }
            _ => is_class || !field.ty.supported,
        };
        if !takes {
            return (None, false);
        }
        fields.push(format!("{}{argument}", field.name));
    }
    let unique = index.flag("unique");
    if unique && method != "btree" {
        return (None, false);
    }
    let usual = format!("{}_{}_{}", model.relation.name(), columns.join("_"), if unique { "key" } else { "idx" });
    let map = if usual == index.name() { String::new() } else { format!(", map: {}", string(index.name())) };
    let ty = if ty.is_empty() { String::new() } else { format!(", type: {ty}") };
    let what = if unique { "unique" } else { "index" };
    (Some(format!("@@{what}([{}]{ty}{map})", fields.join(", "))), whole)
}
