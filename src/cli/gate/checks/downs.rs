//! `downs`: every down restores the catalog exactly, tried in a throw-away database of its own.
//!
//! What was proven is not proven again until a file up to it changes.

use super::super::Gating;
use super::{Check, Trouble};
use crate::cli::source::with_hint;
use crate::gate::Found;
use crate::model::SchemaFilter;
use crate::pg::{self, Scratch};
use crate::prove::{self, Proof, codes};
use crate::report::count;
use crate::runner::Runner;

pub(super) const CHECK: Check = Check {
    name: "downs",
    about: "every down migration restores the catalog exactly",
    lacks: |_| None,
    run: |gating| Box::pin(run(gating)),
};

async fn run(gating: &Gating<'_>) -> Result<Found, Trouble> {
    let migrations = gating.ground.migrations().await?;
    let all = gating.memory.key(CHECK.name, migrations, &[]);
    if let Some(about) = gating.memory.passed(&all) {
        return Ok(Found::new(about, Vec::new()));
    }
    let key = |version: i64| {
        let until = migrations.iter().filter(|migration| migration.version() <= version);
        gating.memory.key_until("down", until, &[])
    };
    let about = format!("{} up, down and up again", count(migrations.len(), "migration"));
    let known = |version| gating.memory.passed(&key(version)).is_some();
    if in_scratch(gating, async |scratch| proves(gating, scratch, known).await).await? {
        for version in migrations.iter().map(crate::source::Migration::version) {
            gating.memory.remember(&key(version), "");
        }
        gating.memory.remember(&all, &about);
        return Ok(Found::new(about, gating.context.settle(Vec::new(), codes::ALL)));
    }
    // What exactly is wrong, is found out step by step.
    let proofs = in_scratch(gating, async |scratch| prove(gating, scratch, known).await).await?;
    for proof in proofs.iter().filter(|proof| proof.findings.is_empty()) {
        if let Some(version) = proof.version {
            gating.memory.remember(&key(version), "");
        }
    }
    let mut found: Vec<_> = proofs.into_iter().flat_map(|proof| proof.findings).collect();
    if gating.wanted.contains(&"files") {
        // It is said there.
        found.retain(|finding| finding.code != codes::NO_DOWN.code);
    }
    for finding in found.iter_mut().filter(|finding| finding.location.is_none()) {
        let step = finding.hint.as_deref().and_then(|hint| hint.rsplit(' ').next());
        let migration = migrations.iter().find(|migration| Some(migration.id().as_str()) == step);
        let down = migration.and_then(|migration| migration.down());
        finding.location = down.map(|down| crate::base::Location { file: down.file.clone(), line: 1, column: 1 });
    }
    Ok(Found::new(about, gating.context.settle(found, codes::ALL)))
}

/// Does something in a throw-away database of its own, which is removed also after an error.
async fn in_scratch<T>(
    gating: &Gating<'_>,
    work: impl AsyncFnOnce(&Scratch) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let scratch = Scratch::create(gating.ground.server().await?).await?;
    let done = work(&scratch).await;
    let closed = scratch.close().await;
    let done = done?;
    closed?;
    Ok(done)
}

async fn runner(gating: &Gating<'_>) -> Result<Runner, Trouble> {
    let migrations = gating.ground.migrations().await?.on_throwaway_server();
    Ok(Runner::new(migrations).history_table(gating.context.history_table()?))
}

async fn proves(gating: &Gating<'_>, scratch: &Scratch, known: impl Fn(i64) -> bool) -> Result<bool, Trouble> {
    let runner = runner(gating).await?;
    let mut session = pg::connect(scratch.options()).await?;
    // All schemas: a migration may touch any.
    let proven = prove::proves(session.client_mut(), runner, &SchemaFilter::all(), known).await;
    session.close().await;
    explained(gating, proven).await
}

/// Where not even applying works, that is said once.
async fn explained<T>(gating: &Gating<'_>, done: crate::base::Result<T>) -> Result<T, Trouble> {
    match done {
        Ok(done) => Ok(done),
        Err(error) => match gating.ground.applied().await {
            Ok(_) => Err(Trouble::Error(with_hint(error))),
            Err(trouble) => Err(trouble),
        },
    }
}

async fn prove(gating: &Gating<'_>, scratch: &Scratch, known: impl Fn(i64) -> bool) -> Result<Vec<Proof>, Trouble> {
    let runner = runner(gating).await?;
    let mut session = pg::connect(scratch.options()).await?;
    // All schemas: a migration may touch any.
    let all = SchemaFilter::all();
    let proofs = prove::prove_unknown(session.client_mut(), runner, &all, known, |_| {}).await;
    session.close().await;
    explained(gating, proofs).await
}
