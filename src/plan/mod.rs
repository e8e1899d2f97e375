//! From one catalog to another: the statements, in an order that works, with what each does to a running system.
//!
//! Pure: no database is asked. Knows that objects need each other and leaves to the kinds how each is made. A plan is
//! worth nothing until it is proven, which is `prove`'s.

mod aside;
mod graph;
mod names;
mod order;
mod roles;
mod schema;
mod shared;
mod taken;
mod text;
mod ties;
mod work;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::Result;
use crate::diff::Rename;
pub use crate::kinds::{Lock, Risk, Step, Transaction};
use crate::model::{Catalog, ObjectId};
pub use roles::roles;
pub use schema::{bare, write_schema};
pub use text::{Timeouts, by_lock, schemas, session, several, write_plan, write_statements};
pub use ties::TIES;

/// One statement and the object that it is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Planned {
    /// The object: the one that is made, changed or removed.
    #[serde(serialize_with = "as_text")]
    pub object: ObjectId,
    /// The statement.
    #[serde(flatten)]
    pub step: Step,
}

/// Statements that run together: in one transaction, or one that can run in none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Whether they are one transaction.
    pub transaction: bool,
    /// The statements, in order.
    pub steps: Vec<Planned>,
}

/// What brings one catalog to another.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Plan {
    /// The transactions, in order.
    pub groups: Vec<Group>,
    /// Where functions that the statements run look for what their bodies name without a schema; empty where none does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schemas: Vec<String>,
}

impl Group {
    /// Whether nobody who reads or writes waits for it, however long it takes.
    #[must_use]
    pub fn checks_apart(&self) -> bool {
        self.steps.iter().all(|planned| planned.step.checks_apart())
    }

    /// Whether a statement may follow in the same transaction. What comes later begins one of its own, unless those before
    /// are such too; and rows are checked while no strong lock is held.
    fn may_have(&self, step: &Step) -> bool {
        let is_later = |step: &Step| step.transaction == Transaction::Later;
        let later = self.steps.last().is_some_and(|last| is_later(&last.step));
        let apart = self.steps.last().is_some_and(|last| last.step.checks_apart());
        apart == step.checks_apart() && (!is_later(step) || later)
    }
}

impl Plan {
    /// Every statement, in order.
    pub fn steps(&self) -> impl Iterator<Item = &Planned> {
        self.groups.iter().flat_map(|group| &group.steps)
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The statements after which data is gone.
    pub fn losses(&self) -> impl Iterator<Item = &Planned> {
        self.steps().filter(|planned| planned.step.risks.contains(&Risk::LosesData))
    }

    /// The same in one transaction, where nothing has to run in none: locks are held to its end.
    #[must_use]
    pub fn at_once(mut self) -> Self {
        if self.steps().any(|planned| planned.step.transaction == Transaction::Outside) {
            return self;
        }
        let steps: Vec<Planned> = std::mem::take(&mut self.groups).into_iter().flat_map(|group| group.steps).collect();
        let groups = if steps.is_empty() { Vec::new() } else { vec![Group { transaction: true, steps }] };
        Self { groups, ..self }
    }

    /// Adds another plan's statements behind its own.
    pub fn append(&mut self, other: Plan) {
        for group in other.groups {
            match self.groups.last_mut() {
                Some(last) if last.transaction && group.transaction && last.checks_apart() == group.checks_apart() => {
                    last.steps.extend(group.steps);
                }
                _ => self.groups.push(group),
            }
        }
    }

    /// What each object's statements do, for a report of the differences.
    #[must_use]
    pub fn by_object(&self) -> BTreeMap<&ObjectId, Vec<&Step>> {
        let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for Planned { object, step } in self.steps() {
            found.entry(object).or_default().push(step);
        }
        found
    }
}

/// Plans the way from `before` to `after`.
///
/// `renames` are what has another name in `after` and is the same object; [`renames`](crate::diff::renames) finds them.
///
/// # Errors
///
/// An input error that names the objects which can't be put in an order: each of them needs another one first.
pub fn plan(before: &Catalog, after: &Catalog, renames: &[Rename]) -> Result<Plan> {
    let asides = aside::asides(before, after, renames);
    let (mut steps, renamed) = names::rename(before, after, &aside::first(&asides, renames));
    let work = work::work(&renamed, after);
    steps.extend(order::order(&renamed, after, &work)?);
    aside::called_as_before(&mut steps, &asides);
    Ok(Plan { groups: group(steps), ..Plan::default() })
}

/// Puts statements that follow each other into one transaction where they may be in one.
fn group(steps: Vec<Planned>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for planned in steps {
        let transaction = planned.step.transaction != Transaction::Outside;
        match groups.last_mut() {
            Some(last) if last.transaction && transaction && last.may_have(&planned.step) => last.steps.push(planned),
            _ => groups.push(Group { transaction, steps: vec![planned] }),
        }
    }
    groups
}

fn as_text<S: serde::Serializer>(id: &ObjectId, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}
