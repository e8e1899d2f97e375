//! `documents`: the generated documents (DBML, diagrams, Prisma, types) are what the schema gives.
//!
//! One that is, is valid: what writes them is held to their formats' own parsers in this project's tests.

use super::super::Gating;
use super::{Check, Trouble};
use crate::base::Finding;
use crate::cli::config::read;
use crate::cli::docs::{CODES, difference};
use crate::gate::Found;
use crate::report::count;

pub(super) const CHECK: Check = Check {
    name: "documents",
    about: "generated documents (DBML, ERD, Prisma, types, data dictionary) are what the schema gives",
    lacks: |gating| {
        gating.context.config.gate.documents.is_empty().then(|| "no `documents` are named in [gate]".to_owned())
    },
    run: |gating| Box::pin(run(gating)),
};

async fn run(gating: &Gating<'_>) -> Result<Found, Trouble> {
    let context = gating.context;
    let files = &context.config.gate.documents;
    let texts = files.iter().map(|(file, _)| read(file)).collect::<Result<Vec<_>, _>>()?;
    let migrations = gating.ground.migrations().await?;
    let key = gating.memory.key(CHECK.name, migrations, &texts.iter().map(String::as_str).collect::<Vec<_>>());
    if let Some(about) = gating.memory.passed(&key) {
        return Ok(Found::new(about, Vec::new()));
    }
    let applied = gating.ground.applied().await?;
    let managed = context.schemas().apply(applied.catalog.clone());
    let found: Vec<Finding> = files
        .iter()
        .zip(&texts)
        .filter_map(|((file, format), old)| {
            let finding = difference(file, old, &(format.render)(&managed))?;
            let hint = format!("write it anew: pgward docs {} --out {}", format.name, file.display());
            Some(Finding { hint: Some(hint), ..finding })
        })
        .collect();
    let about = count(files.len(), "file");
    if found.is_empty() {
        gating.memory.remember(&key, &about);
    }
    Ok(Found::new(about, context.settle(found, CODES)))
}
