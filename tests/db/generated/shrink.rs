//! A small pair that fails as a large one does: what is in both halves is taken out, changes are taken back.

use std::time::Instant;

use super::lot::{Extent, Failure, Pair, check};
use super::world::{GENES, World};
use pgward::pg::Options;

/// How long smaller pairs are tried.
pub struct Patience(pub Instant);

impl Patience {
    fn is_over(&self) -> bool {
        Instant::now() > self.0
    }
}

/// Makes a pair smaller for as long as it fails in the same property.
pub async fn shrink(
    server: &Options,
    mut pair: Pair,
    failure: Failure,
    extent: Extent,
    version: u32,
    patience: Patience,
) -> (Pair, Failure) {
    let mut failure = failure;
    let unneeded = unneeded(&pair);
    let essence = Pair { old: without(&pair.old, &unneeded), new: without(&pair.new, &unneeded) };
    if let Some(same) = try_one(server, &essence, &failure, extent, version, &patience).await {
        (pair, failure) = (essence, same);
    }
    let mut chunk = ids(&pair).len().div_ceil(2);
    while chunk > 0 && !patience.is_over() {
        let mut at = 0;
        let mut smaller = false;
        loop {
            let ids = ids(&pair);
            if at >= ids.len() || patience.is_over() {
                break;
            }
            let some = &ids[ids.len().saturating_sub(at + chunk)..ids.len() - at];
            let without = Pair { old: without(&pair.old, some), new: without(&pair.new, some) };
            match try_one(server, &without, &failure, extent, version, &patience).await {
                Some(same) => (pair, failure, smaller) = (without, same, true),
                None => at += chunk,
            }
        }
        if !(chunk == 1 && smaller) {
            chunk /= 2;
        }
    }
    for id in ids(&pair) {
        for candidate in simpler(&pair, id) {
            if candidate.old == pair.old && candidate.new == pair.new {
                continue;
            }
            if let Some(same) = try_one(server, &candidate, &failure, extent, version, &patience).await {
                (pair, failure) = (candidate, same);
            }
        }
    }
    (pair, failure)
}

async fn try_one(
    server: &Options,
    pair: &Pair,
    failure: &Failure,
    extent: Extent,
    version: u32,
    patience: &Patience,
) -> Option<Failure> {
    if patience.is_over() {
        return None;
    }
    let extent = Extent { reading: !failure.planned, planning: failure.planned, ..extent };
    let found = check(server, std::slice::from_ref(pair), extent, version).await;
    found.into_iter().find(|one| one.property == failure.property && one.signature() == failure.signature())
}

fn ids(pair: &Pair) -> Vec<usize> {
    let mut ids: Vec<usize> = pair.old.objects.iter().chain(&pair.new.objects).map(|one| one.id).collect();
    ids.sort_unstable();
    ids.dedup();
    // The schemas stay.
    ids.retain(|id| *id > 1);
    ids
}

/// What is the same in both halves and no part of what is not.
fn unneeded(pair: &Pair) -> Vec<usize> {
    let mut needed: Vec<usize> = ids(pair).into_iter().filter(|id| pair.old.get(*id) != pair.new.get(*id)).collect();
    let mut at = 0;
    while let Some(id) = needed.get(at).copied() {
        let refs = [&pair.old, &pair.new].into_iter().filter_map(|world| world.get(id)).flat_map(|one| &one.refs);
        let more: Vec<usize> = refs.filter(|id| !needed.contains(id)).copied().collect();
        needed.extend(more);
        at += 1;
    }
    ids(pair).into_iter().filter(|id| !needed.contains(id)).collect()
}

fn without(world: &World, ids: &[usize]) -> World {
    let mut world = world.clone();
    for id in ids {
        world.remove(*id);
    }
    world
}

/// Pairs in which one object is simpler: as it was, with a plain name, and without its genes.
fn simpler(pair: &Pair, id: usize) -> Vec<Pair> {
    let mut found = Vec::new();
    if let (Some(old), Some(_)) = (pair.old.get(id), pair.new.get(id)) {
        let mut one = pair.clone();
        if let Some(new) = one.new.objects.iter_mut().find(|object| object.id == id) {
            *new = old.clone();
        }
        found.push(one);
    }
    let each = |change: &dyn Fn(&mut super::world::Object)| {
        let mut one = pair.clone();
        for world in [&mut one.old, &mut one.new] {
            world.objects.iter_mut().filter(|object| object.id == id).for_each(change);
        }
        one
    };
    found.push(each(&|object| object.style = 0));
    found.push(each(&|object| object.genes[..3].fill(0)));
    let _ = GENES;
    found
}
