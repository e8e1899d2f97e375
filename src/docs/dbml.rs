//! DBML, the language of dbdiagram.io and dbdocs.io: <https://dbml.dbdiagram.io/docs>.
//!
//! Tables with columns, keys, indexes, checks and notes, references with their actions, enums, a group for each schema.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::entry::Entry;
use super::relation::{Column, Database, ForeignKey, Relation};
use super::text::one_line;
use super::types::TypeName;
use super::{Format, GENERATED, notes};
use crate::model::{Catalog, ObjectId};

/// DBML.
pub(super) const FORMAT: Format =
    Format { name: "dbml", extension: "dbml", about: "DBML, for dbdiagram.io and its tools", render };

fn render(catalog: &Catalog) -> String {
    let database = Database::of(catalog);
    let tables = database.shown_tables();
    // The language knows no table without columns.
    let (tables, empty): (Vec<_>, Vec<_>) = tables.into_iter().partition(|table| !table.columns.is_empty());
    let mut text = format!("// {GENERATED}\n\nProject {{\n  database_type: 'PostgreSQL'\n}}\n");
    for entry in database.of_kind("enum") {
        write_enum(&mut text, entry);
    }
    let references = references(&tables);
    for table in &tables {
        write_table(&mut text, &database, table, &references);
    }
    for table in &tables {
        for key in table.foreign_keys.iter().filter(|key| references.contains(key.entry.id)) {
            write_reference(&mut text, table, key);
        }
    }
    if database.has_many_schemas() {
        for schema in &database.schemas {
            let of_schema: Vec<_> = tables.iter().filter(|table| table.schema() == schema.name).collect();
            if of_schema.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\nTableGroup {} {{", name(schema.name));
            for table in of_schema {
                let _ = writeln!(text, "  {}", qualified(table.entry));
            }
            if let Some(comment) = schema.entry.and_then(Entry::comment) {
                let _ = writeln!(text, "  Note: {}", string(comment));
            }
            text.push_str("}\n");
        }
    }
    let mut rest: Vec<_> = empty.iter().map(|table| format!("{} (without columns)", table.entry.id)).collect();
    rest.extend(notes::left_out(&database, &["enum"]));
    if !rest.is_empty() {
        text.push_str("\n// Also in the database, and not part of DBML:\n");
        for line in rest {
            let _ = writeln!(text, "// {}", one_line(&line));
        }
    }
    text
}

fn write_enum(text: &mut String, entry: Entry<'_>) {
    let labels = entry.list("labels");
    // The language knows no empty label, nor an enum without labels.
    let sayable: Vec<_> = labels.iter().filter(|label| !label.is_empty()).collect();
    if sayable.is_empty() {
        let _ = writeln!(text, "\n// {} has no label that DBML can say", one_line(&entry.id.to_string()));
        return;
    }
    text.push('\n');
    if let Some(comment) = entry.comment() {
        let _ = writeln!(text, "// {}", one_line(comment));
    }
    if sayable.len() < labels.len() {
        text.push_str("// and an empty label\n");
    }
    let _ = writeln!(text, "Enum {} {{", qualified(entry));
    for label in sayable {
        let _ = writeln!(text, "  {}", quoted(label));
    }
    text.push_str("}\n");
}

fn write_table(text: &mut String, database: &Database<'_>, table: &Relation<'_>, references: &BTreeSet<&ObjectId>) {
    let _ = writeln!(text, "\nTable {} {{", qualified(table.entry));
    for column in &table.columns {
        let settings = column_settings(table, column);
        let settings = if settings.is_empty() { String::new() } else { format!(" [{}]", settings.join(", ")) };
        let _ = writeln!(text, "  {} {}{settings}", name(column.name), type_name(database, &column.ty));
    }
    write_indexes(text, table);
    let (sayable, other): (Vec<_>, Vec<_>) = table
        .constraints_of("check")
        .partition(|check| !check.text("expression").unwrap_or_default().contains('`') && usual(*check));
    if !sayable.is_empty() {
        text.push_str("\n  checks {\n");
        for check in sayable {
            let expression = check.text("expression").unwrap_or_default();
            let _ = writeln!(text, "    `{expression}` [name: {}]", string(check.name()));
        }
        text.push_str("  }\n");
    }
    let mut note: Vec<String> = table.entry.comment().map(str::to_owned).into_iter().collect();
    note.extend(notes::nature(table));
    note.extend(other.iter().map(|check| format!("check {}: {}", check.name(), notes::demand(*check))));
    note.extend(notes::other_constraints(table));
    note.extend(table.foreign_keys.iter().filter_map(|key| {
        if !references.contains(key.entry.id) {
            return Some(notes::foreign_key(key));
        }
        let unusual = notes::unusual(key);
        let only = key.entry.list("on_delete_columns");
        let only = if only.is_empty() { String::new() } else { format!(" on delete of ({})", only.join(", ")) };
        let comment = key.entry.comment().map(|comment| format!(" {comment}")).unwrap_or_default();
        let more = format!("{only}{unusual}{comment}");
        (!more.is_empty()).then(|| format!("foreign key {}:{more}", key.entry.name()))
    }));
    note.extend(unsayable_indexes(table).map(notes::index));
    note.extend(notes::security(table));
    note.extend(notes::triggers(table));
    note.extend(notes::others(table));
    if !note.is_empty() {
        write_note(text, &note.join("\n"));
    }
    text.push_str("}\n");
}

/// A note of several lines has a line each, for who reads the difference of two versions.
fn write_note(text: &mut String, note: &str) {
    let note = note.replace("\r\n", "\n").replace('\t', "    ");
    let lines: Vec<_> = note.lines().collect();
    if let [one] = lines.as_slice() {
        let _ = writeln!(text, "\n  Note: {}", string(one));
        return;
    }
    text.push_str("\n  Note: '''\n");
    for line in lines {
        let line = line.replace('\\', "\\\\").replace("'''", "\\'''").replace('\r', " ");
        let _ = writeln!(text, "{}", format!("    {line}").trim_end());
    }
    text.push_str("  '''\n");
}

/// Whether nothing but an expression is to be said of a check.
fn usual(check: Entry<'_>) -> bool {
    notes::validity(check).is_empty() && check.comment().is_none()
}

fn column_settings(table: &Relation<'_>, column: &Column<'_>) -> Vec<String> {
    let mut settings = Vec::new();
    let is_key = |key: Entry<'_>| key.list("columns") == [column.name];
    if table.primary_key().is_some_and(is_key) {
        settings.push("pk".to_owned());
    }
    if column.entry.text("identity").is_some() || column.default().is_some_and(|text| text.starts_with("nextval(")) {
        settings.push("increment".to_owned());
    }
    if column.not_null {
        settings.push("not null".to_owned());
    }
    // A unique constraint of one column that has more to say stands among the indexes.
    if table.constraints_of("unique").any(|key| is_key(key) && notes::key(key).is_none()) {
        settings.push("unique".to_owned());
    }
    let mut note: Vec<String> = column.entry.comment().map(str::to_owned).into_iter().collect();
    note.extend(notes::column(column));
    match column.default() {
        Some(default) if default.contains('`') => note.push(format!("default {default}")),
        Some(default) => settings.push(format!("default: `{default}`")),
        None => {}
    }
    if !note.is_empty() {
        settings.push(format!("note: {}", string(&note.join("\n"))));
    }
    settings
}

/// Indexes that can't be said: an expression that holds a backtick.
fn unsayable_indexes<'r, 'a>(table: &'r Relation<'a>) -> impl Iterator<Item = Entry<'a>> + 'r {
    let is_sayable =
        |index: &Entry<'_>| index.list("columns").iter().all(|key| table.column(key).is_some() || !key.contains('`'));
    table.indexes.iter().copied().filter(move |index| !is_sayable(index))
}

fn write_indexes(text: &mut String, table: &Relation<'_>) {
    let mut lines = Vec::new();
    for key in table.constraints_of("primary key").chain(table.constraints_of("unique")) {
        let is_primary = key.text("type") == Some("primary key");
        let note = notes::key(key);
        if key.list("columns").len() == 1 && note.is_none() {
            continue;
        }
        let mut settings = Vec::new();
        // A primary key of one column is said with the column.
        if !(is_primary && key.list("columns").len() == 1) {
            settings.push(if is_primary { "pk" } else { "unique" }.to_owned());
        }
        settings.push(format!("name: {}", string(key.name())));
        settings.extend(note.map(|note| format!("note: {}", string(&note))));
        lines.push((keys(table, key), settings));
    }
    let unsayable: Vec<_> = unsayable_indexes(table).map(|index| index.id).collect();
    for index in table.indexes.iter().filter(|index| !unsayable.contains(&index.id)) {
        let mut settings = Vec::new();
        if index.flag("unique") {
            settings.push("unique".to_owned());
        }
        let method = index.text("method").unwrap_or("btree");
        if ["btree", "hash"].contains(&method) {
            settings.push(format!("type: {method}"));
        }
        settings.push(format!("name: {}", string(index.name())));
        let mut note: Vec<String> = Vec::new();
        // The order of keys, operator classes and the like stand in the definition alone.
        let plain: Vec<_> = index.list("columns").iter().map(|key| column_or_expression(table, key)).collect();
        let definition = index.text("definition").unwrap_or_default();
        if definition != format!("{method} ({})", plain.join(", ")) {
            note.push(format!("using {definition}"));
        }
        note.extend(notes::key(*index));
        if !note.is_empty() {
            settings.push(format!("note: {}", string(&note.join("; "))));
        }
        lines.push((keys(table, *index), settings));
    }
    if lines.is_empty() {
        return;
    }
    text.push_str("\n  indexes {\n");
    for (keys, settings) in lines {
        let _ = writeln!(text, "    {keys} [{}]", settings.join(", "));
    }
    text.push_str("  }\n");
}

fn column_or_expression(table: &Relation<'_>, key: &str) -> String {
    if table.column(key).is_some() { crate::base::Ident(key).to_string() } else { key.to_owned() }
}

/// `(a, b, `lower(c)`)`.
fn keys(table: &Relation<'_>, index: Entry<'_>) -> String {
    let key = |key: &&str| if table.column(key).is_some() { name(key) } else { format!("`{key}`") };
    format!("({})", index.list("columns").iter().map(key).collect::<Vec<_>>().join(", "))
}

/// The foreign keys that can be a `Ref`: their table is there, they refer to other columns than their own, and no other one
/// joins the same columns.
fn references<'a>(tables: &[&Relation<'a>]) -> BTreeSet<&'a ObjectId> {
    let mut joined = BTreeSet::new();
    let mut said = BTreeSet::new();
    for table in tables {
        for key in &table.foreign_keys {
            let Some(target) = key.target else { continue };
            let sorted = |names: &[&'a str]| names.iter().copied().collect::<BTreeSet<_>>();
            let mut ends = [(table.entry.id, sorted(&key.columns)), (target, sorted(&key.target_columns))];
            ends.sort();
            if ends[0] != ends[1] && joined.insert(ends) {
                said.insert(key.entry.id);
            }
        }
    }
    said
}

fn write_reference(text: &mut String, table: &Relation<'_>, key: &ForeignKey<'_>) {
    let columns = |names: &[&str]| match names {
        [one] => name(one),
        many => format!("({})", many.iter().map(|column| name(column)).collect::<Vec<_>>().join(", ")),
    };
    let target: Vec<_> = key.target_path.iter().map(|part| name(part)).collect();
    let arrow = if key.unique { "-" } else { ">" };
    let mut settings = Vec::new();
    for (event, attribute) in [("delete", "on_delete"), ("update", "on_update")] {
        settings.extend(key.entry.text(attribute).map(|action| format!("{event}: {action}")));
    }
    let settings = if settings.is_empty() { String::new() } else { format!(" [{}]", settings.join(", ")) };
    let _ = writeln!(
        text,
        "\nRef {} {{\n  {}.{} {arrow} {}.{}{settings}\n}}",
        name(key.entry.name()),
        qualified(table.entry),
        columns(&key.columns),
        target.join("."),
        columns(&key.target_columns),
    );
}

fn type_name(database: &Database<'_>, ty: &TypeName) -> String {
    if database.named("enum", ty).is_some() {
        let [schema, of_schema] = ty.path().unwrap_or_default();
        return format!("{}.{}{}", name(schema), name(of_schema), if ty.array { "[]" } else { "" });
    }
    let text = ty.to_string();
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (word, rest) = text.split_at(text.find(|c| !is_bare(c)).unwrap_or(text.len()));
    let is_number =
        |modifier: &str| modifier.split(',').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let rest = rest.strip_suffix("[]").unwrap_or(rest);
    let simple = rest.is_empty() || rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')).is_some_and(is_number);
    if simple && word.starts_with(|c: char| c.is_ascii_alphabetic()) { text } else { quoted(&text) }
}

fn qualified(entry: Entry<'_>) -> String {
    format!("{}.{}", name(entry.schema()), name(entry.name()))
}

/// A name, in quotes unless it is a plain word.
fn name(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text).replace('"', "\\\""))
}

fn string(text: &str) -> String {
    format!("'{}'", escaped(text).replace('\'', "\\'"))
}

/// Without what ends a line or begins an escape.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
}
