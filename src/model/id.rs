//! The identity of a catalog object.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Deref, DerefMut, Range};
use std::sync::Arc;

use crate::base::{Ident, ObjectRef};

/// Kind and name of an object; no OID, so that it means the same in every database.
///
/// The path goes from the outermost name inwards: `[schema]`, `[schema, table]`, `[schema, table, column]`. A routine's
/// last part is its identity arguments in parentheses: `[schema, name, "(text, integer)"]`, an operator class's or
/// family's its access method. A grant's is the grantee. What has no name is called by what it is about:
/// `["(integer AS ops.t)"]` for a cast, `["FOR integer LANGUAGE c"]` for a transform.
///
/// A copy is cheap: of the same identity there may be many, in what is in it and what needs it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectId(Arc<Identity>);

/// The parts of an [`ObjectId`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The kind in PostgreSQL's words: `table`, `policy`, `materialized view`.
    pub kind: String,
    /// The names, outermost first; never empty.
    pub path: Vec<String>,
}

impl Deref for ObjectId {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.0
    }
}

/// Changes this copy alone.
impl DerefMut for ObjectId {
    fn deref_mut(&mut self) -> &mut Identity {
        Arc::make_mut(&mut self.0)
    }
}

impl ObjectId {
    /// Makes an identity.
    pub fn new<S: Into<String>>(kind: &str, path: impl IntoIterator<Item = S>) -> Self {
        Self::of(kind.to_owned(), path.into_iter().map(Into::into).collect())
    }

    /// Makes an identity of its parts.
    #[must_use]
    pub fn of(kind: String, path: Vec<String>) -> Self {
        Self(Arc::new(Identity { kind, path }))
    }

    /// The schema that it is or stands in; none for what stands in the database itself, such as an extension.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        let in_schema = self.kind == "schema" || self.path.len() > 1;
        self.path.first().map(String::as_str).filter(|_| in_schema)
    }

    /// Returns the name as SQL writes it, qualified from the schema: `ops.runs.status`, `ops.claim_next_run(text)`.
    #[must_use]
    pub fn qualified(&self) -> String {
        self.join(0..self.path.len())
    }

    /// Its own name: the last part of the path that is neither a routine's arguments nor an access method.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.get(self.name_at()).map_or("", String::as_str)
    }

    /// Whether it is in another object, such as a table, by its path: a routine may have a table's name and is not in it.
    #[must_use]
    pub fn is_in(&self, other: &Self) -> bool {
        self.path.starts_with(&other.path) && self.name_at() >= other.path.len()
    }

    /// Returns the parts that findings show: kind, schema, name, and parent where there is one.
    ///
    /// `in_schema` says whether the first part of the path is a schema, which only the catalog knows.
    #[must_use]
    pub fn to_ref(&self, in_schema: bool) -> ObjectRef {
        let end = self.path.len();
        let in_schema = in_schema && end > 1;
        let first = usize::from(in_schema);
        let name = self.name_at();
        ObjectRef {
            kind: self.kind.clone(),
            schema: in_schema.then(|| self.path[0].clone()),
            name: if name + 1 == end { self.path[name].clone() } else { self.join(name..end) },
            parent: (name > first).then(|| self.join(first..name)),
        }
    }

    fn join(&self, parts: Range<usize>) -> String {
        let mut text = String::new();
        for n in parts {
            let part = &self.path[n];
            let role = self.role(n);
            match role {
                Role::Name | Role::Symbol if !text.is_empty() => text.push('.'),
                Role::Method => text.push_str(" USING "),
                _ => {}
            }
            match role {
                Role::Name | Role::Method => text.push_str(&Ident(part).to_string()),
                Role::Symbol | Role::Written => text.push_str(part),
            }
        }
        text
    }

    fn name_at(&self) -> usize {
        let last = self.path.len().saturating_sub(1);
        match self.path.get(last).map(|_| self.role(last)) {
            Some(Role::Written | Role::Method) if last > 0 => last - 1,
            _ => last,
        }
    }

    /// What a part of the path is. Parentheses or signs in a name make no arguments or operator of it.
    fn role(&self, n: usize) -> Role {
        let part = self.path[n].as_str();
        let arguments = part.starts_with('(') && part.ends_with(')');
        match (self.kind.as_str(), n, self.path.len()) {
            ("function" | "procedure" | "aggregate" | "operator", 2, 3) | ("grant", 2, 4) | ("cast", 0, 1)
                if arguments =>
            {
                Role::Written
            }
            ("transform", 0, 1) if part.starts_with("FOR ") => Role::Written,
            ("operator", 1, _) if !part.is_empty() && part.bytes().all(|sign| b"+-*/<>=~!@#%^&|`?".contains(&sign)) => {
                Role::Symbol
            }
            ("operator class" | "operator family", 2, 3) => Role::Method,
            _ => Role::Name,
        }
    }
}

