//! Random schemas and random changes of them, held to what has to be true of every pair.
//!
//! `PGWARD_PAIRS` is how many pairs each of the tests tries, `PGWARD_SEED` what they follow from; both have a value
//! without it, so that a run in CI is the same each time. A pair that fails is made smaller before it is shown.

#![expect(clippy::print_stdout, reason = "what is run is told by the environment, and a test says what it does")]

mod change;
mod lot;
mod routines;
mod shrink;
mod sql;
mod tables;
mod types;
mod world;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pgward::pg;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use lot::{Extent, Failure, Pair, check};

/// How many pairs share a database.
const LOT: usize = 25;
/// Of each of the tests on PostgreSQL 15; other versions try a share.
const PAIRS: usize = 250;
const SEED: u64 = 20;
/// How many different failures are made smaller, and how long each.
const SHOWN: usize = 3;
const PATIENCE: Duration = Duration::from_secs(20);

#[expect(clippy::disallowed_methods, reason = "a longer run is asked for by the environment")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

fn pairs() -> impl Strategy<Value = (Vec<u64>, Vec<u64>)> {
    (vec(any::<u64>(), 3..26), vec(any::<u64>(), 1..10))
}

fn pair(n: usize, (objects, changes): &(Vec<u64>, Vec<u64>)) -> Pair {
    let old = change::create(n, objects);
    let new = change::change(old.clone(), changes);
    Pair { old, new }
}

/// One of the tests that share the pairs; they run at the same time.
async fn share(number: u64) {
    let server = lot::server_options();
    let session = pg::connect(&server).await.unwrap();
    let version = session.server_version() / 10_000;
    for role in ["alice", "bob", "carol"] {
        let _ = session.client().batch_execute(&format!("create role {role} nologin")).await;
    }
    session.close().await;
    let seed = setting("PGWARD_SEED").unwrap_or(SEED);
    let usual = if version == 15 { PAIRS } else { PAIRS / 10 };
    let count = setting("PGWARD_PAIRS").map_or(usual, |count| usize::try_from(count).unwrap());
    println!("PGWARD_SEED={seed} PGWARD_PAIRS={count}, share {number}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut failed = Report::default();
    let mut done = 0;
    for turn in 0.. {
        if done >= count {
            break;
        }
        let lot: Vec<Pair> =
            (0..LOT.min(count - done)).map(|n| pair(n, &pairs().new_tree(&mut runner).unwrap().current())).collect();
        done += lot.len();
        let extent = Extent { restored: turn % 4 == 0, renames: turn % 3 == 1, reading: true, planning: true };
        if setting("PGWARD_REFUSED").is_some() {
            let (taken, refused) = lot::refused(&server, &lot, version).await;
            println!("{taken} taken, {} refused:\n{}", refused.len(), refused.join("\n"));
            continue;
        }
        let began = Instant::now();
        failed.look(&server, lot, extent, version).await;
        println!("{done} pairs, the last lot in {:?}", began.elapsed());
    }
    assert!(failed.shown.is_empty(), "{} of {done} pairs failed:\n{}", failed.count, failed.shown.join("\n"));
}

#[derive(Default)]
struct Report {
    count: usize,
    shown: Vec<String>,
    seen: BTreeMap<String, usize>,
}

impl Report {
    /// Holds a lot to the properties; what fails is tried alone, and the others without it.
    async fn look(&mut self, server: &pg::Options, mut lot: Vec<Pair>, extent: Extent, version: u32) {
        while !lot.is_empty() {
            let found = check(server, &lot, extent, version).await;
            let Some(first) = found.first() else { return };
            let mut suspects: Vec<usize> = found.iter().filter_map(|failure| failure.pair).collect();
            suspects.sort_unstable();
            suspects.dedup();
            suspects.retain(|suspect| lot.iter().any(|pair| pair.old.pair == *suspect));
            if suspects.is_empty() {
                suspects = lot.iter().map(|pair| pair.old.pair).collect();
            }
            let mut alone = false;
            for suspect in suspects {
                let at = lot.iter().position(|pair| pair.old.pair == suspect).unwrap();
                let found = check(server, &lot[at..=at], extent, version).await;
                if let Some(failure) = found.into_iter().next() {
                    alone = true;
                    let pair = lot.remove(at);
                    self.add(server, pair, failure, extent, version).await;
                }
            }
            if !alone {
                self.count += 1;
                self.shown.push(format!("together only: {}: {}", first.property, first.text));
                return;
            }
        }
    }

    async fn add(&mut self, server: &pg::Options, pair: Pair, failure: Failure, extent: Extent, version: u32) {
        self.count += 1;
        let times = self.seen.entry(failure.signature()).or_default();
        *times += 1;
        let shown = setting("PGWARD_SHOWN").map_or(SHOWN, |count| usize::try_from(count).unwrap());
        if *times > 1 || self.seen.len() > shown {
            println!("again: {}: {}", failure.property, failure.text.lines().take(2).collect::<Vec<_>>().join(" "));
            return;
        }
        let (pair, failure) =
            shrink::shrink(server, pair, failure, extent, version, shrink::Patience(Instant::now() + PATIENCE)).await;
        let text = format!(
            "======== {} {extent:?}\n{}\n{}-- plan\n{}",
            failure.property,
            failure.text,
            lot::shown_sql(server, &pair, version).await,
            lot::plan_text(server, &pair, version).await
        );
        println!("{text}");
        self.shown.push(text);
    }
}

macro_rules! shares {
    ($($name:ident $number:literal),*) => {$(
        #[tokio::test]
        async fn $name() {
            share($number).await;
        }
    )*};
}

shares!(pairs_1 1, pairs_2 2, pairs_3 3, pairs_4 4, pairs_5 5, pairs_6 6, pairs_7 7, pairs_8 8);
