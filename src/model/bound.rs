//! What the server binds objects to each other by, beside what they are in and what they need: inheritance, sequences
//! that columns own, and the ones behind identity columns.
//!
//! Goes by attributes; follows nothing in a catalog.

use serde_json::Value;

use super::{Attrs, Object, ObjectId};
use crate::base::parse_path;

/// What the sequence behind an identity column is like, where it is not as the server makes it.
const IDENTITY_SEQUENCE: &str = "identity_sequence";

impl Object {
    /// The paths of the tables that a table inherits from, in order, or of the one that it is a partition of.
    #[must_use]
    pub fn inherits_from(&self) -> Vec<Vec<String>> {
        let listed = self.attrs.get("inherits").and_then(Value::as_array).into_iter().flatten();
        let names = self.attrs.get("partition_of").into_iter().chain(listed);
        names.filter_map(|name| parse_path(name.as_str()?).ok()).collect()
    }

    /// The index or key of a partitioned table that an index or key is attached to, among what it needs. A key may be attached
    /// to an index that is none.
    #[must_use]
    pub fn attached_to(&self) -> Option<&ObjectId> {
        let above = parse_path(self.attrs.get("partition_of")?.as_str()?).ok()?;
        let is_it = |id: &&ObjectId| {
            matches!(id.kind.as_str(), "index" | "constraint") && above == [id.path[0].as_str(), id.name()]
        };
        self.needs.iter().find(is_it)
    }

    /// The column that a sequence belongs to, though it is not in it: it is dropped, and changes schema and owner, with it.
    #[must_use]
    pub fn owned_by(&self) -> Option<ObjectId> {
        let column = self.attrs.get("owned_by")?.as_str()?;
        Some(ObjectId::new("column", parse_path(column).ok()?))
    }

    /// The schema and name of a sequence, or of an index or an index's constraint: relations of their own, though they go by
    /// a table.
    #[must_use]
    pub fn relation_name(&self, id: &ObjectId) -> Option<Vec<String>> {
        let type_name = self.attrs.get("type").and_then(Value::as_str);
        let is_one = match id.kind.as_str() {
            "index" | "sequence" => true,
            "constraint" => matches!(type_name, Some("primary key" | "unique" | "exclusion")),
            _ => false,
        };
        (is_one && id.path.len() > 1).then(|| vec![id.path[0].clone(), id.name().to_owned()])
    }

    /// The name of the sequence behind an identity column of that identity; it stands in the table's schema.
    #[must_use]
    pub fn identity_sequence(&self, column: &ObjectId) -> Option<String> {
        self.attrs.get("identity")?;
        given(&self.attrs).or_else(|| made_of(column))
    }
}

/// The attributes of an object under another identity: the sequence behind an identity column keeps its name, which is left
/// out only where it is the one that the server would make.
#[must_use]
pub fn attrs_of_renamed(attrs: &Attrs, from: &ObjectId, to: &ObjectId) -> Attrs {
    let mut attrs = attrs.clone();
    let (old, new) = (made_of(from), made_of(to));
    if old == new || !attrs.contains_key("identity") {
        return attrs;
    }
    let name = given(&attrs).or(old);
    let mut sequence = attrs.get(IDENTITY_SEQUENCE).and_then(Value::as_object).cloned().unwrap_or_default();
    sequence.remove("name");
    if let Some(name) = name.filter(|name| Some(name) != new.as_ref()) {
        sequence.insert("name".to_owned(), name.into());
    }
    attrs.remove(IDENTITY_SEQUENCE);
    if !sequence.is_empty() {
        attrs.insert(IDENTITY_SEQUENCE.to_owned(), sequence.into());
    }
    attrs
}

fn given(attrs: &Attrs) -> Option<String> {
    Some(attrs.get(IDENTITY_SEQUENCE)?.get("name")?.as_str()?.to_owned())
}

/// The name that the server makes of a column's and its table's.
fn made_of(column: &ObjectId) -> Option<String> {
    let [.., table, name] = column.path.as_slice() else { return None };
    Some(format!("{table}_{name}_seq"))
}
