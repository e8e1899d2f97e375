//! What is read of two snapshots to compare them says what everything says.

use std::collections::{BTreeMap, BTreeSet};

use pgward::base::Result;
use pgward::diff::{Change, Rename, Renaming, compare};
use pgward::kinds::{self, Lock, Risk};
use pgward::model::{Catalog, ObjectId, Snapshot, read_differing, write_snapshot};
use pgward::plan::{TIES, plan};

/// What a plan does to a running system, by object.
type Told = BTreeMap<ObjectId, (BTreeSet<(Lock, String)>, BTreeSet<Risk>)>;

/// Compares two catalogs as a whole and as they are read of their snapshots.
///
/// # Errors
///
/// How the two differ.
pub fn says_the_same(before: &Catalog, after: &Catalog) -> std::result::Result<(), String> {
    let open = |catalog| Snapshot::open(write_snapshot(catalog)).unwrap();
    let (old, new) = (open(before), open(after));
    let whole = told(&old.read().unwrap(), &new.read().unwrap());
    let (old, new) = read_differing(&old, &new, &TIES).unwrap();
    let read = told(&old, &new);
    match (whole, read) {
        (Ok(whole), Ok(read)) => {
            let differs = if whole.0 != read.0 { "the renames" } else { "the changes" };
            if whole.0 != read.0 || whole.1 != read.1 {
                return Err(format!("{differs}: {:?}\n  and of what is read: {:?}", whole.1, read.1));
            }
            let ids: BTreeSet<_> = whole.2.keys().chain(read.2.keys()).collect();
            match ids.into_iter().find(|id| whole.2.get(*id) != read.2.get(*id)) {
                Some(id) => Err(format!(
                    "the plan for {id}: {:?}\n  and of what is read: {:?}",
                    whole.2.get(id),
                    read.2.get(id)
                )),
                None => Ok(()),
            }
        }
        (whole, read) => {
            let said = |told: Result<_>| told.err().map(|error| pgward::report::render_error(&error));
            let (whole, read) = (said(whole), said(read));
            if whole == read { Ok(()) } else { Err(format!("{whole:?}\n  and of what is read: {read:?}")) }
        }
    }
}

fn told(before: &Catalog, after: &Catalog) -> Result<(Vec<Rename>, Vec<Change>, Told)> {
    let shapes: Vec<_> = kinds::ALL.iter().map(|kind| kind.shape).collect();
    let comparison = compare(before, after, &Renaming { hints: &[], shapes: &shapes, nameless: kinds::NAMELESS })?;
    let mut told = Told::new();
    // Where no order works, the differences are shown all the same.
    for planned in plan(before, after, &comparison.renames).unwrap_or_default().steps() {
        let (locks, risks) = told.entry(planned.object.clone()).or_default();
        locks.extend(planned.step.locks.iter().cloned());
        risks.extend(planned.step.risks.iter().copied());
    }
    Ok((comparison.renames, comparison.changes, told))
}
