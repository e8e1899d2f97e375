//! Types for TypeScript: what a row is when read, inserted and updated; enums, composite types, functions.
//!
//! Values are what `to_json` makes of them and JSON carries, as PostgREST and its clients see them: a `bigint` is a number,
//! a `timestamptz` a string.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::entry::Entry;
use super::relation::{Column, Database, Relation};
use super::routine::{self, Returns};
use super::types::TypeName;
use super::{Format, GENERATED, notes};
use crate::model::Catalog;

/// TypeScript.
pub(super) const FORMAT: Format = Format {
    name: "typescript",
    extension: "ts",
    about: "TypeScript types of rows, views, enums, composite types and functions",
    render,
};

/// The system's types whose JSON is not a string.
const NOT_STRINGS: &[(&str, &str)] = &[
    ("bigint", "number"),
    ("boolean", "boolean"),
    ("double precision", "number"),
    ("integer", "number"),
    ("json", "Json"),
    ("jsonb", "Json"),
    ("numeric", "number"),
    ("oid", "number"),
    ("real", "number"),
    ("record", "Record<string, unknown>"),
    ("smallint", "number"),
    ("void", "undefined"),
    ("anyelement", "unknown"),
    ("anycompatible", "unknown"),
    ("anynonarray", "unknown"),
    ("anyenum", "unknown"),
    ("anyarray", "unknown[]"),
    ("anycompatiblearray", "unknown[]"),
    ("internal", "unknown"),
];

