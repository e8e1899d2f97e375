//! The whole comparison that people review: renames first, then what else differs.

use super::order::{POSITION, only_reordered};
use super::{Change, Rename, Renaming, apply_renames, diff, renames};
use crate::base::Result;
use crate::model::Catalog;

/// What differs between two catalogs, renames recognised and places relative.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// What was renamed, outermost first.
    pub renames: Vec<Rename>,
    /// The changes: the renames, then all others by identity in the second catalog's names.
    pub changes: Vec<Change>,
    /// The first catalog as it is once the renames are made, where there are any.
    pub renamed: Option<Catalog>,
}

/// Compares two catalogs.
///
/// # Errors
///
/// What [`renames`] returns: a hint that can't be followed.
pub fn compare(before: &Catalog, after: &Catalog, renaming: &Renaming<'_>) -> Result<Comparison> {
    let renames = renames(before, after, renaming)?;
    let renamed = (!renames.is_empty()).then(|| apply_renames(before, after, &renames, renaming.shapes));
    let old = renamed.as_ref().unwrap_or(before);
    let mut rest = diff(old, after);
    only_reordered(old, after, &mut rest);
    let mut changes: Vec<_> =
        renames.iter().map(|Rename { from, to }| Change::Renamed { from: from.clone(), to: to.clone() }).collect();
    changes.append(&mut rest);
    Ok(Comparison { renames, changes, renamed })
}

impl Change {
    /// Whether it is only about the order of siblings, which is information and no difference unless asked for.
    #[must_use]
    pub fn is_order(&self) -> bool {
        matches!(self, Self::Altered { attributes, .. } if attributes.iter().all(|one| one.name == POSITION))
    }
}
