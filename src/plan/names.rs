//! Renames: the first statements of a plan, so that everything after them can use the new names.

use std::collections::BTreeSet;

use super::Planned;
use crate::diff::{Rename, apply_renames};
use crate::kinds::{self, Site, Steps, World};
use crate::model::{Catalog, Shape};

/// The statements of renames, outermost objects first as they are given, and the catalog after them.
pub(super) fn rename(before: &Catalog, after: &Catalog, renames: &[Rename]) -> (Vec<Planned>, Catalog) {
    let shapes: Vec<&'static Shape> = kinds::ALL.iter().map(|kind| kind.shape).collect();
    let nothing = BTreeSet::new();
    let mut planned = Vec::new();
    let mut now = before.clone();
    let pairs: Vec<_> = renames.iter().map(|rename| (&rename.from, &rename.to)).collect();
    for (n, rename) in renames.iter().enumerate() {
        if let (Some(kind), Some((id, object))) =
            (kinds::by_name(&rename.from.kind), now.objects.get_key_value(&rename.from))
        {
            let world = World { before: &now, after, made: &nothing, deferred: &nothing };
            let mut steps = Steps::default();
            let site = Site { world: &world, catalog: &now, id, object };
            if !kinds::is_renamed_with_parents(&site, &rename.to, &pairs) {
                kind.rename(&site, &rename.to, &mut steps);
            }
            planned.extend(steps.steps.into_iter().map(|step| Planned { object: rename.to.clone(), step }));
        }
        // All of them from the beginning: a text may name several things that were renamed.
        now = apply_renames(before, after, &renames[..=n], &shapes);
    }
    (planned, now)
}