fn render(catalog: &Catalog) -> String {
    let database = Database::of(catalog);
    let mut text = format!(
        "// {GENERATED}\n// Values are as JSON carries them (to_json, PostgREST): numbers for bigint and numeric, strings for dates.\n\n\
         export type Json = string | number | boolean | null | {{ [key: string]: Json | undefined }} | Json[];\n\n\
         export interface Database {{\n"
    );
    for schema in &database.schemas {
        let _ = writeln!(text, "  {}: {{", key(schema.name));
        text.push_str("    Tables: {\n");
        for table in &schema.tables {
            write_relation(&mut text, &database, table, true);
        }
        text.push_str("    };\n    Views: {\n");
        for view in &schema.views {
            write_relation(&mut text, &database, view, false);
        }
        text.push_str("    };\n    Functions: {\n");
        write_functions(&mut text, &database, &schema.others);
        text.push_str("    };\n    Enums: {\n");
        for entry in schema.others.iter().filter(|entry| entry.kind() == "enum") {
            doc(&mut text, 6, &entry.comment().map(str::to_owned).into_iter().collect::<Vec<_>>());
            let labels: Vec<_> = entry.list("labels").iter().map(|label| string(label)).collect();
            let labels = if labels.is_empty() { "never".to_owned() } else { labels.join(" | ") };
            let _ = writeln!(text, "      {}: {labels};", key(entry.name()));
        }
        text.push_str("    };\n    CompositeTypes: {\n");
        for entry in schema.others.iter().filter(|entry| entry.kind() == "composite type") {
            doc(&mut text, 6, &entry.comment().map(str::to_owned).into_iter().collect::<Vec<_>>());
            let _ = writeln!(text, "      {}: {{", key(entry.name()));
            for column in database.columns(entry.id) {
                doc(&mut text, 8, &column.entry.comment().map(str::to_owned).into_iter().collect::<Vec<_>>());
                let _ = writeln!(text, "        {}: {} | null;", key(column.name), type_of(&database, &column.ty));
            }
            text.push_str("      };\n");
        }
        text.push_str("    };\n    Domains: {\n");
        for entry in schema.others.iter().filter(|entry| entry.kind() == "domain") {
            let ty = TypeName::parse(entry.text("type").unwrap_or_default());
            let checks = database.children_of_kind(entry.id, "constraint");
            let mut lines: Vec<_> = entry.comment().map(str::to_owned).into_iter().collect();
            lines.extend(checks.iter().map(|check| format!("check {}: {}", check.name(), notes::demand(*check))));
            doc(&mut text, 6, &lines);
            let _ = writeln!(text, "      {}: {};", key(entry.name()), type_of(&database, &ty));
        }
        text.push_str("    };\n  };\n");
    }
    text.push_str("}\n");
    text.push_str(SHORTHANDS);
    let rest =
        notes::left_out(&database, &["view", "materialized view", "enum", "composite type", "domain", "function"]);
    if !rest.is_empty() {
        text.push_str("\n// Also in the database, and without a type here:\n");
        for line in rest {
            let _ = writeln!(text, "// {}", line.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    text
}

/// What a program names a row by.
const SHORTHANDS: &str = "
/** The names of the schemas. */
export type SchemaName = keyof Database;
/** A row of a table as it is read: `Row<\"ops\", \"runs\">`. */
export type Row<S extends SchemaName, T extends keyof Database[S][\"Tables\"]> =
  Database[S][\"Tables\"][T] extends { Row: infer R } ? R : never;
/** What an INSERT may and must give. */
export type Insert<S extends SchemaName, T extends keyof Database[S][\"Tables\"]> =
  Database[S][\"Tables\"][T] extends { Insert: infer R } ? R : never;
/** What an UPDATE may give. */
export type Update<S extends SchemaName, T extends keyof Database[S][\"Tables\"]> =
  Database[S][\"Tables\"][T] extends { Update: infer R } ? R : never;
/** The labels of an enum. */
export type Enum<S extends SchemaName, T extends keyof Database[S][\"Enums\"]> = Database[S][\"Enums\"][T];
";

fn write_relation(text: &mut String, database: &Database<'_>, relation: &Relation<'_>, is_table: bool) {
    let mut lines: Vec<_> = relation.entry.comment().map(str::to_owned).into_iter().collect();
    lines.extend(notes::nature(relation).into_iter().filter(|note| note != "view"));
    lines.extend(notes::checks(relation));
    lines.extend(notes::other_constraints(relation));
    lines.extend(notes::security(relation));
    doc(text, 6, &lines);
    let _ = writeln!(text, "      {}: {{", key(relation.name()));
    text.push_str("        Row: {\n");
    for column in &relation.columns {
        doc(text, 10, &column_doc(column));
        let null = if is_never_null(database, column) { "" } else { " | null" };
        let _ = writeln!(text, "          {}: {}{null};", key(column.name), type_of(database, &column.ty));
    }
    text.push_str("        };\n");
    if !is_table {
        text.push_str("      };\n");
        return;
    }
    for (what, is_insert) in [("Insert", true), ("Update", false)] {
        let _ = writeln!(text, "        {what}: {{");
        for column in &relation.columns {
            let (optional, ty) = written(database, column, is_insert);
            let _ = writeln!(text, "          {}{}: {ty};", key(column.name), if optional { "?" } else { "" });
        }
        text.push_str("        };\n");
    }
    text.push_str("        Relationships: [\n");
    for foreign_key in &relation.foreign_keys {
        let list = |names: &[&str]| names.iter().map(|name| string(name)).collect::<Vec<_>>().join(", ");
        let [schema, table] = foreign_key.target_path.as_slice() else { continue };
        let _ = writeln!(
            text,
            "          {{ foreignKeyName: {}; columns: [{}]; isOneToOne: {}; referencedSchema: {}; referencedRelation: {}; \
             referencedColumns: [{}] }},",
            string(foreign_key.entry.name()),
            list(&foreign_key.columns),
            foreign_key.unique,
            string(schema),
            string(table),
            list(&foreign_key.target_columns),
        );
    }
    text.push_str("        ];\n      };\n");
}

fn column_doc(column: &Column<'_>) -> Vec<String> {
    let mut lines: Vec<_> = column.entry.comment().map(str::to_owned).into_iter().collect();
    lines.extend(notes::column(column));
    lines
}

/// Whether NULL is never read from a column: it forbids it, or its domain does.
fn is_never_null(database: &Database<'_>, column: &Column<'_>) -> bool {
    column.not_null
        || !column.ty.array && database.named("domain", &column.ty).is_some_and(|domain| domain.flag("not_null"))
}

/// Whether a column may be left out of an INSERT or UPDATE, and what it takes.
fn written(database: &Database<'_>, column: &Column<'_>, is_insert: bool) -> (bool, String) {
    if column.entry.text("generated").is_some() || column.entry.text("identity") == Some("always") {
        return (true, "never".to_owned());
    }
    let never_null = is_never_null(database, column);
    let domain_default = database.named("domain", &column.ty).is_some_and(|domain| domain.text("default").is_some());
    let filled = column.default().is_some() || column.entry.text("identity").is_some() || domain_default;
    let null = if never_null { "" } else { " | null" };
    (!is_insert || filled || !never_null, format!("{}{null}", type_of(database, &column.ty)))
}

/// Whether a program can call it: a function that is none of a trigger.
fn is_callable(entry: Entry<'_>) -> bool {
    entry.kind() == "function" && !["trigger", "event_trigger"].contains(&entry.text("returns").unwrap_or_default())
}

/// Overloads of a name are a union.
fn write_functions(text: &mut String, database: &Database<'_>, entries: &[Entry<'_>]) {
    let mut by_name: BTreeMap<&str, Vec<Entry<'_>>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| is_callable(**entry)) {
        by_name.entry(entry.id.path.get(1).map_or("", String::as_str)).or_default().push(*entry);
    }
    for (name, overloads) in by_name {
        let mut lines: Vec<String> = Vec::new();
        for entry in &overloads {
            let comment = entry.comment().map(str::to_owned);
            lines.extend(if overloads.len() == 1 {
                comment
            } else {
                comment.map(|comment| format!("{}: {comment}", entry.name()))
            });
        }
        doc(text, 6, &lines);
        let signatures: Vec<_> = overloads.iter().map(|entry| signature(database, *entry)).collect();
        match signatures.as_slice() {
            [one] => {
                let _ = writeln!(text, "      {}: {one};", key(name));
            }
            many => {
                let _ = writeln!(text, "      {}:\n        | {};", key(name), many.join("\n        | "));
            }
        }
    }
}

fn signature(database: &Database<'_>, entry: Entry<'_>) -> String {
    let arguments = routine::arguments(entry);
    let mut names = BTreeSet::new();
    let mut given = Vec::new();
    for (n, argument) in arguments.iter().filter(|argument| argument.is_input()).enumerate() {
        let wish = argument.name.clone().unwrap_or_else(|| format!("${}", n + 1));
        // A name can be repeated between inputs alone where it is empty; then its number is its name.
        let name = if names.insert(wish.clone()) { wish } else { format!("${}", n + 1) };
        let optional = if argument.default.is_some() || argument.is_variadic() { "?" } else { "" };
        given.push(format!("{}{optional}: {} | null", key(&name), type_of(database, &argument.ty)));
    }
    let given =
        if given.is_empty() { "Record<string, never>".to_owned() } else { format!("{{ {} }}", given.join("; ")) };
    let row = |columns: &[(String, TypeName)]| {
        let fields: Vec<_> =
            columns.iter().map(|(name, ty)| format!("{}: {} | null", key(name), type_of(database, ty))).collect();
        format!("{{ {} }}", fields.join("; "))
    };
    let outputs: Vec<_> = arguments
        .iter()
        .filter(|argument| argument.is_output())
        .enumerate()
        .map(|(n, argument)| (argument.name.clone().unwrap_or_else(|| format!("column{}", n + 1)), argument.ty.clone()))
        .collect();
    let returns = match routine::returns(entry) {
        Returns::Table(columns) => format!("{}[]", row(&columns)),
        // Several OUT arguments make a record of them.
        Returns::Type { ty, set } if outputs.len() > 1 && ty.name == "record" => {
            format!("{}{}", row(&outputs), if set { "[]" } else { "" })
        }
        Returns::Type { ty, set } => {
            let text = type_of(database, &ty);
            match (set, ty.name == "void" && ty.schema.is_none()) {
                (true, _) => format!("({text} | null)[]"),
                (false, true) => text,
                (false, false) => format!("{text} | null"),
            }
        }
    };
    format!("{{ Args: {given}; Returns: {returns} }}")
}

/// The TypeScript type of a value.
fn type_of(database: &Database<'_>, ty: &TypeName) -> String {
    let element = element_of(database, ty);
    if !ty.array {
        return element;
    }
    // An array may hold NULL and have any number of dimensions; one is what is nearly always meant.
    if element.contains(' ') { format!("({element})[]") } else { format!("{element}[]") }
}

fn element_of(database: &Database<'_>, ty: &TypeName) -> String {
    let Some([schema, name]) = ty.path() else {
        return NOT_STRINGS.iter().find(|(known, _)| *known == ty.name).map_or("string", |(_, ts)| ts).to_owned();
    };
    let of = |group: &str| format!("Database[{}][\"{group}\"][{}]", string(schema), string(name));
    let row = |group: &str| format!("{}[\"Row\"]", of(group));
    for (kind, written) in [
        ("enum", of("Enums")),
        ("domain", of("Domains")),
        ("composite type", of("CompositeTypes")),
        ("table", row("Tables")),
        ("foreign table", row("Tables")),
        ("view", row("Views")),
        ("materialized view", row("Views")),
    ] {
        if database.named(kind, ty).is_some() {
            return written;
        }
    }
    // Ranges and most types of extensions are written as text; what is not known is not promised.
    if ["citext", "ltree"].contains(&name) || database.named("range", ty).is_some() {
        "string".to_owned()
    } else {
        "unknown".to_owned()
    }
}

/// A comment for the reader's editor.
fn doc(text: &mut String, indent: usize, lines: &[String]) {
    let lines: Vec<String> = lines
        .iter()
        .flat_map(|line| line.lines())
        .map(|line| line.trim_end().replace("*/", "*\\/").replace(['\u{2028}', '\u{2029}', '\r'], " "))
        .collect();
    let margin = " ".repeat(indent);
    match lines.as_slice() {
        [] => {}
        [line] => {
            let _ = writeln!(text, "{margin}/** {line} */");
        }
        lines => {
            let _ = writeln!(text, "{margin}/**");
            for line in lines {
                let _ = writeln!(text, "{margin} * {line}");
            }
            let _ = writeln!(text, "{margin} */");
        }
    }
}

/// A property's name, in quotes unless it is a plain word.
fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
    if plain { name.to_owned() } else { string(name) }
}

/// A string literal: JSON's are TypeScript's.
fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
