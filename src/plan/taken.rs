//! The names that an object takes, which nothing else in its schema may have at the same time, whatever kind it is of.

use crate::base::parse_path;
use crate::kinds::{self, Class};
use crate::model::{Catalog, Object, ObjectId};

/// What a name is unique among.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Space {
    Relations,
    Types,
    Routines,
    /// A name alone, without arguments: while two routines have it, a call may fit both.
    Calls,
    /// No name: a table has one primary key.
    PrimaryKeys,
    /// The operator class that is the default for a type.
    Defaults,
    /// What an operator family has for a type, which is in one of its classes.
    Members,
}

/// A name that can be had once: where, the schema, and the name, a routine's with its arguments.
pub(super) type Taken<'a> = (Space, &'a str, Vec<String>);

/// The names that an object takes.
pub(super) fn taken<'a>(id: &'a ObjectId, object: &Object) -> Vec<Taken<'a>> {
    let Some(kind) = kinds::by_name(&id.kind) else { return Vec::new() };
    let Some((schema, rest)) = id.path.split_first().filter(|(_, rest)| !rest.is_empty()) else { return Vec::new() };
    let own = || vec![id.name().to_owned()];
    match kind.class {
        Class::PG_PROC => vec![(Space::Routines, schema, rest.to_vec()), (Space::Calls, schema, own())],
        Class::PG_TYPE => {
            let multirange = object.attrs.get("multirange").and_then(|name| parse_path(name.as_str()?).ok());
            let multirange = multirange.filter(|path| path.first() == Some(schema)).and_then(|mut path| path.pop());
            let names = [Some(id.name().to_owned()), multirange];
            names.into_iter().flatten().map(|name| (Space::Types, schema.as_str(), vec![name])).collect()
        }
        Class::PG_CONSTRAINT => {
            let kind = object.attrs.get("type").and_then(|kind| kind.as_str());
            let has_index = matches!(kind, Some("primary key" | "unique" | "exclusion"));
            let mut names: Vec<Taken> = if has_index { vec![(Space::Relations, schema, own())] } else { Vec::new() };
            if kind == Some("primary key") {
                names.push((Space::PrimaryKeys, schema, rest[..1].to_vec()));
            }
            names
        }
        _ if id.kind == "column" => object
            .identity_sequence(id)
            .map(|name| (Space::Relations, schema.as_str(), vec![name]))
            .into_iter()
            .collect(),
        Class::PG_OPCLASS => {
            let text = |name: &str| object.attrs.get(name).and_then(|value| value.as_str()).map(str::to_owned);
            let (method, of) = (id.path.last().cloned(), text("type"));
            let family = object.needs.iter().find(|needed| needed.kind == "operator family").map(|id| id.qualified());
            let defaults = [method.clone(), of.clone()].into_iter().collect::<Option<Vec<_>>>();
            let members = [method, family, of].into_iter().collect::<Option<Vec<_>>>();
            let is_default = object.attrs.contains_key("default");
            let names = [(Space::Defaults, defaults.filter(|_| is_default)), (Space::Members, members)];
            names.into_iter().filter_map(|(space, names)| Some((space, "", names?))).collect()
        }
        // An index and a sequence are relations without a type of their rows.
        Class::PG_CLASS if matches!(id.kind.as_str(), "index" | "sequence") => vec![(Space::Relations, schema, own())],
        Class::PG_CLASS => vec![(Space::Relations, schema, own()), (Space::Types, schema, own())],
        _ => Vec::new(),
    }
}

/// Whether two states of an object take different names, so that the old ones are free once it is changed.
pub(super) fn frees<'a>(id: &'a ObjectId, before: &Catalog, after: &Catalog) -> Vec<Taken<'a>> {
    let of = |catalog: &Catalog| catalog.objects.get(id).map(|object| taken(id, object)).unwrap_or_default();
    let still = of(after);
    of(before).into_iter().filter(|name| !still.contains(name)).collect()
}
