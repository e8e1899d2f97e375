//! What a grant is on, and how SQL calls it.

use super::super::{Class, Site, by_name, database};
use crate::base::{Ident, Path};
use crate::model::ObjectId;

/// Which of the things that share one name in the catalog a grant is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Via {
    /// The object itself.
    Object,
    /// The sequence behind an identity column.
    Sequence,
    /// The row type of a relation.
    Type,
}

/// What `GRANT` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// By type and qualified name: `TABLE ops.runs`.
    Object(String),
    /// A column of a table, by what follows the privilege and by what follows ON.
    Column(String, String),
    /// The database that the statements run in.
    Database,
}

/// Relations whose columns can have rights of their own.
pub(super) const RELATIONS: &[&str] = &["table", "view", "materialized view", "foreign table"];

/// The words after a grantee's name, by the kind of what the grant is in.
fn suffix(parent: &str) -> &'static str {
    match parent {
        "column" | "sequence" => " on sequence",
        "database" => " on database",
        "foreign data wrapper" => " on foreign data wrapper",
        "foreign server" => " on server",
        "language" => " on language",
        _ => " on type",
    }
}

/// The grantee, and what the grant is on of what it is in.
pub(super) fn grantee(id: &ObjectId, parent: &ObjectId) -> (String, Via) {
    let name = id.path.last().map_or("", String::as_str);
    match name.strip_suffix(suffix(&parent.kind)) {
        Some(role) if parent.kind == "column" => (role.to_owned(), Via::Sequence),
        Some(role) if RELATIONS.contains(&parent.kind.as_str()) => (role.to_owned(), Via::Type),
        Some(role) if suffix(&parent.kind) != " on type" => (role.to_owned(), Via::Object),
        _ => (name.to_owned(), Via::Object),
    }
}

/// Whether only differences from a start are shown of what a grant is on.
pub(super) fn deviates(site: &Site) -> bool {
    let Some(parent) = &site.object.parent else { return true };
    let stranger = !site.world.before.objects.contains_key(parent) && !site.world.after.objects.contains_key(parent);
    stranger || parent.kind == "database" || grantee(site.id, parent).1 == Via::Type
}

/// What a grant in `parent` is on.
pub(super) fn of(site: &Site, parent: &ObjectId, via: Via) -> Target {
    let (keyword, end) = match (parent.kind.as_str(), via) {
        ("column", Via::Sequence) => return Target::Object(format!("SEQUENCE {}", identity_sequence(site, parent))),
        ("column", _) => {
            let (column, table) = parent.path.split_last().map_or(("", &[][..]), |(last, rest)| (last.as_str(), rest));
            return Target::Column(format!(" ({})", Ident(column)), format!("TABLE {}", Path(table)));
        }
        ("database", _) => return Target::Database,
        (_, Via::Type) => ("TYPE", None),
        ("table" | "view" | "materialized view" | "foreign table", _) => ("TABLE", None),
        ("sequence", _) => ("SEQUENCE", None),
        ("schema", _) => ("SCHEMA", None),
        ("language", _) => ("LANGUAGE", None),
        ("foreign data wrapper", _) => ("FOREIGN DATA WRAPPER", None),
        ("foreign server", _) => ("FOREIGN SERVER", None),
        ("procedure", _) => ("PROCEDURE", Some(2)),
        ("function" | "aggregate", _) => ("FUNCTION", Some(2)),
        // Every sort of type, a domain too.
        _ => ("TYPE", None),
    };
    let name = match end {
        // GRANT knows nothing of ORDER BY: an aggregate's arguments are one list, and none are none.
        Some(end) if parent.path.len() == end + 1 => {
            let arguments =
                parent.path[end].replace("(*)", "()").replace("( ORDER BY ", "(").replace(" ORDER BY ", ", ");
            format!("{}{arguments}", Path(&parent.path[..end]))
        }
        _ => Path(&parent.path).to_string(),
    };
    Target::Object(format!("{keyword} {name}"))
}

/// The sequence behind an identity column, as SQL calls it.
fn identity_sequence(site: &Site, column: &ObjectId) -> String {
    let name = site.catalog.objects.get(column).and_then(|object| object.identity_sequence(column));
    name.map_or_else(|| column.qualified(), |name| Path(&[column.path[0].as_str(), &name]).to_string())
}

/// The kinds of objects that default privileges are given by, in their names.
pub(super) fn default_privileges_of(kind: &str, via: Via) -> Option<&'static str> {
    match (kind, via) {
        (_, Via::Type) | ("column", Via::Object) => None,
        ("column", Via::Sequence) | ("sequence", _) => Some("sequences"),
        ("table" | "view" | "materialized view" | "foreign table", _) => Some("tables"),
        ("function" | "procedure" | "aggregate", _) => Some("functions"),
        ("schema", _) => Some("schemas"),
        _ if is_type(kind) => Some("types"),
        _ => None,
    }
}

/// What everyone may do with an object of a kind unless somebody says otherwise.
pub(super) fn of_public(kind: &str, via: Via) -> Option<&'static str> {
    match (kind, via) {
        ("function" | "procedure" | "aggregate", _) => Some("EXECUTE"),
        ("language", _) => Some("USAGE"),
        _ if via == Via::Object && is_type(kind) => Some("USAGE"),
        _ => None,
    }
}

/// Whether a kind is a sort of type.
pub(super) fn is_type(kind: &str) -> bool {
    kind == "composite type" || by_name(kind).is_some_and(|kind| kind.class == Class::PG_TYPE)
}

impl Target {
    /// `GRANT SELECT (a) ON TABLE s.t TO bob`, from the verb, the privileges, and what follows the object's name.
    pub(super) fn statement(&self, verb: &str, privileges: &[&str], end: &str) -> String {
        match self {
            Self::Object(name) => format!("{verb} {} ON {name} {end}", privileges.join(", ")),
            Self::Column(column, table) => {
                let privileges: Vec<_> = privileges.iter().map(|privilege| format!("{privilege}{column}")).collect();
                format!("{verb} {} ON {table} {end}", privileges.join(", "))
            }
            Self::Database => {
                database::here(&format!("{verb} {} ON {} {end}", privileges.join(", "), database::ADDRESS))
            }
        }
    }
}
