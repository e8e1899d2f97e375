//! `advise`: what is wrong with the schema that the migrations make.

use super::super::Gating;
use super::{Check, Trouble};
use crate::advise::codes;
use crate::base::Code;
use crate::cli::advise::check;
use crate::gate::Found;

pub(super) const CHECK: Check = Check {
    name: "advise",
    about: "what is wrong with the schema itself: access, policies, functions, keys, indexes",
    lacks: |_| None,
    run: |gating| Box::pin(run(gating)),
};

async fn run(gating: &Gating<'_>) -> Result<Found, Trouble> {
    let context = gating.context;
    let migrations = gating.ground.migrations().await?;
    let key = gating.memory.key(CHECK.name, migrations, &[]);
    if let Some(mut found) = gating.memory.found(&key) {
        let ran: Vec<&'static Code> = codes().collect();
        found.findings = context.unused(&[], &ran);
        return Ok(found);
    }
    let applied = gating.ground.applied().await?;
    let mut session = applied.session().await;
    let advised = check(context, &mut session, &[]).await?;
    let (about, unknown) = advised.in_short();
    let found = Found { about, findings: advised.findings, unknown, notes: 0 };
    gating.memory.keep(&key, &found);
    Ok(found)
}
