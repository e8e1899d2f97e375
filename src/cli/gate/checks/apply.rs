//! `apply`: all migrations apply to an empty database.

use super::super::Gating;
use super::{Check, Trouble};
use crate::gate::Found;
use crate::report::count;

pub(super) const CHECK: Check = Check {
    name: "apply",
    about: "all migrations apply to an empty database",
    lacks: |_| None,
    run: |gating| Box::pin(run(gating)),
};

async fn run(gating: &Gating<'_>) -> Result<Found, Trouble> {
    let migrations = gating.ground.migrations().await?;
    let key = gating.memory.key(CHECK.name, migrations, &[]);
    if let Some(about) = gating.memory.passed(&key) {
        return Ok(Found::new(about, Vec::new()));
    }
    let applied = gating.ground.applied().await?;
    let about = format!("{}, {}", count(migrations.len(), "migration"), count(applied.catalog.objects.len(), "object"));
    gating.memory.remember(&key, &about);
    Ok(Found::new(about, Vec::new()))
}
