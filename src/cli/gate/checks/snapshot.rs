//! `snapshot`: the committed snapshots are what the migrations make.

use super::super::Gating;
use super::{Check, Trouble};
use crate::base::Finding;
use crate::cli::config::read;
use crate::cli::snapshot::{CODES, difference_of_text, snapshot_findings};
use crate::cli::source::{Loaded, compared_owners, without_builder};
use crate::gate::Found;
use crate::model::{Catalog, read_snapshot, write_snapshot};
use crate::plan::write_schema;
use crate::report::count;

pub(super) const CHECK: Check = Check {
    name: "snapshot",
    about: "the committed snapshots are what the migrations make",
    lacks: |gating| {
        gating.context.config.gate.snapshots.is_empty().then(|| "no `snapshots` are named in [gate]".to_owned())
    },
    run: |gating| Box::pin(run(gating)),
};

async fn run(gating: &Gating<'_>) -> Result<Found, Trouble> {
    let context = gating.context;
    let files = &context.config.gate.snapshots;
    let texts = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
    let migrations = gating.ground.migrations().await?;
    let key = gating.memory.key(CHECK.name, migrations, &texts.iter().map(String::as_str).collect::<Vec<_>>());
    if let Some(about) = gating.memory.passed(&key) {
        return Ok(Found::new(about, Vec::new()));
    }
    let applied = gating.ground.applied().await?;
    let filter = context.schemas();
    let managed = Catalog { uncovered: Vec::new(), ..filter.apply(applied.catalog.clone()) };
    // A snapshot of the files says nothing of the role that ran them; one of a database does.
    let ownerless = without_builder(managed.clone(), &applied.builder);
    let mut found: Vec<Finding> = Vec::new();
    for (file, text) in files.iter().zip(&texts) {
        if file.extension().is_some_and(|extension| extension == "json") {
            if [&managed, &ownerless].iter().any(|catalog| write_snapshot(catalog) == *text) {
                continue;
            }
            let committed =
                read_snapshot(text).map_err(|error| error.with_note(format!("the file is {}", file.display())))?;
            let mut committed = Loaded::committed(committed, &filter);
            let mut made = Loaded::of(ownerless.clone(), true, &filter).built_by(&applied.builder);
            compared_owners(&mut committed, &mut made);
            found.extend(snapshot_findings(&committed.catalog, &made.catalog));
        } else {
            let written = [write_schema(&managed, &filter)?, write_schema(&ownerless, &filter)?];
            if !written.contains(text) {
                found.push(difference_of_text(file, text, &written[0]));
            }
        }
    }
    let about = count(files.len(), "file");
    if found.is_empty() {
        gating.memory.remember(&key, &about);
    }
    Ok(Found::new(about, context.settle(found, CODES)))
}