/// What a part of a path is.
#[derive(Clone, Copy)]
enum Role {
    /// A name.
    Name,
    /// An operator's name, which is never quoted.
    Symbol,
    /// Text as the server writes it: a routine's arguments, the types of a cast.
    Written,
    /// The access method of an operator class or family.
    Method,
}

/// Parents come before children and siblings stay together: by path, then by kind, in byte order.
impl Ord for ObjectId {
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) {
            return Ordering::Equal;
        }
        self.path.cmp(&other.path).then_with(|| self.kind.cmp(&other.kind))
    }
}

impl PartialOrd for ObjectId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.split_last() {
            // The last name is the grantee's.
            Some((grantee, on)) if self.kind == "grant" => {
                write!(f, "grant to {} on {}", Ident(grantee), self.join(0..on.len()))
            }
            _ => write!(f, "{} {}", self.kind, self.qualified()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ObjectId;

    #[test]
    fn shows_names_as_sql_does() {
        assert_eq!(ObjectId::new("table", ["ops", "Runs"]).to_string(), "table ops.\"Runs\"");
        let function = ObjectId::new("function", ["ops", "claim", "(text)"]);
        assert_eq!(function.qualified(), "ops.claim(text)");
        let shown = function.to_ref(true);
        assert_eq!((shown.schema.as_deref(), shown.name.as_str(), shown.parent), (Some("ops"), "claim(text)", None));
        let grant = ObjectId::new("grant", ["ops", "claim", "(text)", "service_role"]);
        assert_eq!(grant.to_string(), "grant to service_role on ops.claim(text)");
        let operator = ObjectId::new("operator", ["ops", "<->", "(integer, integer)"]);
        assert_eq!((operator.qualified().as_str(), operator.name()), ("ops.<->(integer, integer)", "<->"));
        let class = ObjectId::new("operator class", ["ops", "C", "btree"]);
        assert_eq!((class.qualified().as_str(), class.name()), ("ops.\"C\" USING btree", "C"));
        let shown = class.to_ref(true);
        assert_eq!((shown.schema.as_deref(), shown.name.as_str()), (Some("ops"), "\"C\" USING btree"));
        let cast = ObjectId::new("cast", ["(integer AS ops.t)"]);
        assert_eq!((cast.to_string().as_str(), cast.name()), ("cast (integer AS ops.t)", "(integer AS ops.t)"));
        let transform = ObjectId::new("transform", ["FOR integer LANGUAGE c"]);
        assert_eq!(transform.to_string(), "transform FOR integer LANGUAGE c");
        assert_eq!(ObjectId::new("column", ["ops", "t", "(x)"]).to_string(), "column ops.t.\"(x)\"");
        assert_eq!(ObjectId::new("table", ["ops", "(x)"]).to_string(), "table ops.\"(x)\"");
        let column = ObjectId::new("column", ["ops", "runs", "id"]).to_ref(true);
        assert_eq!((column.name.as_str(), column.parent.as_deref()), ("id", Some("runs")));
    }

    #[test]
    fn a_routine_is_not_in_a_table_of_its_name() {
        let table = ObjectId::new("table", ["ops", "runs"]);
        let function = ObjectId::new("function", ["ops", "runs", "(text)"]);
        assert!(ObjectId::new("column", ["ops", "runs", "id"]).is_in(&table));
        assert!(!function.is_in(&table) && !table.is_in(&table));
        assert!(function.is_in(&ObjectId::new("schema", ["ops"])));
    }

    #[test]
    fn children_follow_their_parent() {
        let mut ids = [
            ObjectId::new("table", ["ops", "runs"]),
            ObjectId::new("column", ["ops", "run_logs", "id"]),
            ObjectId::new("column", ["ops", "runs", "id"]),
            ObjectId::new("table", ["ops", "run_logs"]),
        ];
        ids.sort();
        assert_eq!(ids.map(|id| id.path.join(".")), ["ops.run_logs", "ops.run_logs.id", "ops.runs", "ops.runs.id"]);
    }
}
