//! Writes a manifest as TOML that a person can read and change.
//!
//! Objects with parts get a heading and an attribute a line; parts get a line each where that stays readable.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::manifest::{Declared, MANIFEST_VERSION, Manifest};
use crate::model::{ObjectId, Shape};

/// Parts longer than this on one line get a heading of their own.
const INLINE_WIDTH: usize = 150;

/// Returns the manifest's text.
#[must_use]
pub fn write_manifest(manifest: &Manifest, shapes: &[&'static Shape]) -> String {
    let mut text = format!(
        "# What must be in the database: `pgward verify` compares, `pgward verify --write` writes this file anew.\n\
         format_version = {MANIFEST_VERSION}\n"
    );
    let in_something = |declared: &Declared| {
        declared.parent.as_ref().is_some_and(|parent| parent.kind != "schema")
            || declared.parent.as_ref().is_some_and(|parent| parent.path.len() > 1)
    };
    for shape in shapes {
        for (id, declared) in &manifest.objects {
            let is_part = in_something(declared) || shape.name == "grant" || shape.name == "default privilege";
            if id.kind == shape.name && !is_part {
                let heading = format!("{}.{}", shape.plural, key(&top_level_name(id)));
                write_object(&mut text, manifest, shapes, id, declared, &heading);
            }
        }
    }
    text
}

fn top_level_name(id: &ObjectId) -> String {
    id.qualified()
}

fn write_object(
    text: &mut String,
    manifest: &Manifest,
    shapes: &[&'static Shape],
    id: &ObjectId,
    declared: &Declared,
    heading: &str,
) {
    let _ = writeln!(text, "\n[{heading}]");
    for (name, flag) in [("optional", declared.optional), ("partial", declared.partial)] {
        if flag {
            let _ = writeln!(text, "{name} = true");
        }
    }
    for (name, attribute) in &declared.attrs {
        let _ = writeln!(text, "{} = {}", key(name), value(attribute, true));
    }
    for shape in shapes {
        let parts: Vec<_> = parts_of(manifest, shape, id).collect();
        // Parts of a schema are written at the top level, under their own headings.
        if parts.is_empty() || (id.kind == "schema" && !matches!(shape.name, "grant" | "default privilege")) {
            continue;
        }
        write_parts(text, manifest, shapes, shape, &parts, &format!("{heading}.{}", shape.plural));
    }
}

/// Writes the parts of one kind: those that fit on a line together, the others under headings of their own.
fn write_parts(
    text: &mut String,
    manifest: &Manifest,
    shapes: &[&'static Shape],
    shape: &Shape,
    parts: &[(&ObjectId, &Declared)],
    heading: &str,
) {
    let mut parts = parts.to_vec();
    parts.sort_by_key(|(_, declared)| declared.position);
    let mut long = Vec::new();
    let mut headed = false;
    for (id, declared) in parts {
        let name = id.path.last().map_or("", String::as_str);
        let line = format!("{} = {}", key(name), inline(manifest, shapes, shape, id, declared));
        if line.len() > INLINE_WIDTH || line.contains('\n') {
            long.push((name, id, declared));
            continue;
        }
        if !headed {
            let _ = writeln!(text, "\n[{heading}]");
            headed = true;
        }
        let _ = writeln!(text, "{line}");
    }
    for (name, id, declared) in long {
        write_object(text, manifest, shapes, id, declared, &format!("{heading}.{}", key(name)));
    }
}

/// An object with its parts as one value.
fn inline(manifest: &Manifest, shapes: &[&'static Shape], shape: &Shape, id: &ObjectId, declared: &Declared) -> String {
    let mut fields = Vec::new();
    for (name, flag) in [("optional", declared.optional), ("partial", declared.partial)] {
        if flag {
            fields.push(format!("{name} = true"));
        }
    }
    fields
        .extend(declared.attrs.iter().map(|(name, attribute)| format!("{} = {}", key(name), value(attribute, false))));
    for shape in shapes {
        let parts: Vec<_> = parts_of(manifest, shape, id)
            .map(|(part, declared)| {
                let name = part.path.last().map_or("", String::as_str);
                format!("{} = {}", key(name), inline(manifest, shapes, shape, part, declared))
            })
            .collect();
        if !parts.is_empty() {
            fields.push(format!("{} = {{ {} }}", shape.plural, parts.join(", ")));
        }
    }
    match (shape.shorthand, fields.as_slice()) {
        // A table alone would be read as attributes.
        (Some(only), [_]) if declared.attrs.get(only).is_some_and(|attribute| !attribute.is_object()) => {
            value(&declared.attrs[only], false)
        }
        (_, []) => "{}".to_owned(),
        (_, fields) => format!("{{ {} }}", fields.join(", ")),
    }
}

fn parts_of<'m>(
    manifest: &'m Manifest,
    shape: &'m Shape,
    id: &'m ObjectId,
) -> impl Iterator<Item = (&'m ObjectId, &'m Declared)> {
    let of_kind = move |(part, declared): &(&ObjectId, &Declared)| {
        part.kind == shape.name && declared.parent.as_ref() == Some(id)
    };
    manifest.objects.iter().filter(of_kind)
}

fn table(attrs: &Map<String, Value>) -> String {
    if attrs.is_empty() {
        return "{}".to_owned();
    }
    let fields: Vec<_> =
        attrs.iter().map(|(name, attribute)| format!("{} = {}", key(name), value(attribute, false))).collect();
    format!("{{ {} }}", fields.join(", "))
}

/// Writes a value; a text of several lines as a multi-line string where the place allows it.
fn value(json: &Value, may_break: bool) -> String {
    match json {
        Value::String(text) if may_break && text.contains('\n') && !text.contains("'''") && is_plain(text) => {
            format!("'''\n{text}'''")
        }
        Value::String(text) => toml::Value::String(text.clone()).to_string(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| value(item, false)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(attrs) => table(attrs),
        Value::Null => "\"\"".to_owned(),
        other => other.to_string(),
    }
}

/// Whether a literal string can hold the text: no control characters but line feed and tab.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t')
}

fn key(name: &str) -> String {
    let bare =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if bare { name.to_owned() } else { toml::Value::String(name.to_owned()).to_string() }
}
