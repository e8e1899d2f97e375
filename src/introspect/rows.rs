//! One kind's rows as objects: which column says who it is and which is an attribute, and how values become JSON.
//!
//! What a kind's query returns is held to its shape here, so that neither can drift from the other.

use rustc_hash::FxHashMap;
use serde_json::{Map, Number, Value};
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Column, Row};

use super::{equivalences, get};
use crate::base::{Error, ErrorKind, Result};
use crate::kinds::{Class, Kind};
use crate::model::{Attribute, Attrs, Form};

/// An object of a database by the OIDs of this database: catalog, row, and a column's number or 0.
pub(super) type Address = (Class, u32, i32);

/// One row of a kind's query.
pub(super) struct Found {
    /// What others call it by; none for what nothing refers to.
    pub(super) address: Option<Address>,
    /// What it is in.
    pub(super) parent: Option<Address>,
    /// Its name within its parent: one part, or more where arguments or a method belong to it.
    pub(super) name: Vec<String>,
    /// Its attributes in canonical form: sorted, defaults left out.
    pub(super) attrs: Attrs,
}

/// The columns of a kind's query, told apart.
pub(super) struct Columns {
    oid: Option<usize>,
    sub: Option<usize>,
    parent_class: Option<usize>,
    parent: Option<usize>,
    parent_sub: Option<usize>,
    name: usize,
    attributes: Vec<(usize, &'static Attribute)>,
    /// Attributes by the bytes that they were read from: in a large catalog most rows have been there before.
    known: FxHashMap<Box<[u8]>, Attrs>,
    bytes: Vec<u8>,
}

/// Rows with more bytes of attributes than this are not kept: the longer a text, the less likely is another one like it.
const KEPT: usize = 200;

/// Attributes that no query returns, because they are read for all kinds at once.
pub(super) const READ_FOR_ALL: &[&str] = &["comment", "security_labels"];

impl Columns {
    /// Tells the columns of a kind's query apart.
    ///
    /// # Errors
    ///
    /// When they are not exactly what the kind's shape says.
    pub(super) fn of(kind: &Kind, columns: &[Column]) -> Result<Self> {
        let at = |name: &str| columns.iter().position(|column| column.name() == name);
        let wrong = |what: &str| {
            let what = format!("the query for kind {} has {what}", kind.shape.name);
            Err(Error::new(ErrorKind::Statement, what))
        };
        let Some(name) = at("name") else { return wrong("no column `name`") };
        let mut attributes = Vec::new();
        for attribute in kind.shape.attributes.iter().filter(|a| !READ_FOR_ALL.contains(&a.name)) {
            match at(attribute.name) {
                Some(at) => attributes.push((at, attribute)),
                None => return wrong(&format!("no column `{}`", attribute.name)),
            }
        }
        const IDENTITY: &[&str] = &["oid", "sub", "parent_class", "parent", "parent_sub", "name"];
        for column in columns {
            if !IDENTITY.contains(&column.name()) && kind.shape.attribute(column.name()).is_none() {
                return wrong(&format!("a column `{}` that is no attribute", column.name()));
            }
        }
        Ok(Self {
            oid: at("oid"),
            sub: at("sub"),
            parent_class: at("parent_class"),
            parent: at("parent"),
            parent_sub: at("parent_sub"),
            name,
            attributes,
            known: FxHashMap::default(),
            bytes: Vec::new(),
        })
    }

    /// Reads a row.
    pub(super) fn read(&mut self, kind: &Kind, row: &Row) -> Result<Found> {
        let address = match self.oid {
            Some(oid) => Some((kind.class, get(row, oid)?, self.number(row, self.sub)?)),
            None => None,
        };
        let parent_class = match self.parent_class {
            Some(class) => Some(Class(get(row, class)?)),
            None => kind.within,
        };
        let parent: Option<u32> = self.parent.map_or(Ok(None), |parent| get(row, parent))?;
        let parent = match (parent_class, parent) {
            (Some(class), Some(parent)) => Some((class, parent, self.number(row, self.parent_sub)?)),
            _ => None,
        };
        let name = match *row.columns()[self.name].type_() {
            Type::TEXT_ARRAY => get(row, self.name)?,
            _ => vec![get(row, self.name)?],
        };
        Ok(Found { address, parent, name, attrs: self.attrs(row)? })
    }

