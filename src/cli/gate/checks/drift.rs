//! `drift`: the target is what the migrations that it has applied make.

use super::super::Gating;
use super::super::ground::Target;
use super::{Check, Trouble};
use crate::cli::source::{Loaded, Source, SourceOptions, compared_owners, empty_database, load};
use crate::diff::{diff, findings};
use crate::gate::{Found, codes};
use crate::introspect::Fingerprint;
use crate::model::{SchemaFilter, read_snapshot};
use crate::report::count;
use crate::source::Origin;

pub(super) const CHECK: Check = Check {
    name: "drift",
    about: "the target database is what the migrations that it has applied make",
    lacks: |gating| {
        (!gating.named && !gating.ground.names_target())
            .then(|| "no target is named: --database-url, or `target_env` in [gate]".to_owned())
    },
    run: |gating| Box::pin(run(gating)),
};

async fn run(gating: &Gating<'_>) -> Result<Found, Trouble> {
    let context = gating.context;
    let target = gating.ground.target().await?;
    let filter = context.schemas();
    let committed = committed(gating, target)?;
    let at = format!("{} at {:?}, {} pending", target.name, target.status.current(), target.status.pending());
    let text = committed.as_ref().map_or("", |(_, text)| text.as_str());
    let key = gating.memory.key(CHECK.name, gating.ground.migrations().await?, &[&at, text]);
    // Of a target that did not drift, and is as it was then, no more than that is read.
    let passed = gating.memory.passed(&key);
    let passed = passed.as_deref().and_then(|passed| passed.split_once(' '));
    let mut last = passed.map(|(fingerprint, _)| Fingerprint::from(fingerprint.to_owned()));
    let Some(catalog) = target.read_if_changed(&mut last).await? else {
        let about = passed.map_or("", |(_, about)| about);
        return Ok(Found::new(about, context.settle(Vec::new(), &[&codes::DRIFTED])));
    };
    let mut made = expected(gating, target, committed, &filter).await?;
    let mut live = Loaded::of(filter.apply(catalog), false, &filter);
    compared_owners(&mut made, &mut live);
    let (objects, at) = (live.catalog.objects.len(), target.status.current());
    let found = findings(&codes::DRIFTED, &diff(&made.catalog, &live.catalog));
    made.close().await?;
    let about = match at {
        Some(version) => format!("{} of {} at version {version}", count(objects, "object"), target.name),
        None => format!("{}, where nothing is applied", target.name),
    };
    if let (true, Some(fingerprint)) = (found.is_empty(), last) {
        gating.memory.remember(&key, &format!("{} {about}", fingerprint.as_str()));
    }
    Ok(Found::new(about, context.settle(found, &[&codes::DRIFTED])))
}

/// The schema at the target's version.
async fn expected(
    gating: &Gating<'_>,
    target: &Target,
    committed: Option<(String, String)>,
    filter: &SchemaFilter,
) -> Result<Loaded, Trouble> {
    let context = gating.context;
    let migrations = gating.ground.migrations().await?;
    let all_applied = target.status.pending() == 0;
    let made = match target.status.current() {
        None => empty_database(context, gating.ground.server().await?, filter).await?,
        Some(_) if all_applied => {
            if let Some((name, text)) = committed {
                let catalog = read_snapshot(&text).map_err(|error| error.with_note(format!("the file is {name}")))?;
                return Ok(Loaded::committed(filter.apply(catalog), filter));
            }
            let applied = gating.ground.applied().await?;
            let catalog = filter.apply(crate::cli::source::without_builder(applied.catalog.clone(), &applied.builder));
            Loaded::of(catalog, true, filter).built_by(&applied.builder)
        }
        Some(version) => {
            let source = match migrations.origin() {
                Origin::Directory(dir) => Source::Migrations(dir.clone(), Some(version)),
                Origin::Bundle(_) | Origin::Embedded => Source::Bundle(Some(version)),
            };
            load(context, &source, &SourceOptions::default()).await?
        }
    };
    Ok(made)
}

/// The committed snapshot's name and text, where the gate holds it to the migrations too: then no throw-away database is
/// needed.
fn committed(gating: &Gating<'_>, target: &Target) -> Result<Option<(String, String)>, Trouble> {
    let context = gating.context;
    let all_applied = target.status.current().is_some() && target.status.pending() == 0;
    if !all_applied || !gating.wanted.contains(&"snapshot") {
        return Ok(None);
    }
    let is_json = |file: &&std::path::PathBuf| file.extension().is_some_and(|extension| extension == "json");
    let Some(file) = context.config.gate.snapshots.iter().find(is_json) else { return Ok(None) };
    Ok(Some((file.display().to_string(), crate::cli::config::read(file)?)))
}
