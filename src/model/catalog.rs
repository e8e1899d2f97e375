//! Objects and the catalog that holds them.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::ObjectId;

/// Attributes by name, defaults left out. Sorted, because `serde_json`'s map is.
///
/// A copy is cheap: in a large catalog thousands of objects are alike.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attrs(Arc<Map<String, Value>>);

impl From<Map<String, Value>> for Attrs {
    fn from(map: Map<String, Value>) -> Self {
        Self(Arc::new(map))
    }
}

impl Deref for Attrs {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// Changes this copy alone.
impl DerefMut for Attrs {
    fn deref_mut(&mut self) -> &mut Self::Target {
        Arc::make_mut(&mut self.0)
    }
}

impl Serialize for Attrs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Attrs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::from)
    }
}

impl<'a> IntoIterator for &'a Attrs {
    type Item = (&'a String, &'a Value);
    type IntoIter = serde_json::map::Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// One object of a database.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// What it belongs to: a column's table, a table's schema. None for what stands in the database itself.
    pub parent: Option<ObjectId>,
    /// What it is like; identity is not among the attributes, so a renamed object keeps them.
    pub attrs: Attrs,
    /// The objects that have to be there before it, beside those that it is in: a view's columns, a column's type.
    /// Sorted. Follows from the definitions, so two objects that differ in nothing else are equal to [`diff`](crate::diff).
    pub needs: Vec<ObjectId>,
}

/// User objects of a kind that nothing here models. Reported, never skipped in silence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uncovered {
    /// What they are, in PostgreSQL's words: `event trigger`.
    pub kind: String,
    /// The schema, where they are in one.
    pub schema: Option<String>,
    /// Their name, as the server describes them.
    pub name: String,
}

/// What a database holds, as one value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catalog {
    /// The objects by identity; iteration puts children after their parent.
    pub objects: BTreeMap<ObjectId, Object>,
    /// What was there and is not in `objects` because no kind models it.
    pub uncovered: Vec<Uncovered>,
}

impl Catalog {
    /// Returns the schema that an object stands in, following its parents; a schema stands in itself.
    #[must_use]
    pub fn schema_of<'a>(&'a self, id: &'a ObjectId) -> Option<&'a str> {
        let mut id = id;
        loop {
            if id.kind == "schema" {
                return id.path.first().map(String::as_str);
            }
            match self.objects.get(id) {
                Some(object) => id = object.parent.as_ref()?,
                // An extension's or the server's, with something of the user's in it or on it.
                None => return id.schema(),
            }
        }
    }

    /// Returns the objects whose parent is `parent`, in order.
    pub fn children<'a>(&'a self, parent: &'a ObjectId) -> impl Iterator<Item = (&'a ObjectId, &'a Object)> {
        self.objects
            .range(parent..)
            .take_while(|(id, _)| id.path.starts_with(&parent.path))
            .filter(|(_, object)| object.parent.as_ref() == Some(parent))
    }
}
