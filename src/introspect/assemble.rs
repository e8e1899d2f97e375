//! Rows of all kinds as one catalog: OIDs become identities here, and are gone afterwards.

use std::collections::btree_map::Entry;
use std::collections::{HashMap, hash_map};

use serde_json::{Map, Value};
use tokio_postgres::Row;

use super::few::{self, Part};
use super::rows::{Address, Found};
use super::{get, uncovered};
use crate::base::Result;
use crate::kinds::{Class, Kind};
use crate::model::{Catalog, Object, ObjectId, Uncovered};

/// A catalog in the making.
#[derive(Default)]
pub(super) struct Assembly {
    catalog: Catalog,
    known: HashMap<Address, ObjectId>,
    strangers: HashMap<Address, Stranger>,
    /// What is part of what, by catalog and OID. Few things are part of several.
    wholes: HashMap<(Class, u32), Address>,
    further_wholes: HashMap<(Class, u32), Vec<Address>>,
}

/// What something of the catalog may be in or on without being an object of it: an extension's member, or one of the
/// server's own.
struct Stranger {
    id: ObjectId,
    extension: Option<ObjectId>,
}

impl Assembly {
    /// Adds what there is little of.
    pub(super) fn take(&mut self, part: Part, rows: Vec<Map<String, Value>>) -> Result<()> {
        match part {
            Part::Strangers => self.strangers.extend(rows.into_iter().filter_map(stranger)),
            Part::Uncovered => self.catalog.uncovered.extend(rows.into_iter().filter_map(uncovered::read)),
            Part::Kind(kind) => {
                for row in rows {
                    self.insert(kind, few::found(kind, row).map_err(|error| error.with_note(few::failure(kind)))?);
                }
            }
        }
        Ok(())
    }

    /// Adds an object. What it says that it is in has to be there already, or among the strangers.
    pub(super) fn insert(&mut self, kind: &'static Kind, found: Found) {
        let Found { address, parent, name, attrs } = found;
        let mut needs = Vec::new();
        let parent = match parent {
            None => None,
            Some(address) => match (self.known.get(&address), self.strangers.get(&address)) {
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

    /// Adds what a row says of an object: a comment, a security label, or another object that it needs.
    pub(super) fn add_about(&mut self, row: &Row) -> Result<()> {
        match get::<Option<String>>(row, 4)? {
            Some(text) => self.annotate(row, text),
            None => self.relate(row),
        }
    }

    fn annotate(&mut self, row: &Row, text: String) -> Result<()> {
        let Some(object) = self.known.get(&address(row, 0)?).and_then(|id| self.catalog.objects.get_mut(id)) else {
            return Ok(());
        };
        let text = Value::String(text);
        match get::<Option<String>>(row, 3)? {
            None => _ = object.attrs.insert("comment".to_owned(), text),
            Some(provider) => {
                let labels = object.attrs.entry("security_labels").or_insert_with(|| Value::Object(Default::default()));
                if let Value::Object(labels) = labels {
                    labels.insert(provider, text);
                }
            }
        }
        Ok(())
    }

    /// Adds what something is part of.
    pub(super) fn add_whole(&mut self, row: &Row) -> Result<()> {
        let part = (Class(get(row, 0)?), get(row, 1)?);
        let whole = address(row, 2)?;
        match self.wholes.entry(part) {
            hash_map::Entry::Vacant(entry) => _ = entry.insert(whole),
            hash_map::Entry::Occupied(_) => self.further_wholes.entry(part).or_default().push(whole),
        }
        Ok(())
    }

    /// What an address of the server stands for: itself, or what it is part of.
    fn stands_for(&self, address: Address) -> Address {
        self.wholes.get(&(address.0, address.1)).copied().unwrap_or(address)
    }

    /// What else it is part of.
    fn further(&self, address: Address) -> Vec<Address> {
        self.further_wholes.get(&(address.0, address.1)).cloned().unwrap_or_default()
    }

    fn relate(&mut self, row: &Row) -> Result<()> {
        let (part, of) = (address(row, 0)?, address(row, 5)?);
        let (id, needed) = (self.stands_for(part), self.stands_for(of));
        self.relate_two(id, needed);
        for more in self.further(of) {
            self.relate_two(id, more);
        }
        for more in self.further(part) {
            self.relate_two(more, needed);
            for needed in self.further(of) {
                self.relate_two(more, needed);
            }
        }
        Ok(())
    }

    fn relate_two(&mut self, id: Address, needed: Address) {
        let (Some(id), Some(needed)) = (self.find(id), self.find(needed)) else { return };
        if self.is_within(id, needed) || self.is_within(needed, id) {
            return;
        }
        let (id, needed) = (id.clone(), needed.clone());
        if let Some(object) = self.catalog.objects.get_mut(&id)
            && object.needs.last() != Some(&needed)
        {
            object.needs.push(needed);
        }
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

    /// Ends when everything has been read.
    pub(super) fn finish(mut self) -> Catalog {
        self.untie();
        for object in self.catalog.objects.values_mut() {
            object.needs.sort();
            object.needs.dedup();
            object.needs.shrink_to_fit();
        }
        self.catalog.uncovered.sort();
        self.catalog
    }
}

fn stranger(mut row: Map<String, Value>) -> Option<(Address, Stranger)> {
    let kind = few::text(row.remove("kind")?)?;
    let Value::Array(path) = row.remove("path")? else { return None };
    let extension = row.remove("extension").and_then(few::text);
    let id = ObjectId::of(kind, path.into_iter().filter_map(few::text).collect());
    let extension = extension.map(|name| ObjectId::new("extension", [name]));
    Some((few::address(&mut row)?, Stranger { id, extension }))
}

/// An address in three columns from `at` on.
pub(super) fn address(row: &Row, at: usize) -> Result<Address> {
    Ok((Class(get(row, at)?), get(row, at + 1)?, get(row, at + 2)?))
}
