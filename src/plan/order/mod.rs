//! The statements for every object's work, in an order in which each finds what it needs.

mod columns;
mod connect;
mod inheriting;
mod mention;
mod serving;

use std::collections::{BTreeMap, BTreeSet};

use super::Planned;
use super::graph::Graph;
use super::shared;
use super::work::{Action, Work};
use crate::base::{Error, Result};
use crate::kinds::{self, Alteration, Class, Kind, Relatives, Site, Step, Steps, Transaction, World};
use crate::model::{Catalog, Object, ObjectId};

/// What is done at one point of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// Removed, or what it needs taken from it.
    Away,
    /// Changed, or made.
    There,
    /// What of that comes after a commit, or outside of transactions.
    Rest,
    /// What comes after rows were checked, so that no strong lock is held meanwhile.
    Checked,
    /// Given back what was taken from it.
    Back,
}

type Node<'a> = (Part, &'a ObjectId);

/// What can't be dropped before what is in it.
const STAYS_WITHOUT: &[Class] = &[Class::PG_NAMESPACE, Class::PG_FOREIGN_SERVER, Class::PG_DATABASE];

/// Orders the work so that little stands still.
///
/// # Errors
///
/// An input error that names the objects of a circle.
pub(super) fn order(before: &Catalog, after: &Catalog, work: &Work) -> Result<Vec<Planned>> {
    order_by(before, after, work, None)
}

/// Where an object stands in a text that is to be read.
pub(super) type Place<'a> = &'a dyn Fn(&ObjectId) -> (u8, i64);

/// Orders the work as it is to be read, as far as what objects need allows it; without a place, as [`order`].
///
/// # Errors
///
/// As for [`order`].
pub(super) fn order_by(before: &Catalog, after: &Catalog, work: &Work, place: Option<Place>) -> Result<Vec<Planned>> {
    let mut deferred = BTreeSet::new();
    let mut apart = BTreeSet::new();
    let mut mentions = mention::mentions(before, after, work);
    let relatives = Relatives::of(before);
    loop {
        let made = work.made();
        let world = World { before, after, made: &made, deferred: &deferred, relatives: &relatives };
        let mut orderer = Orderer {
            world: &world,
            work,
            place,
            apart: &apart,
            statements: BTreeMap::new(),
            names: BTreeMap::new(),
            taken: BTreeSet::new(),
            attached: attached(after, work),
            graph: Graph::default(),
        };
        orderer.write();
        orderer.connect();
        orderer.connect_serving();
        for (first, then) in &mentions {
            orderer.graph.edge(*first, *then);
        }
        let moved = if place.is_some() { orderer.graph.lift() } else { orderer.keep_together() };
        match moved.and_then(|()| orderer.graph.sorted()) {
            Ok(nodes) => {
                let mut statements = orderer.statements;
                let mut planned = Vec::new();
                for node in nodes {
                    let steps = statements.remove(&node).unwrap_or_default();
                    planned.extend(steps.into_iter().map(|step| Planned { object: node.1.clone(), step }));
                }
                return Ok(planned);
            }
            Err(circle) => {
                let in_circle = |id: &ObjectId| circle.iter().any(|(_, one)| *one == id);
                let known = mentions.len();
                mentions.retain(|(first, then)| !(in_circle(first.1) && in_circle(then.1)));
                if mentions.len() < known {
                    continue;
                }
                // A table's default may call a function that takes the table: the default is set afterwards.
                let more: BTreeSet<ObjectId> = circle
                    .iter()
                    .flat_map(|(_, id)| orderer.deferrable(id))
                    .filter(|id| !deferred.contains(id))
                    .collect();
                // What a table's column or trigger needs may need the table: it is removed by itself then, first.
                let parts: BTreeSet<ObjectId> = circle
                    .iter()
                    .flat_map(|(part, id)| orderer.separable(*part, id))
                    .filter(|id| !apart.contains(id))
                    .collect();
                if more.is_empty() && parts.is_empty() {
                    let names: BTreeSet<String> = circle.iter().map(|(_, id)| id.to_string()).collect();
                    let names: Vec<String> = names.into_iter().collect();
                    return Err(Error::input(
                        "the statements can't be put in an order: each of some objects needs another first",
                    )
                    .with_note(names.join(", "))
                    .with_hint("make the change in two steps, with one of them left out of the first"));
                }
                deferred.extend(more);
                apart.extend(parts);
            }
        }
    }
}

