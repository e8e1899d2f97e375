//! An entity relationship diagram for Mermaid: <https://mermaid.js.org/syntax/entityRelationshipDiagram.html>.
//!
//! Names are made of letters that every version of the language reads; the true ones stand in labels and comments.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::relation::{Column, Database, ForeignKey, Relation};
use super::types::TypeName;
use super::{Format, GENERATED, notes};
use crate::model::{Catalog, ObjectId};

/// Mermaid.
pub(super) const FORMAT: Format = Format {
    name: "mermaid",
    extension: "mmd",
    about: "Mermaid entity relationship diagram, drawn by GitHub and GitLab",
    render: |catalog| of(catalog, None),
};

/// Writes the diagram of a catalog, or of these tables and the references between them.
#[must_use]
pub fn of(catalog: &Catalog, only: Option<&BTreeSet<ObjectId>>) -> String {
    let database = Database::of(catalog);
    let mut tables = database.shown_tables();
    tables.retain(|table| only.is_none_or(|only| only.contains(table.entry.id)));
    let with_schema = database.has_many_schemas();
    let mut ids = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for table in &tables {
        // Always with the schema: a bare name could be a word of the language, such as `one` or `end`.
        let wish = format!("{}_{}", word(table.schema()), word(table.name()));
        let id =
            unique(&mut taken, &if wish.starts_with(|c: char| c.is_ascii_digit()) { format!("s{wish}") } else { wish });
        ids.insert(table.entry.id, id);
    }
    let mut text = format!("%% {GENERATED}\nerDiagram\n");
    for table in &tables {
        let label = if with_schema { format!("{}.{}", table.schema(), table.name()) } else { table.name().to_owned() };
        let _ = writeln!(text, "    {}[\"{}\"] {{", ids[table.entry.id], encoded(&label));
        let mut words = BTreeSet::new();
        for column in &table.columns {
            write_column(&mut text, &mut words, table, column);
        }
        text.push_str("    }\n");
    }
    for table in &tables {
        for key in &table.foreign_keys {
            let Some(target) = key.target.and_then(|target| ids.get(target)) else { continue };
            let _ = writeln!(
                text,
                "    {} {} {target} : \"{}\"",
                ids[table.entry.id],
                cardinality(key),
                encoded(&key.columns.join(", "))
            );
        }
    }
    for table in &tables {
        write_notes(&mut text, table, &ids);
    }
    if only.is_none() {
        for line in notes::left_out(&database, &[]) {
            comment(&mut text, &format!("not drawn: {line}"));
        }
    }
    text
}

/// From the referring table to the one referred to.
fn cardinality(key: &ForeignKey<'_>) -> String {
    let many = if key.unique { "|o" } else { "}o" };
    let line = if key.identifying { "--" } else { ".." };
    let one = if key.optional { "o|" } else { "||" };
    format!("{many}{line}{one}")
}

fn write_column(text: &mut String, words: &mut BTreeSet<String>, table: &Relation<'_>, column: &Column<'_>) {
    let name = unique(words, &attribute(column.name));
    let mut comments = Vec::new();
    if name != column.name {
        comments.push(column.name.to_owned());
    }
    // A type of the table's own schema needs no schema to be understood.
    let own = TypeName { schema: None, ..column.ty.clone() }.to_string();
    let type_word = attribute(&own.replace(',', "-"));
    if type_word != own || column.ty.schema.as_deref().is_some_and(|schema| schema != table.schema()) {
        comments.push(column.ty.to_string());
    }
    let mut keys = Vec::new();
    if table.primary_key().is_some_and(|key| key.list("columns").contains(&column.name)) {
        keys.push("PK");
    }
    if table.foreign_keys.iter().any(|key| key.columns.contains(&column.name)) {
        keys.push("FK");
    }
    let primary = table.primary_key().map(|key| key.list("columns"));
    if table.unique_sets().iter().any(|set| *set == [column.name] && Some(set) != primary.as_ref()) {
        keys.push("UK");
    }
    if !column.not_null {
        comments.push("null".to_owned());
    }
    comments.extend(column.entry.comment().map(str::to_owned));
    let keys = if keys.is_empty() { String::new() } else { format!(" {}", keys.join(", ")) };
    let comments = if comments.is_empty() { String::new() } else { format!(" \"{}\"", encoded(&comments.join("; "))) };
    let _ = writeln!(text, "        {type_word} {name}{keys}{comments}");
}

/// What a drawing can't show, as comments.
fn write_notes(text: &mut String, table: &Relation<'_>, ids: &BTreeMap<&ObjectId, String>) {
    let mut lines: Vec<String> = table.entry.comment().map(str::to_owned).into_iter().collect();
    lines.extend(notes::nature(table));
    lines.extend(notes::checks(table));
    lines.extend(notes::other_constraints(table));
    for key in &table.foreign_keys {
        let drawn = key.target.is_some_and(|target| ids.contains_key(target));
        if !drawn || !notes::actions(key).is_empty() || key.entry.comment().is_some() {
            lines.push(notes::foreign_key(key));
        }
    }
    let keys = table.constraints_of("primary key").chain(table.constraints_of("unique"));
    for key in keys.filter(|key| key.list("columns").len() > 1 || notes::key(*key).is_some()) {
        let note = notes::key(key).map(|note| format!(" {note}")).unwrap_or_default();
        let kind = key.text("type").unwrap_or_default();
        lines.push(format!("{kind} {}: ({}){note}", key.name(), key.list("columns").join(", ")));
    }
    lines.extend(table.indexes.iter().map(|index| notes::index(*index)));
    lines.extend(notes::security(table));
    lines.extend(notes::triggers(table));
    lines.extend(notes::others(table));
    for line in lines {
        comment(text, &format!("{}: {line}", table.entry.id.qualified()));
    }
}

/// A comment must stand on one line, and a brace in it would be read as a directive.
fn comment(text: &mut String, line: &str) {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ").replace('{', "(").replace('}', ")");
    let _ = writeln!(text, "    %% {line}");
}

/// A name for an attribute or its type: no keyword, and only what every version of the language reads.
fn attribute(text: &str) -> String {
    let is_read = |c: char| c.is_ascii_alphanumeric() || "_-()[]".contains(c) || ('\u{c0}'..='\u{ffff}').contains(&c);
    let name: String = text.chars().map(|c| if is_read(c) && !c.is_whitespace() { c } else { '_' }).collect();
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c >= '\u{c0}');
    let is_marker = name.get(..2).is_some_and(|two| ["pk", "fk", "uk"].contains(&two.to_ascii_lowercase().as_str()))
        && !name[2..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if starts && !is_marker { name } else { format!("_{name}") }
}

/// A name for an entity.
fn word(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The wish, or with a number where it is taken.
fn unique(taken: &mut BTreeSet<String>, wish: &str) -> String {
    let mut name = wish.to_owned();
    let mut n = 1;
    while !taken.insert(name.clone()) {
        n += 1;
        name = format!("{wish}_{n}");
    }
    name
}

/// Text between double quotes: what the language would read as more than text is given by its number.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if "\"#%\\<>&{}`*~".contains(c) || c.is_control() {
            let _ = write!(encoded, "#{};", u32::from(c));
        } else {
            encoded.push(c);
        }
    }
    // Wherever it stands, the language takes `direction LR` for an order.
    match encoded.to_ascii_lowercase().contains("direction ") {
        true => encoded.replace(' ', "#32;"),
        false => encoded,
    }
}
