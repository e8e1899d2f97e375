//! The manifest: what must be in a database, written by people in TOML.
//!
//! ```toml
//! format_version = 1
//!
//! [schemas.ops]                       # a managed schema: all that is in it must be declared
//!
//! [tables."ops.runs"]
//! row_level_security = true
//!
//! [tables."ops.runs".columns]
//! id = { type = "uuid", not_null = true }
//!
//! [tables."ops.runs".grants]
//! authenticated = ["SELECT"]
//! ```
//!
//! Top-level keys are names as SQL writes them; keys further in are bare names. `optional = true` accepts that the object
//! is not there, `partial = true` that it has parts which are not declared.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::base::{Error, Excerpt, Location, Result, line_column, parse_path};
use crate::model::{Attrs, Catalog, Compared, Form, ObjectId, SchemaFilter, Shape, digest_of};

/// The version of the format that is read and written.
pub const MANIFEST_VERSION: i64 = 1;

/// What must be there.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// The declared objects.
    pub objects: BTreeMap<ObjectId, Declared>,
}

/// One declared object.
#[derive(Debug, Clone, Default)]
pub struct Declared {
    /// What it belongs to, where it was declared inside something.
    pub parent: Option<ObjectId>,
    /// The attributes given.
    pub attrs: Attrs,
    /// Whether it may be missing.
    pub optional: bool,
    /// Whether it may have undeclared attributes and parts.
    pub partial: bool,
    /// Its place among its siblings, where they have an order: a manifest is written in it.
    pub position: Option<u64>,
    /// Where it stands in the manifest.
    pub location: Option<Location>,
}

impl Manifest {
    /// Reads a manifest. `file` is its name, for messages.
    ///
    /// # Errors
    ///
    /// Input errors with their place: text that is no TOML, an unknown section, attribute or version, a malformed name.
    pub fn parse(file: &str, text: &str, shapes: &[&'static Shape]) -> Result<Self> {
        let root = DeTable::parse(text).map_err(|error| {
            let problem = Error::input(format!("{file} is not valid TOML: {}", error.message().trim()));
            match error.span() {
                Some(span) => problem.with_excerpt(excerpt(file, text, span, "here")),
                None => problem,
            }
        })?;
        let mut reader = Reader { file, text, shapes, manifest: Self::default() };
        let mut version = None;
        for (key, value) in root.get_ref() {
            if key.get_ref() == "format_version" {
                version = value.get_ref().as_integer().and_then(|n| n.as_str().parse::<i64>().ok());
                if version != Some(MANIFEST_VERSION) {
                    return Err(reader.error(
                        value.span(),
                        format!("this pgward reads manifests with format_version = {MANIFEST_VERSION}"),
                    ));
                }
                continue;
            }
            let shape = reader.section(key)?;
            for (name, object) in reader.table(value)? {
                let path = object_path(shape, name.get_ref())
                    .map_err(|error| reader.error(name.span(), error.message().to_owned()))?;
                reader.object(shape, None, path, name.span(), object)?;
            }
        }
        if version.is_none() {
            return Err(Error::input(format!("{file} has no format_version"))
                .with_hint(format!("begin it with: format_version = {MANIFEST_VERSION}")));
        }
        Ok(reader.manifest)
    }

    /// The schemas that are managed: all that is in them must be declared.
    #[must_use]
    pub fn managed(&self) -> SchemaFilter {
        let schemas = self.objects.keys().filter(|id| id.kind == "schema");
        SchemaFilter::only(schemas.filter_map(|id| id.path.first().cloned()))
    }

    /// Returns a manifest that declares everything in a catalog: every attribute that is always compared, long texts by
    /// their digest.
    ///
    /// From an older manifest it takes over what a person said: the switches of objects that are in both, the attributes
    /// given for them though they are only compared when declared, and optional objects that are not there now.
    #[must_use]
    pub fn of(catalog: &Catalog, shapes: &[&'static Shape], old: &Self) -> Self {
        let mut manifest = Self::default();
        for (id, object) in &catalog.objects {
            let old = old.objects.get(id);
            let partial = old.is_some_and(|old| old.partial);
            let mut attrs = object.attrs.clone();
            attrs.retain(|name, _| {
                let attribute =
                    shapes.iter().find(|shape| shape.name == id.kind).and_then(|shape| shape.attribute(name));
                let always = attribute.is_none_or(|attribute| attribute.compared == Compared::Always);
                (always && !partial) || old.is_some_and(|old| old.attrs.contains_key(name))
            });
            for (name, value) in attrs.iter_mut() {
                let shape = shapes.iter().find(|shape| shape.name == id.kind);
                let is_text = shape.and_then(|shape| shape.attribute(name)).is_some_and(|a| a.form == Form::Text);
                if let Value::String(text) = value
                    && is_text
                    && text.contains('\n')
                {
                    *text = digest_of(text);
                }
            }
            let declared = Declared {
                parent: object.parent.clone(),
                attrs,
                optional: old.is_some_and(|old| old.optional),
                partial,
                position: object.attrs.get("position").and_then(Value::as_u64),
                location: None,
            };
            manifest.objects.insert(id.clone(), declared);
        }
        let in_partial = |manifest: &Self, object: &Declared| {
            object
                .parent
                .as_ref()
                .is_some_and(|parent| manifest.objects.get(parent).is_none_or(|parent| parent.partial))
        };
        for (id, declared) in old.objects.iter().filter(|(_, declared)| declared.optional) {
            manifest.objects.entry(id.clone()).or_insert_with(|| declared.clone());
        }
        // The parts of something partial are declared only if a person did so.
        let undeclared: Vec<_> = manifest
            .objects
            .iter()
            .filter(|(id, object)| in_partial(&manifest, object) && !old.objects.contains_key(id))
            .map(|(id, _)| id.clone())
            .collect();
        for id in undeclared {
            manifest.objects.remove(&id);
        }
        manifest
    }
}

/// Returns the path that a top-level key names; a routine's arguments stay as they are written.
fn object_path(shape: &Shape, key: &str) -> Result<Vec<String>> {
    let mut quoted = false;
    let first_outside_quotes = key.find(|c| {
        quoted ^= c == '"';
        c == '(' && !quoted
    });
    let arguments = match first_outside_quotes {
        Some(at) if key.ends_with(')') && matches!(shape.name, "function" | "procedure") => at,
        _ => return parse_path(key),
    };
    let mut path = parse_path(key[..arguments].trim_end())?;
    path.push(key[arguments..].to_owned());
    Ok(path)
}

type Table<'i> = DeTable<'i>;
type Key<'i> = Spanned<std::borrow::Cow<'i, str>>;

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    shapes: &'a [&'static Shape],
    manifest: Manifest,
}