struct Orderer<'a> {
    world: &'a World<'a>,
    work: &'a Work,
    place: Option<Place<'a>>,
    /// What is removed by itself although what it is in goes too.
    apart: &'a BTreeSet<ObjectId>,
    statements: BTreeMap<Node<'a>, Vec<Step>>,
    /// Who frees a name, and who takes it, where it is not the object's own.
    names: BTreeMap<Vec<String>, (Vec<&'a ObjectId>, Vec<&'a ObjectId>)>,
    /// Which object takes which name.
    taken: BTreeSet<(&'a ObjectId, Vec<String>)>,
    /// What is made and attached to another one, which is whole only then.
    attached: BTreeMap<&'a ObjectId, Vec<&'a ObjectId>>,
    graph: Graph<Node<'a>>,
}

fn attached<'a>(after: &'a Catalog, work: &'a Work) -> BTreeMap<&'a ObjectId, Vec<&'a ObjectId>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for id in work.actions.keys() {
        let attaches = kinds::by_name(&id.kind).is_some_and(|kind| kind.ddl.held_by.is_some());
        let object = after.objects.get(id).filter(|_| attaches);
        if let Some(above) = object.and_then(Object::attached_to) {
            found.entry(above).or_default().push(id);
        }
    }
    found
}

impl<'a> Orderer<'a> {
    fn site(&self, catalog: &'a Catalog, id: &ObjectId) -> Option<(&'static Kind, Site<'a>)> {
        let (id, object) = catalog.objects.get_key_value(id)?;
        Some((kinds::by_name(&id.kind)?, Site { world: self.world, catalog, id, object }))
    }

    /// Writes every object's statements, at the points of the order that they belong to.
    fn write(&mut self) {
        for (id, action) in &self.work.actions {
            let (mut away, mut there, mut back) = (Steps::default(), Steps::default(), Steps::default());
            if matches!(action, Action::Drop | Action::Recreate)
                && let Some((kind, site)) = self.site(self.world.before, id)
                && !self.goes_with_parent(&site)
            {
                (kind.ddl.drop)(&site, &mut away);
            }
            if matches!(action, Action::Create | Action::Recreate)
                && let Some((kind, site)) = self.site(self.world.after, id)
            {
                (kind.ddl.create)(&site, &mut there);
                shared::create(kind, &site, &mut there);
                kinds::settle_grants(&site, &mut there);
                if self.world.deferred.contains(id) {
                    self.release(id, None, &mut Steps::default(), &mut back);
                }
            }
            if *action == Action::Alter {
                self.alter(id, &mut there);
                away.steps.append(&mut there.first);
                away.frees.append(&mut there.frees);
            }
            if matches!(action, Action::Alter | Action::Release) {
                for needed in self.work.released.get(id).into_iter().flatten() {
                    self.release(id, Some(needed), &mut away, &mut back);
                }
            }
            // What is given back afterwards can't be given before.
            there.steps.retain(|step| !back.steps.iter().any(|later| later.sql == step.sql));
            away.steps.append(&mut there.first);
            for name in away.frees {
                self.names.entry(name).or_default().0.push(id);
            }
            for name in there.takes {
                self.names.entry(name.clone()).or_default().1.push(id);
                self.taken.insert((id, name));
            }
            let before: Vec<&'a ObjectId> = there.after.iter().filter_map(|other| self.key(other)).collect();
            for other in before {
                self.graph.edge((Part::There, other), (Part::There, id));
            }
            self.add(Part::Away, id, away.steps);
            let first_rest = there.steps.iter().position(|step| step.transaction != Transaction::Shared);
            let mut rest = there.steps.split_off(first_rest.unwrap_or(there.steps.len()));
            let checks = rest.iter().take_while(|step| step.checks_apart()).count();
            let checked = if checks > 0 { rest.split_off(checks) } else { Vec::new() };
            self.add(Part::There, id, there.steps);
            self.add(Part::Rest, id, rest);
            self.add(Part::Checked, id, checked);
            self.add(Part::Back, id, back.steps);
        }
    }

    fn add(&mut self, part: Part, id: &'a ObjectId, steps: Vec<Step>) {
        self.graph.add((part, id), self.weight(part, id, &steps));
        self.statements.insert((part, id), steps);
    }

