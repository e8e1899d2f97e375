//! Rows of all kinds as one catalog: OIDs become identities here, and are gone afterwards.

use std::collections::HashMap;
use std::collections::btree_map::Entry;

use serde_json::Value;
use tokio_postgres::Row;

use super::rows::{Address, Columns, Found};
use super::{Reply, get, uncovered};
use crate::base::Result;
use crate::kinds::{Class, Kind};
use crate::model::{Catalog, Object, ObjectId, Uncovered};
use crate::pg::server_error;

/// A catalog in the making.
#[derive(Default)]
pub(super) struct Assembly {
    catalog: Catalog,
    known: HashMap<Address, ObjectId>,
}

/// What something of the catalog may be in or on without being an object of it: an extension's member, or one of the
/// server's own.
struct Stranger {
    id: ObjectId,
    extension: Option<ObjectId>,
}

/// Strangers by their address.
pub(super) struct Strangers(HashMap<Address, Stranger>);

impl Strangers {
    /// Reads the rows of `strangers.sql`.
    pub(super) fn read(reply: Reply) -> Result<Self> {
        let mut found = HashMap::new();
        for row in reply.map_err(|error| server_error(error, "cannot read what extensions and the server have"))? {
            let path: Vec<String> = get(&row, 4)?;
            let extension: Option<String> = get(&row, 5)?;
            let stranger = Stranger {
                id: ObjectId::new(get(&row, 3)?, path),
                extension: extension.map(|name| ObjectId::new("extension", [name])),
            };
            found.insert(address(&row, 0)?, stranger);
        }
        Ok(Self(found))
    }
}

impl Assembly {
    /// Adds one kind's objects. What it says they are in has to be there already, or among `strangers`.
    pub(super) fn add(&mut self, kind: &'static Kind, reply: Reply, strangers: &Strangers) -> Result<()> {
        let what = || format!("cannot read the objects of kind {}", kind.shape.name);
        let rows = reply.map_err(|error| server_error(error, what()))?;
        let Some(first) = rows.first() else { return Ok(()) };
        let columns = Columns::of(kind, first.columns())?;
        for row in &rows {
            let found = columns.read(kind, row).map_err(|error| error.with_note(what()))?;
            self.insert(kind, found, strangers);
        }
        Ok(())
    }

    fn insert(&mut self, kind: &'static Kind, found: Found, strangers: &Strangers) {
        let Found { address, parent, name, attrs } = found;
        let mut needs = Vec::new();
        let parent = match parent {
            None => None,
            Some(address) => match (self.known.get(&address), strangers.0.get(&address)) {
                (Some(id), _) => Some(id.clone()),
                (None, Some(stranger)) => {
                    needs.extend(stranger.extension.clone());
                    Some(stranger.id.clone())
                }
                // It went away, or belongs to what no kind models and is reported; the fingerprint tells which.
                (None, None) => return,
            },
        };
        let path = parent.iter().flat_map(|parent| parent.path.iter().cloned()).chain(name);
        let id = ObjectId::new(kind.shape.name, path);
        if let Some(address) = address {
            self.known.insert(address, id.clone());
        }
        let object = Object { parent, attrs, needs };
        match self.catalog.objects.entry(id) {
            Entry::Vacant(entry) => _ = entry.insert(object),
            // Two have one identity (grants on a type and on a sequence of the same name): the second can't be shown as
            // an object and is reported as not covered.
            Entry::Occupied(entry) => {
                let id = entry.key();
                let on = object.parent.map(|parent| format!(" on {parent}")).unwrap_or_default();
                let name = format!("{}{on}", id.qualified());
                self.catalog.uncovered.push(Uncovered {
                    kind: id.kind.clone(),
                    schema: id.path.first().cloned(),
                    name,
                });
            }
        }
    }

    /// Adds comments and security labels to the objects that they are about.
    pub(super) fn annotate(&mut self, reply: Reply) -> Result<()> {
        for row in reply.map_err(|error| server_error(error, "cannot read comments and security labels"))? {
            let Some(object) = self.known.get(&address(&row, 0)?).and_then(|id| self.catalog.objects.get_mut(id))
            else {
                continue;
            };
            let text = Value::String(get(&row, 4)?);
            match get::<Option<String>>(&row, 3)? {
                None => _ = object.attrs.insert("comment".to_owned(), text),
                Some(provider) => {
                    let labels =
                        object.attrs.entry("security_labels").or_insert_with(|| Value::Object(Default::default()));
                    if let Value::Object(labels) = labels {
                        labels.insert(provider, text);
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds which object needs which.
    pub(super) fn relate(&mut self, reply: Reply) -> Result<()> {
        for row in reply.map_err(|error| server_error(error, "cannot read dependencies"))? {
            let (Some(id), Some(needed)) = (self.find(address(&row, 0)?), self.find(address(&row, 3)?)) else {
                continue;
            };
            if self.is_within(id, needed) || self.is_within(needed, id) {
                continue;
            }
            let (id, needed) = (id.clone(), needed.clone());
            if let Some(object) = self.catalog.objects.get_mut(&id) {
                object.needs.push(needed);
            }
        }
        self.untie();
        for object in self.catalog.objects.values_mut() {
            object.needs.sort();
            object.needs.dedup();
        }
        Ok(())
    }

    /// A base type and the functions that read and write it need each other. The type makes these functions, so it needs
    /// what they need in their place.
    fn untie(&mut self) {
        let mut untied = Vec::new();
        for (id, object) in &self.catalog.objects {
            if id.kind != "base type" && id.kind != "range type" {
                continue;
            }
            let is_tied =
                |needed: &&ObjectId| self.catalog.objects.get(*needed).is_some_and(|object| object.needs.contains(id));
            let (tied, mut needs): (Vec<_>, Vec<_>) = object.needs.iter().partition(is_tied);
            let functions = tied.iter().filter_map(|needed| self.catalog.objects.get(*needed));
            needs.extend(functions.flat_map(|function| &function.needs).filter(|needed| *needed != id));
            if !tied.is_empty() {
                untied.push((id.clone(), needs.into_iter().cloned().collect()));
            }
        }
        for (id, needs) in untied {
            if let Some(object) = self.catalog.objects.get_mut(&id) {
                object.needs = needs;
            }
        }
    }

    /// Whether an object is another, or in it; then it goes without saying that one needs the other.
    fn is_within(&self, id: &ObjectId, outer: &ObjectId) -> bool {
        let mut id = Some(id);
        while let Some(inner) = id {
            if inner == outer {
                return true;
            }
            id = self.catalog.objects.get(inner).and_then(|object| object.parent.as_ref());
        }
        false
    }

    /// An object by its address; where a column is not an object of its own, what it is a column of.
    fn find(&self, address: Address) -> Option<&ObjectId> {
        let (class, oid, sub) = address;
        self.known.get(&address).or_else(|| if sub == 0 { None } else { self.known.get(&(class, oid, 0)) })
    }

    /// Ends with what no kind covers.
    pub(super) fn finish(mut self, reply: Reply) -> Result<Catalog> {
        for row in &reply.map_err(|error| server_error(error, "cannot read what no kind covers"))? {
            self.catalog.uncovered.push(uncovered::read(row)?);
        }
        self.catalog.uncovered.sort();
        Ok(self.catalog)
    }
}

/// An address in three columns from `at` on.
pub(super) fn address(row: &Row, at: usize) -> Result<Address> {
    Ok((Class(get(row, at)?), get(row, at + 1)?, get(row, at + 2)?))
}
