//! `up` killed at any moment.

use std::time::Instant;

use nix::sys::signal::Signal;

use crate::long_run::{COUNT, Chance, check, files, reset, some_moment};
use crate::program::{Running, alone, succeed};
use crate::support::TestDb;

const KILLS: usize = 50;

#[tokio::test]
async fn history_and_catalog_agree_after_each_of_fifty_kills() {
    let mut chance = Chance::new();
    let db = TestDb::new().await;
    let (client, url, files) = (db.connect().await, db.url(), files(&[]));
    succeed(files.up(&url)).await;
    reset(&client).await;
    let started = Instant::now();
    succeed(files.up(&url)).await;
    let whole = started.elapsed();
    assert_eq!(check(&client, "not killed").await, COUNT);
    reset(&client).await;

    let mut half_way = 0;
    for n in 1..=KILLS {
        let mut run = Running::start(files.up(&url));
        some_moment(&mut run, &mut chance, whole).await;
        run.signal(Signal::SIGKILL);
        let ended = run.end().await;
        // The server may take a moment to notice, and may end what it has begun: either way it is one or the other.
        alone(&client).await;
        let applied = check(&client, &format!("kill {n}")).await;
        if ended.status.code().is_none() && (1..COUNT).contains(&applied) {
            half_way += 1;
        }
        // Now and then the run that goes on is killed too.
        if chance.below(4) > 0 {
            succeed(files.up(&url)).await;
            assert_eq!(check(&client, &format!("after kill {n}")).await, COUNT);
            reset(&client).await;
        }
    }
    println!("{half_way} of {KILLS} kills hit a run half-way; a whole one takes {whole:?}");
    assert!(half_way >= KILLS / 5, "{half_way} of {KILLS} kills hit a run half-way: the moments are chosen badly");
}
