//! Rows of all kinds as one catalog: OIDs become identities here, and are gone afterwards.

use std::collections::hash_map;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use tokio_postgres::Row;

use super::few::{self, Part};
use super::order::in_order;
use super::rows::{Address, Found};
use super::{get, uncovered};
use crate::base::Result;
use crate::kinds::{Class, Kind};
use crate::model::{Attrs, Catalog, Object, ObjectId, Uncovered};

/// An object in the making: others are known by their number among all.
struct Made {
    id: ObjectId,
    parent: Option<ObjectId>,
    within: Option<u32>,
    attrs: Attrs,
    needs: Vec<u32>,
    /// The extension that it is in a member of.
    extension: Option<ObjectId>,
}

/// A catalog in the making.
#[derive(Default)]
pub(super) struct Assembly {
    objects: Vec<Made>,
    uncovered: Vec<Uncovered>,
    known: FxHashMap<Address, u32>,
    strangers: FxHashMap<Address, Stranger>,
    /// What is part of what, by catalog and OID. Few things are part of several.
    wholes: FxHashMap<(Class, u32), Address>,
    further_wholes: FxHashMap<(Class, u32), Vec<Address>>,
    /// What needs what. What it is part of is known when all rows have been read.
    needs: Vec<(Address, Address)>,
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
            Part::Uncovered => self.uncovered.extend(rows.into_iter().filter_map(uncovered::read)),
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
        let (mut within, mut extension) = (None, None);
        let parent = match parent {
            None => None,
            Some(address) => match (self.known.get(&address), self.strangers.get(&address)) {
                (Some(number), _) => {
                    within = Some(*number);
                    self.made(*number).map(|made| made.id.clone())
                }
                (None, Some(stranger)) => {
                    extension.clone_from(&stranger.extension);
                    Some(stranger.id.clone())
                }
                (None, None) if address.2 < 0 => return self.report_on_system_column(kind, address, &name, &attrs),
                // It went away, or belongs to what no kind models and is reported; the fingerprint tells which.
                (None, None) => return,
            },
        };
        let path = match &parent {
            Some(parent) => parent.path.iter().cloned().chain(name).collect(),
            None => name,
        };
        let id = ObjectId::of(kind.shape.name.to_owned(), path);
        // There are fewer OIDs than that.
        let Ok(number) = u32::try_from(self.objects.len()) else { return };
        if let Some(address) = address {
            self.known.insert(address, number);
        }
        self.objects.push(Made { id, parent, within, attrs, needs: Vec::new(), extension });
    }

    /// Reports what is on a system column, which is no object: rights.
    fn report_on_system_column(&mut self, kind: &Kind, (class, oid, _): Address, name: &[String], attrs: &Attrs) {
        let Some(relation) = self.known.get(&(class, oid, 0)).and_then(|number| self.made(*number)) else { return };
        let privileges = attrs.get("privileges").and_then(Value::as_array).into_iter().flatten();
        let privileges: Vec<_> = privileges.filter_map(Value::as_str).collect();
        self.uncovered.push(Uncovered {
            kind: kind.shape.name.to_owned(),
            schema: relation.id.path.first().cloned(),
            name: format!("{} on {}: {}", name.concat(), relation.id, privileges.join(", ")),
        });
    }

    fn made(&self, number: u32) -> Option<&Made> {
        self.objects.get(number as usize)
    }

    /// Adds what a row says of an object, a comment or a security label; or of many, what they are part of or what other
    /// objects they need.
    pub(super) fn add_about(&mut self, row: &Row) -> Result<()> {
        let class = Class(get(row, 0)?);
        if let Some(oid) = get(row, 1)? {
            self.annotate((class, oid, get(row, 2)?), get(row, 3)?, get(row, 4)?);
            return Ok(());
        }
        let other = Class(get(row, 5)?);
        let oids = get::<Vec<u32>>(row, 6)?.into_iter();
        let subs: Option<Vec<i32>> = get(row, 7)?;
        let others = get::<Vec<u32>>(row, 8)?.into_iter().zip(get::<Vec<i32>>(row, 9)?);
        let others = others.map(|(oid, sub)| (other, oid, sub));
        match subs {
            None => oids.zip(others).for_each(|(oid, whole)| self.add_whole((class, oid), whole)),
            Some(subs) => {
                self.needs.extend(oids.zip(subs).map(|(oid, sub)| (class, oid, sub)).zip(others));
            }
        }
        Ok(())
    }

    fn annotate(&mut self, address: Address, provider: Option<String>, text: String) {
        let number = self.known.get(&address);
        let Some(object) = number.and_then(|number| self.objects.get_mut(*number as usize)) else { return };
        let text = Value::String(text);
        match provider {
            None => _ = object.attrs.insert("comment".to_owned(), text),
            Some(provider) => {
                let labels = object.attrs.entry("security_labels").or_insert_with(|| Value::Object(Default::default()));
                if let Value::Object(labels) = labels {
                    labels.insert(provider, text);
                }
            }
        }
    }

    fn add_whole(&mut self, part: (Class, u32), whole: Address) {
        match self.wholes.entry(part) {
            hash_map::Entry::Vacant(entry) => _ = entry.insert(whole),
            hash_map::Entry::Occupied(_) => self.further_wholes.entry(part).or_default().push(whole),
        }
    }

    /// What an address of the server stands for: itself, or what it is part of.
    fn stands_for(&self, address: Address) -> Address {
        self.wholes.get(&(address.0, address.1)).copied().unwrap_or(address)
    }

    /// What else it is part of.
    fn further(&self, address: Address) -> Vec<Address> {
        self.further_wholes.get(&(address.0, address.1)).cloned().unwrap_or_default()
    }

    /// Notes that one object needs another, each by the address that the server has.
    fn relate(&mut self, part: Address, of: Address) {
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
    }

    fn relate_two(&mut self, id: Address, needed: Address) {
        let (Some(number), Some(needed)) = (self.find(id), self.find(needed)) else { return };
        if self.is_within(number, needed) || self.is_within(needed, number) {
            return;
        }
        if let Some(object) = self.objects.get_mut(number as usize)
            && object.needs.last() != Some(&needed)
        {
            object.needs.push(needed);
        }
    }

    /// Whether an object is another, or in it; then it goes without saying that one needs the other.
    fn is_within(&self, number: u32, outer: u32) -> bool {
        let mut number = Some(number);
        while let Some(inner) = number {
            if inner == outer {
                return true;
            }
            number = self.made(inner).and_then(|made| made.within);
        }
        false
    }

    /// An object by its address; where a column is not an object of its own, what it is a column of.
    fn find(&self, address: Address) -> Option<u32> {
        let (class, oid, sub) = address;
        let found = self.known.get(&address);
        found.or_else(|| if sub == 0 { None } else { self.known.get(&(class, oid, 0)) }).copied()
    }

    /// Ends when everything has been read.
    pub(super) fn finish(mut self) -> Catalog {
        for (id, needed) in std::mem::take(&mut self.needs) {
            self.relate(id, needed);
        }
        let order = in_order(&self.objects.iter().map(|made| &made.id).collect::<Vec<_>>());
        // Numbers by place; what has an identity that was there already has the place of that one.
        let mut places = vec![0; self.objects.len()];
        let mut ids: Vec<ObjectId> = Vec::with_capacity(order.len());
        let mut kept = Vec::with_capacity(order.len());
        for number in order {
            let Some(made) = self.objects.get(number as usize) else { continue };
            if ids.last() == Some(&made.id) {
                // Two have one identity (grants on a type and on a sequence of the same name): the second can't be
                // shown as an object and is reported as not covered.
                let on = made.parent.as_ref().map(|parent| format!(" on {parent}")).unwrap_or_default();
                self.uncovered.push(Uncovered {
                    kind: made.id.kind.clone(),
                    schema: made.id.path.first().cloned(),
                    name: format!("{}{on}", made.id.qualified()),
                });
            } else {
                ids.push(made.id.clone());
                kept.push(number);
            }
            places[number as usize] = ids.len() - 1;
        }
        let objects = kept.into_iter().zip(&ids).map(|(number, id)| {
            let Made { parent, attrs, needs, extension, .. } = std::mem::replace(
                &mut self.objects[number as usize],
                Made {
                    id: id.clone(),
                    parent: None,
                    within: None,
                    attrs: Attrs::default(),
                    needs: Vec::new(),
                    extension: None,
                },
            );
            let mut needs: Vec<usize> = needs.into_iter().map(|number| places[number as usize]).collect();
            needs.sort_unstable();
            needs.dedup();
            let mut needs: Vec<ObjectId> = needs.into_iter().map(|place| ids[place].clone()).collect();
            if let Some(extension) = extension
                && let Err(at) = needs.binary_search(&extension)
            {
                needs.insert(at, extension);
            }
            (id.clone(), Object { parent, attrs, needs })
        });
        let mut catalog = Catalog { objects: objects.collect(), uncovered: self.uncovered };
        untie(&mut catalog);
        catalog.uncovered.sort();
        catalog
    }
}

/// A base type and the functions that read and write it need each other. The type makes these functions, so it needs
/// what they need in their place.
fn untie(catalog: &mut Catalog) {
    let mut untied = Vec::new();
    for (id, object) in &catalog.objects {
        if id.kind != "base type" && id.kind != "range type" {
            continue;
        }
        let is_tied = |needed: &&ObjectId| catalog.objects.get(*needed).is_some_and(|object| object.needs.contains(id));
        let (tied, mut needs): (Vec<_>, Vec<_>) = object.needs.iter().partition(is_tied);
        let functions = tied.iter().filter_map(|needed| catalog.objects.get(*needed));
        needs.extend(functions.flat_map(|function| &function.needs).filter(|needed| *needed != id));
        if !tied.is_empty() {
            needs.sort();
            needs.dedup();
            untied.push((id.clone(), needs.into_iter().cloned().collect()));
        }
    }
    for (id, needs) in untied {
        if let Some(object) = catalog.objects.get_mut(&id) {
            object.needs = needs;
        }
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