    fn attrs(&mut self, row: &Row) -> Result<Attrs> {
        self.bytes.clear();
        for (at, _) in &self.attributes {
            match get::<Option<Bytes<'_>>>(row, *at)? {
                None => self.bytes.extend(u32::MAX.to_le_bytes()),
                Some(Bytes(bytes)) => {
                    self.bytes.extend((bytes.len() as u32).to_le_bytes());
                    self.bytes.extend(bytes);
                }
            }
        }
        if let Some(attrs) = self.known.get(self.bytes.as_slice()) {
            return Ok(attrs.clone());
        }
        let mut map = Map::new();
        for (at, attribute) in &self.attributes {
            if let Some(value) = value(row, *at)?.and_then(|value| canonical(value, attribute)) {
                map.insert(attribute.name.to_owned(), value);
            }
        }
        let attrs = Attrs::from(map);
        if self.bytes.len() <= KEPT {
            self.known.insert(self.bytes.as_slice().into(), attrs.clone());
        }
        Ok(attrs)
    }

    fn number(&self, row: &Row, at: Option<usize>) -> Result<i32> {
        let Some(at) = at else { return Ok(0) };
        match *row.columns()[at].type_() {
            Type::INT2 => get::<i16>(row, at).map(i32::from),
            _ => get(row, at),
        }
    }
}

/// A value as the server sent it, of whatever type.
struct Bytes<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Bytes<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> std::result::Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A value of one of the few types that the queries use, as JSON.
fn value(row: &Row, at: usize) -> Result<Option<Value>> {
    Ok(match *row.columns()[at].type_() {
        Type::BOOL => get::<Option<bool>>(row, at)?.map(Value::Bool),
        Type::INT2 => get::<Option<i16>>(row, at)?.map(Value::from),
        Type::INT4 => get::<Option<i32>>(row, at)?.map(Value::from),
        Type::INT8 => get::<Option<i64>>(row, at)?.map(Value::from),
        // Shortest text first: 0.1 and not what the nearest double says. A whole number is one.
        Type::FLOAT4 => get::<Option<f32>>(row, at)?
            .and_then(|number| serde_json::from_str::<Number>(&number.to_string()).ok().map(Value::Number)),
        Type::TEXT_ARRAY | Type::NAME_ARRAY => get::<Option<Vec<Option<String>>>>(row, at)?.map(Value::from),
        Type::JSONB => get::<Option<Value>>(row, at)?,
        _ => get::<Option<String>>(row, at)?.map(Value::String),
    })
}

/// What has expressions of the server's writing in it, beside what is one.
const DEPARSED: &[&str] = &["definition", "sql_body", "default"];

/// The canonical form of an attribute's value; none for its default.
pub(super) fn canonical(mut value: Value, attribute: &Attribute) -> Option<Value> {
    if attribute.form == Form::Set
        && let Value::Array(items) = &mut value
    {
        items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        items.dedup();
    }
    let deparsed = matches!(attribute.form, Form::Query | Form::Expression) || DEPARSED.contains(&attribute.name);
    if deparsed && let Value::String(query) = &mut value {
        *query = equivalences::normal(query);
    }
    let is_default = match &value {
        Value::Null => true,
        Value::Bool(is) => *is == (attribute.default == "true"),
        Value::String(text) => text == attribute.default,
        Value::Number(number) => !attribute.default.is_empty() && number.to_string() == attribute.default,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
    };
    (!is_default).then_some(value)
}
