//! `verify`: the schema that the migrations make is the one that the manifest declares.

use super::super::Gating;
use super::{Check, Trouble};
use crate::cli::verify::{Checked, manifest};
use crate::gate::Found;

pub(super) const CHECK: Check = Check {
    name: "verify",
    about: "what the migrations make is what the manifest declares",
    lacks: |gating| {
        let context = gating.context;
        let none = context.config.manifest.is_none() && !context.uses_bundle();
        none.then(|| "no `manifest` is configured".to_owned())
    },
    run: |gating| Box::pin(run(gating)),
};

async fn run(gating: &Gating<'_>) -> Result<Found, Trouble> {
    let context = gating.context;
    let (name, text) = context.manifest(None)?;
    let declared = manifest(context, None)?;
    let migrations = gating.ground.migrations().await?;
    let key = gating.memory.key(CHECK.name, migrations, &[&text]);
    // An allowance that nothing needs is a finding too, and depends on the day.
    if let Some(about) = gating.memory.passed(&key) {
        return Ok(Found::new(about, context.unused(&[], crate::verify::codes::ALL)));
    }
    let applied = gating.ground.applied().await?;
    let mut session = applied.session().await;
    let checked = Checked::of(context, &mut session, declared, &applied.catalog).await?;
    let (about, unknown) = checked.in_short();
    let about = format!("{about} of {name}");
    let findings: Vec<_> = checked.findings().cloned().collect();
    let found = Found { about, findings, unknown, notes: 0 };
    if found.findings.is_empty() && found.unknown.is_none() {
        gating.memory.remember(&key, &found.about);
    }
    Ok(found)
}
