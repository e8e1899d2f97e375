//! A schema file of Prisma: <https://www.prisma.io/docs/orm/reference/prisma-schema-reference>.
//!
//! Models with their native types, keys, indexes and relations from both sides; enums; views. What Prisma can't say stands
//! in `///` comments; a table that nothing identifies a row of is a model with `@@ignore`, as Prisma demands. There is no
//! URL in it: since version 7 Prisma reads that from its configuration.

mod field;
mod index;
mod model;
mod names;
mod reference;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::entry::Entry;
use super::relation::Database;
use super::text::one_line;
use super::{Format, GENERATED, notes};
use crate::model::{Catalog, ObjectId};
use model::Model;
use names::{Names, string};

/// Prisma.
pub(super) const FORMAT: Format =
    Format { name: "prisma", extension: "prisma", about: "Prisma schema, for Prisma 7 and newer", render };

/// What all of the file must know: the database, and the names of models and enums.
struct Scope<'a, 'd> {
    database: &'d Database<'a>,
    types: BTreeMap<&'a ObjectId, String>,
    /// The names of each enum's values, by label.
    values: BTreeMap<&'a ObjectId, BTreeMap<&'a str, String>>,
}

fn render(catalog: &Catalog) -> String {
    let database = Database::of(catalog);
    let (tables, empty): (Vec<_>, Vec<_>) =
        database.shown_tables().into_iter().partition(|table| !table.columns.is_empty());
    let (views, empty_views): (Vec<_>, Vec<_>) = database.views().partition(|view| !view.columns.is_empty());
    let (enums, empty_enums): (Vec<_>, Vec<_>) =
        database.of_kind("enum").partition(|entry| !entry.list("labels").is_empty());
    let typed: Vec<_> = tables.iter().chain(&views).map(|relation| relation.entry).chain(enums.clone()).collect();
    let scope = Scope {
        database: &database,
        types: names::of_types(&typed),
        values: enums.iter().map(|entry| (entry.id, values(*entry))).collect(),
    };
    let mut models: Vec<_> = tables.iter().map(|table| Model::of(&scope, table)).collect();
    reference::link(&mut models);
    let mut text = header(&typed, !views.is_empty());
    for model in &models {
        model.write(&scope, "model", &mut text);
    }
    for view in views {
        Model::of(&scope, view).write(&scope, "view", &mut text);
    }
    for entry in &enums {
        write_enum(&mut text, &scope, *entry);
    }
    let mut rest: Vec<_> =
        empty.iter().chain(&empty_views).map(|r| format!("{} (without columns)", r.entry.id)).collect();
    rest.extend(empty_enums.iter().map(|entry| format!("{} (without labels)", entry.id)));
    rest.extend(notes::left_out(&database, &["view", "materialized view", "enum"]));
    if !rest.is_empty() {
        text.push_str("\n// Also in the database, and not part of Prisma's schema:\n");
        for line in rest {
            let _ = writeln!(text, "// {}", one_line(&line));
        }
    }
    text
}

fn header(typed: &[Entry<'_>], has_views: bool) -> String {
    let mut schemas: Vec<_> = typed.iter().map(|entry| entry.schema()).collect();
    schemas.sort_unstable();
    schemas.dedup();
    if schemas.is_empty() {
        schemas.push("public");
    }
    let schemas: Vec<_> = schemas.into_iter().map(string).collect();
    let preview = if has_views { "  previewFeatures = [\"views\"]\n" } else { "" };
    format!(
        "// {GENERATED}\n\ngenerator client {{\n  provider = \"prisma-client\"\n{preview}}}\n\n\
         datasource db {{\n  provider = \"postgresql\"\n  schemas  = [{}]\n}}\n",
        schemas.join(", ")
    )
}

fn values(entry: Entry<'_>) -> BTreeMap<&str, String> {
    let mut names = Names::default();
    entry.list("labels").into_iter().map(|label| (label, names.take(label, "value"))).collect()
}

fn write_enum(text: &mut String, scope: &Scope<'_, '_>, entry: Entry<'_>) {
    text.push('\n');
    comment(text, "", entry.comment());
    let name = &scope.types[entry.id];
    let _ = writeln!(text, "enum {name} {{");
    for label in entry.list("labels") {
        let value = &scope.values[entry.id][label];
        let map = if value == label { String::new() } else { format!(" @map({})", string(label)) };
        let _ = writeln!(text, "  {value}{map}");
    }
    text.push('\n');
    if name != entry.name() {
        let _ = writeln!(text, "  @@map({})", string(entry.name()));
    }
    let _ = writeln!(text, "  @@schema({})\n}}", string(entry.schema()));
}

/// Lines of documentation, which Prisma keeps with what follows.
fn comment<S: AsRef<str>>(text: &mut String, margin: &str, lines: impl IntoIterator<Item = S>) {
    for line in lines.into_iter().flat_map(|text| text.as_ref().lines().map(one_line).collect::<Vec<_>>()) {
        let _ = writeln!(text, "{margin}/// {line}");
    }
}
