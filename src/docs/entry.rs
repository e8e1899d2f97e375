//! An object of the catalog as the formats read it: attributes by name, with what leaving one out means.
//!
//! Knows no kind; the names of attributes are those of the kinds' shapes.

use serde_json::Value;

use crate::model::{Attrs, ObjectId};

/// An object with its identity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) id: &'a ObjectId,
    pub(super) attrs: &'a Attrs,
}

impl<'a> Entry<'a> {
    /// Its kind in PostgreSQL's words.
    pub(super) fn kind(self) -> &'a str {
        &self.id.kind
    }

    /// Its own name, the last part of its path.
    pub(super) fn name(self) -> &'a str {
        self.id.path.last().map_or("", String::as_str)
    }

    /// The first part of its path: the schema of what stands in one.
    pub(super) fn schema(self) -> &'a str {
        self.id.path.first().map_or("", String::as_str)
    }

    /// An attribute that is a text.
    pub(super) fn text(self, attribute: &str) -> Option<&'a str> {
        self.attrs.get(attribute)?.as_str()
    }

    /// Whether a switch that is off by default is on.
    pub(super) fn flag(self, attribute: &str) -> bool {
        self.attrs.get(attribute).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Whether a switch that is on by default was switched off.
    pub(super) fn is_off(self, attribute: &str) -> bool {
        self.attrs.get(attribute).and_then(Value::as_bool) == Some(false)
    }

    /// An attribute that is a list of texts; empty where it is left out.
    pub(super) fn list(self, attribute: &str) -> Vec<&'a str> {
        self.attrs.get(attribute).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The comment, unless it is empty.
    pub(super) fn comment(self) -> Option<&'a str> {
        self.text("comment").filter(|comment| !comment.trim().is_empty())
    }
}
