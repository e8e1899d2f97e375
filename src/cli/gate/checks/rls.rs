//! `rls`: who can do what, tried on what the migrations make, is what the manifest declares.

use super::super::Gating;
use super::{Check, Trouble};
use crate::cli::rls::{manifest_text, tried};
use crate::gate::Found;
use crate::rls::{Manifest, codes};

pub(super) const CHECK: Check = Check {
    name: "rls",
    about: "who can do what, tried for real, is what the manifest of it declares",
    lacks: |gating| {
        let context = gating.context;
        let none = context.config.rls.is_none() && !context.uses_bundle();
        none.then(|| "no `rls` is configured".to_owned())
    },
    run: |gating| Box::pin(run(gating)),
};

async fn run(gating: &Gating<'_>) -> Result<Found, Trouble> {
    let context = gating.context;
    let (name, text) = manifest_text(context, None)?;
    let manifest = Manifest::parse(&name, &text)?;
    let migrations = gating.ground.migrations().await?;
    let key = gating.memory.key(CHECK.name, migrations, &[&text]);
    if let Some(mut found) = gating.memory.found(&key) {
        found.findings = context.unused(&[], codes::ALL);
        return Ok(found);
    }
    let applied = gating.ground.applied().await?;
    let mut session = applied.session().await;
    let tried = tried(context, &mut session, (name, manifest)).await?;
    let (about, unknown) = tried.in_short();
    let found = Found { about, findings: tried.findings, unknown, notes: 0 };
    gating.memory.keep(&key, &found);
    Ok(found)
}
