//! The kinds of which a database has few objects, and what else is short: read together in one statement, as JSON.
//!
//! Each of the others is a statement of its own, whose typed columns cost less where there are a hundred thousand rows.

use std::sync::LazyLock;

use serde_json::{Map, Number, Value};
use tokio_postgres::Row;

use super::rows::{Address, Found, READ_FOR_ALL, canonical};
use super::{STRANGERS, get, uncovered};
use crate::base::{Error, ErrorKind, Result};
use crate::kinds::{self, Class, Kind};
use crate::model::Attrs;

/// The kinds of which a database has many objects, parents before children.
pub(super) const MANY: &[&str] = &["table", "column", "constraint", "index", "grant"];

/// What one of the queries in the statement reads.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// What extensions and the server have.
    Strangers,
    /// A kind's objects.
    Kind(&'static Kind),
    /// What no kind covers.
    Uncovered,
}

impl Part {
    /// Its query.
    pub(super) fn query(self) -> &'static str {
        match self {
            Self::Strangers => STRANGERS,
            Self::Kind(kind) => kind.query,
            Self::Uncovered => uncovered::QUERY,
        }
    }

    /// Whether it is read before a kind's objects, which may be in its own.
    pub(super) fn comes_before(self, kind: &Kind) -> bool {
        let place = |kind: &Kind| kinds::ALL.iter().position(|other| other.shape.name == kind.shape.name);
        match self {
            Self::Strangers => true,
            Self::Kind(own) => place(own) < place(kind),
            Self::Uncovered => false,
        }
    }

    /// What could not be read, where it could not.
    pub(super) fn failure(self) -> String {
        match self {
            Self::Strangers => "cannot read what extensions and the server have".to_owned(),
            Self::Kind(kind) => failure(kind),
            Self::Uncovered => "cannot read what no kind covers".to_owned(),
        }
    }
}

/// What to say of a kind that can't be read.
pub(super) fn failure(kind: &Kind) -> String {
    format!("cannot read the objects of kind {}", kind.shape.name)
}

/// All parts, parents before children.
pub(super) static PARTS: LazyLock<Vec<Part>> = LazyLock::new(|| {
    let kinds = kinds::ALL.iter().filter(|kind| !MANY.contains(&kind.shape.name)).map(|kind| Part::Kind(kind));
    [Part::Strangers].into_iter().chain(kinds).chain([Part::Uncovered]).collect()
});

/// The statement: the number of a part, and one of its rows.
pub(super) static QUERY: LazyLock<String> = LazyLock::new(|| {
    let parts = PARTS.iter().enumerate();
    let select = |(n, part): (usize, &Part)| {
        format!("select {n} as part, pg_catalog.row_to_json(q) as object from (\n{}\n) q", part.query())
    };
    parts.map(select).collect::<Vec<_>>().join("\nunion all\n")
});

/// Rows by the number of their part.
pub(super) struct Few(Vec<Vec<Map<String, Value>>>);

impl Few {
    pub(super) fn new() -> Self {
        Self(PARTS.iter().map(|_| Vec::new()).collect())
    }

    /// Keeps a row.
    pub(super) fn add(&mut self, row: &Row) -> Result<()> {
        let part = usize::try_from(get::<i32>(row, 0)?).unwrap_or_default();
        match (self.0.get_mut(part), get::<Value>(row, 1)?) {
            (Some(rows), Value::Object(object)) => rows.push(object),
            _ => {
                return Err(Error::new(
                    ErrorKind::Statement,
                    "the server's answer has another form than was asked for",
                ));
            }
        }
        Ok(())
    }

    /// All rows, in the order of [`PARTS`].
    pub(super) fn into_parts(self) -> impl Iterator<Item = (Part, Vec<Map<String, Value>>)> {
        PARTS.iter().copied().zip(self.0)
    }
}

/// Reads a row of a kind's query, and holds it to the kind's shape.
pub(super) fn found(kind: &Kind, mut row: Map<String, Value>) -> Result<Found> {
    let wrong =
        |what: String| Error::new(ErrorKind::Statement, format!("the query for kind {} has {what}", kind.shape.name));
    let name = match row.remove("name") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.into_iter().filter_map(text).collect(),
        _ => return Err(wrong("no column `name`".to_owned())),
    };
    let sub = number(row.remove("sub"));
    let address = oid(row.remove("oid")).map(|oid| (kind.class, oid, sub));
    let class = oid(row.remove("parent_class")).map(Class).or(kind.within);
    let parent_sub = number(row.remove("parent_sub"));
    let parent = class.zip(oid(row.remove("parent"))).map(|(class, oid)| (class, oid, parent_sub));
    let mut attrs = Map::new();
    for attribute in kind.shape.attributes.iter().filter(|attribute| !READ_FOR_ALL.contains(&attribute.name)) {
        let Some(value) = row.remove(attribute.name) else {
            return Err(wrong(format!("no column `{}`", attribute.name)));
        };
        if let Some(value) = canonical(plain(value), attribute) {
            attrs.insert(attribute.name.to_owned(), value);
        }
    }
    match row.keys().next() {
        Some(column) => Err(wrong(format!("a column `{column}` that is no attribute"))),
        None => Ok(Found { address, parent, name, attrs: Attrs::from(attrs) }),
    }
}

/// A number as it is read from a column of type real: JSON has the server's text, which may be `1e+06`.
fn plain(value: Value) -> Value {
    match &value {
        Value::Number(number) if number.is_f64() => {
            let real = number.as_f64().map(|number| (number as f32).to_string());
            real.and_then(|real| real.parse::<Number>().ok()).map_or(value, Value::Number)
        }
        _ => value,
    }
}

/// The address in the columns `class`, `oid` and `sub`.
pub(super) fn address(row: &mut Map<String, Value>) -> Option<Address> {
    Some((Class(oid(row.remove("class"))?), oid(row.remove("oid"))?, number(row.remove("sub"))))
}

/// A text, if it is one.
pub(super) fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// An OID, which JSON has as text.
fn oid(value: Option<Value>) -> Option<u32> {
    text(value?)?.parse().ok()
}

fn number(value: Option<Value>) -> i32 {
    value.and_then(|value| value.as_i64()).and_then(|number| i32::try_from(number).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::plain;

    #[test]
    fn numbers_are_read_as_from_columns() {
        for (text, expected) in
            [("1e+06", json!(1_000_000)), ("0.1", json!(0.1)), ("7", json!(7)), ("2.5e-05", json!(0.000025))]
        {
            assert_eq!(plain(serde_json::from_str::<Value>(text).unwrap()), expected, "{text}");
        }
    }
}
