//! 200 faults, one each in a copy of the project: each is found by the check that it is for, with its object named.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use pgward::model::read_snapshot;

use crate::faults::{Act, Fault, draw};
use crate::files::of_files;
use crate::project::{Bench, copy, root};
use crate::statements::of_the_schema;

/// How many are planted.
const FAULTS: usize = 200;
/// Another seed plants others.
const SEED: u64 = 20_260_213;
/// How many are tried at the same time.
const WORKERS: usize = 3;

#[test]
fn every_planted_fault_is_found_and_the_clean_copy_raises_nothing() {
    let bench = Bench::new();
    let clean = bench.gate(copy().path(), None, &[]);
    let shown = format!("{}\n{:#}", clean.said, clean.document);
    assert_eq!(clean.exit, Some(0), "{shown}");
    assert_eq!(clean.document["findings"].as_array().map(Vec::len), Some(0), "{shown}");
    let made = clean.document["outcomes"].as_array().unwrap().iter().filter(|outcome| outcome["outcome"] == "passed");
    assert_eq!(made.count(), clean.document["outcomes"].as_array().unwrap().len(), "every check is on: {shown}");

    let snapshot = std::fs::read_to_string(root().join("schema/ops.snapshot.json")).unwrap();
    let mut lots = of_the_schema(&read_snapshot(&snapshot).unwrap(), &bench.functions());
    lots.extend(of_files());
    let mut seed = SEED;
    let mut faults: Vec<Fault> = Vec::new();
    for (number, candidates) in lots {
        let there = candidates.len();
        let drawn = draw(candidates, number, &mut seed);
        assert_eq!(drawn.len(), number, "there are only {there} like {:?}", drawn.first().map(|fault| &fault.what));
        faults.extend(drawn);
    }
    assert_eq!(faults.len(), FAULTS);
    // A share of each sort, where the time is short.
    let share = wanted().clamp(1, FAULTS);
    let faults: Vec<&Fault> = (0..share).map(|n| &faults[n * FAULTS / share]).collect();

    let start = Instant::now();
    let (next, missed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(why) = not_found(&bench, fault) {
                        missed.lock().unwrap().push(format!("{} ({}): {why}", fault.what, fault.check));
                    }
                }
            });
        }
    });
    let missed = missed.into_inner().unwrap();
    println!("{} of {share} faults were found in {:.0?}", share - missed.len(), start.elapsed());
    assert!(missed.is_empty(), "{} faults were missed:\n{}", missed.len(), missed.join("\n"));
}

/// How many of them are planted: all, unless PGWARD_FAULTS says otherwise.
#[expect(clippy::disallowed_methods, reason = "tests are told their size by the environment")]
fn wanted() -> usize {
    std::env::var("PGWARD_FAULTS").ok().and_then(|number| number.parse().ok()).unwrap_or(FAULTS)
}

/// Why a fault counts as missed.
fn not_found(bench: &Bench, fault: &Fault) -> Option<String> {
    let copy = copy();
    let drift = fault.plant(copy.path());
    // What takes the longest has faults of its own: a statement of a migration need not be proven and tried each time.
    let long = ["downs", "rls", "advise", "documents", "drift"];
    let left_out = long.iter().filter(|check| matches!(fault.act, Act::Migration(_)) && **check != fault.check);
    let more: Vec<&str> = left_out.flat_map(|check| ["--skip", check]).collect();
    let judged = bench.gate(copy.path(), drift, &more);
    if !matches!(judged.exit, Some(1 | 2)) {
        return Some(format!("the gate ended with {:?}", judged.exit));
    }
    if !judged.objects(fault.check) {
        return Some(format!("the check passed: {}\n{:#}", judged.said, judged.document["findings"]));
    }
    if !judged.names(&fault.object) {
        return Some(format!("{} is not named: {}\n{:#}", fault.object, judged.said, judged.document["findings"]));
    }
    None
}
