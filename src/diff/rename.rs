//! Objects under another name or in another schema: recognised where there is no doubt, or told by a hint.

use super::follow::{add_names, apply_renames};
use super::hint::{Hint, hinted};
use super::moved::moved;
use super::names::Names;
use super::recognise::recognised;
use crate::base::Result;
use crate::model::{Catalog, Object, ObjectId, Shape, Tree};

/// An object's old and new identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// The old one, where what it is in has its new name already.
    pub from: ObjectId,
    /// The new one: the same but for the last part of its own path, the schema that it is in, or both.
    pub to: ObjectId,
}

impl Rename {
    /// Whether it is to another schema.
    #[must_use]
    pub fn is_move(&self) -> bool {
        self.from.path.len() > 1 && self.from.path.first() != self.to.path.first()
    }

    /// Returns the identity that something has after it: the object itself, and what is in it.
    #[must_use]
    pub fn apply(&self, id: &ObjectId) -> ObjectId {
        let mut id = id.clone();
        if id == self.from || id.is_in(&self.from) {
            id.path.splice(..self.from.path.len(), self.to.path.iter().cloned());
        }
        id
    }

    /// The way back.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self { from: self.to.clone(), to: self.from.clone() }
    }
}

/// What renames are found with.
#[derive(Debug, Clone, Copy)]
pub struct Renaming<'a> {
    /// What the person says.
    pub hints: &'a [Hint],
    /// Every kind's shape.
    pub shapes: &'a [&'static Shape],
    /// The kinds whose objects have no name of their own.
    pub nameless: &'a [&'static str],
}

/// Finds what was renamed, outermost first: what hints say, then what is recognised.
///
/// # Errors
///
/// An input error for a hint whose old name is not in the first catalog or whose new name is not in the second, that fits
/// several objects, or that is about more than its own name and schema; with what was found.
pub fn renames(before: &Catalog, after: &Catalog, renaming: &Renaming<'_>) -> Result<Vec<Rename>> {
    let mut found = Vec::new();
    let mut current = None;
    let mut hints: Vec<_> = renaming.hints.iter().collect();
    hints.sort_by_key(|hint| hint.old.len());
    for hint in hints {
        let now = current.as_ref().unwrap_or(before);
        let Some(rename) = hinted(hint, before, now, after, &found, renaming)? else { continue };
        found.push(rename);
        current = Some(apply_renames(before, after, &found, renaming.shapes));
    }
    loop {
        let now = current.as_ref().unwrap_or(before);
        let mut round = recognised(now, after, &found, renaming);
        if round.is_empty() {
            round = moved(now, after, &found, renaming);
        }
        if round.is_empty() {
            return Ok(found);
        }
        found.extend(round);
        // All of them from the beginning: a text may name what was renamed in several rounds.
        current = Some(apply_renames(before, after, &found, renaming.shapes));
    }
}

/// The place in the path at which an object's name stands: where the path of what it is in ends, or parts from it.
pub(super) fn name_at(id: &ObjectId, object: &Object) -> usize {
    let of_parent: &[String] = object.parent.as_ref().map_or(&[], |parent| &parent.path);
    let same = id.path.iter().zip(of_parent).take_while(|(part, of_parent)| part == of_parent).count();
    same.min(id.path.len().saturating_sub(1))
}

/// What renames that were made are called; `tree` is of a catalog after them.
pub(super) fn names_of(renames: &[Rename], tree: &Tree<'_>) -> Names {
    let mut back = Names::default();
    renames.iter().for_each(|rename| add_names(&mut back, &rename.reversed(), tree));
    back.reversed()
}