    /// What comes first where nothing else says so: what is in the way is removed, then all is made and changed, what
    /// is gone for good last; and statements that need transactions of their own after those that share one. An index goes
    /// when those that take its place are there.
    fn weight(&self, part: Part, id: &ObjectId, steps: &[Step]) -> (u8, i64) {
        if let Some(place) = self.place {
            return place(id);
        }
        if steps.is_empty() {
            // Nothing waits longer for it than for what it waits for.
            return (0, i64::MIN);
        }
        let rank = kinds::ALL.iter().position(|kind| kind.shape.name == id.kind).unwrap_or_default();
        let rank = i64::try_from(rank).unwrap_or(i64::MAX);
        let for_good = self.work.actions.get(id) == Some(&Action::Drop);
        let outside = steps.iter().any(|step| step.transaction == Transaction::Outside);
        match part {
            Part::Away if for_good && outside => (6, -rank),
            Part::Away => (if for_good { 2 } else { 0 }, -rank),
            Part::There => (1, rank),
            Part::Rest if outside => (3, rank),
            Part::Rest => (4, rank),
            Part::Checked => (5, rank),
            Part::Back => (1, rank),
        }
    }

    /// A statement that runs in no transaction comes before those in one where it can: what is removed and made again is
    /// not missing for as long as it takes.
    fn keep_together(&mut self) -> std::result::Result<(), Vec<Node<'a>>> {
        let has = |node: &Node, outside: bool| {
            let mut steps = self.statements.get(node).into_iter().flatten();
            steps.any(|step| (step.transaction == Transaction::Outside) == outside)
        };
        self.graph.advance(|node| has(node, false), |node| has(node, true) && !has(node, false))
    }

    fn alter(&self, id: &ObjectId, steps: &mut Steps) {
        let (Some((kind, old)), Some((_, new))) = (self.site(self.world.before, id), self.site(self.world.after, id))
        else {
            return;
        };
        let mut change = Alteration::new(old, new);
        for attribute in shared::ATTRIBUTES {
            change.set_aside(attribute);
        }
        (kind.ddl.alter)(&mut change, steps);
        for attribute in shared::ATTRIBUTES {
            let before = old.object.attrs.get(*attribute);
            // A sequence has the owner of the table that it is bound to, whose statement it follows.
            let bound = old.object.attrs.get("owned_by").is_some_and(|by| new.object.attrs.get("owned_by") == Some(by));
            if before != new.object.attrs.get(*attribute) && !(*attribute == "owner" && bound) {
                shared::set(kind, &new, attribute, before, steps);
            }
        }
    }

    /// Writes what takes from an object what it needs, and gives back what it shall have; no `needed` is all of it.
    fn release(&self, id: &ObjectId, needed: Option<&ObjectId>, away: &mut Steps, back: &mut Steps) {
        let (old, new) = (self.site(self.world.before, id), self.site(self.world.after, id));
        if let (Some((kind, site)), Some(needed)) = (&old, needed)
            && let Some(release) = kind.ddl.release
        {
            release(site, needed, away, &mut Steps::default());
        }
        if let Some((kind, site)) = &new
            && let Some(release) = kind.ddl.release
        {
            let needs: Vec<&ObjectId> =
                needed.map_or_else(|| site.object.needs.iter().collect(), |needed| vec![needed]);
            for needed in needs {
                release(site, needed, &mut Steps::default(), back);
            }
        }
        back.steps.dedup();
    }

    /// Whether an object goes when what it is in, or what owns it, goes, so that it has no statement of its own.
    fn goes_with_parent(&self, site: &Site) -> bool {
        if self.apart.contains(site.id) {
            return false;
        }
        let goes = |id: &ObjectId| {
            self.work.drops(id)
                || self.site(self.world.before, id).is_some_and(|(_, site)| self.goes_with_parent(&site))
        };
        // Another table's key may have to go first where two refer to each other; it is dropped by itself then.
        let refers = site.object.needs.iter().any(|needed| {
            needed.kind != "column"
                && self.work.drops(needed)
                && needed.path[..needed.path.len() - 1] != site.id.path[..site.id.path.len() - 1]
        });
        let with_parent = site.object.parent.as_ref().is_some_and(|parent| {
            kinds::by_name(&parent.kind).is_some_and(|kind| !STAYS_WITHOUT.contains(&kind.class)) && goes(parent)
        });
        (with_parent && !(refers && site.id.kind == "constraint"))
            || site.object.owned_by().is_some_and(|column| goes(&column))
    }

    /// The columns of a table in a circle whose defaults can be set afterwards.
    fn deferrable(&self, id: &ObjectId) -> Vec<ObjectId> {
        let Some((kind, site)) = self.site(self.world.after, id) else { return Vec::new() };
        let columns: Vec<Site> = match kind.ddl.inline {
            true => vec![site],
            false => site.children("column").collect(),
        };
        columns
            .iter()
            .filter(|column| column.object.attrs.contains_key("default") && !column.object.needs.is_empty())
            .map(|column| column.id.clone())
            .collect()
    }
}
