//! `lint`: what the migrations will do to a running system, from their text.

use super::super::Gating;
use super::{Check, Trouble};
use crate::cli::lint;
use crate::gate::Found;
use crate::report::count;

pub(super) const CHECK: Check = Check {
    name: "lint",
    about: "what the migrations will do to a running system, from their text",
    lacks: |_| None,
    run: |gating| Box::pin(run(gating)),
};

async fn run(gating: &Gating<'_>) -> Result<Found, Trouble> {
    // What can't be read is said there.
    gating.ground.migrations().await?;
    let checked = lint::all(gating.context).await?;
    let about = count(checked.statements, "statement");
    Ok(Found::new(about, checked.findings))
}
