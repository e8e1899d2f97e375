//! The kinds of catalog objects: one folder each, one list of them all.
//!
//! A kind is its query (`query.sql`, runs as it stands in psql), its attributes, and what reports need to know of it.
//! Help texts, manifests and the coverage page derive from [`ALL`]; nothing else names every kind.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::model::{Attrs, Shape};

mod column;
mod composite_type;
mod constraint;
mod default_privilege;
mod domain;
mod enum_type;
mod extension;
mod function;
mod grant;
mod index;
mod materialized_view;
mod policy;
mod procedure;
mod schema;
mod sequence;
mod table;
mod trigger;
mod view;

/// One kind of catalog object.
#[derive(Debug)]
pub struct Kind {
    /// Its name and attributes.
    pub shape: &'static Shape,
    /// Returns `(path text[], parent text[], attrs jsonb)`, a row for each user object: no system object and no member
    /// of an extension. `parent` is the parent's kind followed by its path, or NULL.
    pub query: &'static str,
    /// Reads the query's `attrs` strictly and returns them in canonical form: defaults left out.
    pub canonical: fn(Value) -> Result<Attrs, serde_json::Error>,
}

/// Every kind, parents before children.
pub const ALL: &[&Kind] = &[
    &schema::KIND,
    &extension::KIND,
    &enum_type::KIND,
    &domain::KIND,
    &composite_type::KIND,
    &sequence::KIND,
    &table::KIND,
    &view::KIND,
    &materialized_view::KIND,
    &function::KIND,
    &procedure::KIND,
    &column::KIND,
    &constraint::KIND,
    &index::KIND,
    &trigger::KIND,
    &policy::KIND,
    &grant::KIND,
    &default_privilege::KIND,
];

/// Finds a kind by its name in PostgreSQL's words.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Kind> {
    ALL.iter().find(|kind| kind.shape.name == name).copied()
}

/// Kinds whose objects are told apart by what they are about and not by a name of their own: there is nothing to rename.
pub const NAMELESS: &[&str] = &[
    "cast",
    "default privilege",
    "extension",
    "grant",
    "operator",
    "security label",
    "setting",
    "transform",
    "user mapping",
];

/// The body of every kind's [`Kind::canonical`]: through its `Attrs` struct, which denies unknown fields and leaves out
/// defaults.
fn through<T: DeserializeOwned + Serialize>(attrs: Value) -> Result<Attrs, serde_json::Error> {
    let attrs: T = serde_json::from_value(attrs)?;
    match serde_json::to_value(attrs)? {
        Value::Object(map) => Ok(map),
        other => unreachable!("attributes are a struct, not {other}"),
    }
}

/// Whether a field is left out: it says what would hold without it.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The default of a switch that is on unless said otherwise.
fn yes() -> bool {
    true
}

/// Whether such a switch is left out.
fn is_true(value: &bool) -> bool {
    *value
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::{ALL, Kind};

    /// The fields of a kind's `Attrs` struct, as its own refusal of an unknown one lists them.
    fn fields(kind: &Kind) -> BTreeSet<String> {
        let refusal = (kind.canonical)(json!({ "?": null })).unwrap_err().to_string();
        let (_, expected) = refusal.split_once("expected").unwrap();
        expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn shapes_document_exactly_the_attributes() {
        for kind in ALL {
            let documented: BTreeSet<_> = kind.shape.attributes.iter().map(|a| a.name.to_owned()).collect();
            assert_eq!(documented, fields(kind), "{}", kind.shape.name);
            assert_eq!(documented.len(), kind.shape.attributes.len(), "{} has one twice", kind.shape.name);
            if let Some(shorthand) = kind.shape.shorthand {
                assert!(documented.contains(shorthand), "{}", kind.shape.name);
            }
            for attribute in kind.shape.attributes {
                assert!(kind.query.contains(&format!("'{}', ", attribute.name)), "{}", attribute.name);
                assert!(attribute.about.ends_with('.'), "{}", attribute.name);
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<_> = ALL.iter().flat_map(|kind| [kind.shape.name, kind.shape.plural]).collect();
        assert_eq!(names.len(), ALL.len() * 2);
    }

    #[test]
    fn folders_are_the_list() {
        let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/kinds")).unwrap();
        assert_eq!(folders.filter(|entry| entry.as_ref().unwrap().path().is_dir()).count(), ALL.len());
    }
}
