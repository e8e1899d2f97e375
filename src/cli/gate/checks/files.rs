//! `files`: names, order and downs of the migrations, and whether one was changed after the target had it.

use super::super::Gating;
use super::{Check, Trouble};
use crate::base::{Finding, Location};
use crate::cli::status;
use crate::gate::Found;
use crate::prove::codes::NO_DOWN;
use crate::report::count;

pub(super) const CHECK: Check = Check {
    name: "files",
    about: "names, order and downs of the migrations; whether one was changed after the target had applied it",
    lacks: |_| None,
    run: |gating| Box::pin(run(gating)),
};

async fn run(gating: &Gating<'_>) -> Result<Found, Trouble> {
    // Names, versions and pairs are what reading them checks.
    let migrations = gating.ground.migrations().await?;
    let mut found: Vec<Finding> = migrations
        .iter()
        .filter(|migration| migration.down().is_none())
        .map(|migration| Finding {
            location: Some(Location { file: migration.up().file.clone(), line: 1, column: 1 }),
            ..Finding::new(&NO_DOWN, format!("{} has no down migration", migration.id()))
        })
        .collect();
    let mut about = count(migrations.len(), "migration");
    let with_target = gating.ground.names_target() || gating.named && gating.wanted.contains(&"drift");
    if with_target {
        let target = gating.ground.target().await?;
        found.extend(target.status.problems().flat_map(status::findings));
        about = format!("{about}, {} applied on {}", migrations.len() - target.status.pending(), target.name);
    }
    Ok(Found::new(about, gating.context.settle(found, &[])))
}