impl Reader<'_> {
    fn object(
        &mut self,
        shape: &'static Shape,
        parent: Option<&ObjectId>,
        path: Vec<String>,
        span: Range<usize>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<()> {
        let id = ObjectId::new(shape.name, path);
        let (line, column) = line_column(self.text, span.start);
        let location = Some(Location { file: self.file.to_owned(), line, column });
        let mut declared = Declared { parent: parent.cloned(), location, ..Declared::default() };
        match (value.get_ref(), shape.shorthand) {
            (DeValue::Table(table), _) => {
                for (key, value) in table {
                    self.member(shape, &id, &mut declared, key, value)?;
                }
            }
            (_, Some(attribute)) => {
                declared.attrs.insert(attribute.to_owned(), self.json(value)?);
            }
            (other, None) => {
                let message = format!("{} is a table of attributes, not a {}", shape.name, other.type_str());
                return Err(self.error(value.span(), message));
            }
        }
        if self.manifest.objects.insert(id.clone(), declared).is_some() {
            return Err(self.error(span, format!("{id} is declared twice")));
        }
        Ok(())
    }

    /// Reads one key of an object: a switch, an attribute, or a section of parts.
    fn member(
        &mut self,
        shape: &'static Shape,
        id: &ObjectId,
        declared: &mut Declared,
        key: &Key<'_>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<()> {
        match key.get_ref().as_ref() {
            "optional" => declared.optional = self.boolean(value)?,
            "partial" => declared.partial = self.boolean(value)?,
            name if shape.attribute(name).is_some() => {
                declared.attrs.insert(name.to_owned(), self.json(value)?);
            }
            name if self.shapes.iter().any(|shape| shape.plural == name) => {
                let part = self.section(key)?;
                for (name, object) in self.table(value)? {
                    let mut path = id.path.clone();
                    path.push(name.get_ref().to_string());
                    self.object(part, Some(id), path, name.span(), object)?;
                }
            }
            name => {
                let known: Vec<_> = shape.attributes.iter().map(|attribute| attribute.name).collect();
                let error = self.error(key.span(), format!("a {} has no attribute {name:?}", shape.name));
                return Err(error.with_hint(format!("it has: {}", known.join(", "))));
            }
        }
        Ok(())
    }

    fn section(&self, key: &Key<'_>) -> Result<&'static Shape> {
        let name = key.get_ref();
        self.shapes.iter().copied().find(|shape| shape.plural == name).ok_or_else(|| {
            let known: Vec<_> = self.shapes.iter().map(|shape| shape.plural).collect();
            self.error(key.span(), format!("there is no section {name:?}"))
                .with_hint(format!("sections are: {}", known.join(", ")))
        })
    }

    fn table<'v, 'i>(&self, value: &'v Spanned<DeValue<'i>>) -> Result<&'v Table<'i>> {
        value.get_ref().as_table().ok_or_else(|| self.error(value.span(), "a table is expected here"))
    }

    fn boolean(&self, value: &Spanned<DeValue<'_>>) -> Result<bool> {
        value.get_ref().as_bool().ok_or_else(|| self.error(value.span(), "true or false is expected here"))
    }

    fn json(&self, value: &Spanned<DeValue<'_>>) -> Result<Value> {
        Ok(match value.get_ref() {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Boolean(flag) => Value::Bool(*flag),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => number.into(),
                Err(_) => return Err(self.error(value.span(), "the number does not fit 64 bits")),
            },
            DeValue::Float(number) => match number.as_str().parse::<f64>() {
                Ok(number) => number.into(),
                Err(_) => return Err(self.error(value.span(), "this is not a number")),
            },
            DeValue::Datetime(_) => return Err(self.error(value.span(), "put a date in quotes")),
            DeValue::Array(items) => items.iter().map(|item| self.json(item)).collect::<Result<_>>()?,
            DeValue::Table(table) => Value::Object(
                table
                    .iter()
                    .map(|(key, value)| Ok((key.get_ref().to_string(), self.json(value)?)))
                    .collect::<Result<_>>()?,
            ),
        })
    }

    fn error(&self, span: Range<usize>, message: impl Into<String>) -> Error {
        Error::input(message).with_excerpt(excerpt(self.file, self.text, span, ""))
    }
}

fn excerpt(file: &str, text: &str, span: Range<usize>, label: &str) -> Excerpt {
    Excerpt { file: file.to_owned(), text: text.to_owned(), span, label: label.to_owned() }
}
