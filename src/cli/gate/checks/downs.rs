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
    let scratch = Scratch::create(gating.ground.server().await?).await?;
    let proofs = prove(gating, &scratch, |version| gating.memory.passed(&key(version)).is_some()).await;
    // Also after an error: nothing is left behind.
    let closed = scratch.close().await;
    let proofs = proofs?;
    closed?;
    for proof in proofs.iter().filter(|proof| proof.findings.is_empty()) {
        if let Some(version) = proof.version {
            gating.memory.remember(&key(version), "");
        }
    }
    let about = format!("{} up, down and up again", count(migrations.len(), "migration"));
    let mut found: Vec<_> = proofs.into_iter().flat_map(|proof| proof.findings).collect();
    if found.is_empty() {
        gating.memory.remember(&all, &about);
    }
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

async fn prove(gating: &Gating<'_>, scratch: &Scratch, known: impl Fn(i64) -> bool) -> Result<Vec<Proof>, Trouble> {
    let runner = Runner::new(gating.ground.migrations().await?.clone()).history_table(gating.context.history_table()?);
    let mut session = pg::connect(scratch.options()).await?;
    // All schemas: a migration may touch any.
    let all = SchemaFilter::all();
    let proofs = prove::prove_unknown(session.client_mut(), runner, &all, known, |_| {}).await;
    session.close().await;
    match proofs {
        Ok(proofs) => Ok(proofs),
        // Where not even applying works, that is said once.
        Err(error) => match gating.ground.applied().await {
            Ok(_) => Err(Trouble::Error(with_hint(error))),
            Err(trouble) => Err(trouble),
        },
    }
}
