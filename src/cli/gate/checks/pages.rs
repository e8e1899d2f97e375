//! `pages`: the documents for people are there, and their links lead somewhere.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSetBuilder};

use super::super::Gating;
use super::{Check, Trouble};
use crate::base::{Error, Result};
use crate::gate::{Found, Page, check_pages, codes};
use crate::report::count;

pub(super) const CHECK: Check = Check {
    name: "pages",
    about: "documents for people are there, and the links of Markdown files lead somewhere",
    lacks: |gating| {
        let gate = &gating.context.config.gate;
        (gate.pages.is_empty() && gate.links.is_empty())
            .then(|| "neither `pages` nor `links` are named in [gate]".to_owned())
    },
    run: |gating| Box::pin(async { run(gating).map_err(Trouble::Error) }),
};

fn run(gating: &Gating<'_>) -> Result<Found> {
    let context = gating.context;
    let gate = &context.config.gate;
    let base = match context.config.base.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => context.config.base.clone(),
    };
    let mut pages = Vec::new();
    for path in matching(&base, &gate.links)? {
        let file = base.join(&path);
        let text = std::fs::read_to_string(&file)
            .map_err(|error| Error::input(format!("{} can't be read: {error}", file.display())))?;
        pages.push(Page { path, text });
    }
    if !gate.links.is_empty() && pages.is_empty() {
        return Err(Error::input("no file matches `links` in [gate]").with_hint("patterns count from pgward.toml"));
    }
    let found = check_pages(
        &gate.pages,
        &pages,
        |path| base.join(path).exists(),
        |path| std::fs::read_to_string(base.join(path)).ok(),
        |path| context.config.base.join(path).display().to_string(),
    );
    let about = format!("{}, {} followed", count(gate.pages.len(), "page"), count(pages.len(), "file"));
    let ran = [&codes::MISSING_PAGE, &codes::BROKEN_LINK, &codes::BROKEN_ANCHOR];
    Ok(Found::new(about, context.settle(found, &ran)))
}

/// The files under a directory whose path from there matches one of the patterns.
fn matching(base: &Path, patterns: &[String]) -> Result<Vec<String>> {
    let mut set = GlobSetBuilder::new();
    let malformed = |error: globset::Error| Error::input(format!("`links` in [gate] can't be used: {error}"));
    for pattern in patterns {
        set.add(GlobBuilder::new(pattern.trim_start_matches("./")).literal_separator(true).build().map_err(malformed)?);
    }
    let set = set.build().map_err(malformed)?;
    let mut found = Vec::new();
    // Only where a pattern can match: a project's directory may hold a lot.
    let mut starts: Vec<String> = patterns.iter().map(|pattern| start(pattern)).collect();
    starts.sort();
    starts.dedup();
    for start in &starts {
        walk(base, start, &set, &mut found)?;
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The part of a pattern before its first sign, as a path.
fn start(pattern: &str) -> String {
    let parts = pattern.trim_start_matches("./").split('/');
    parts.take_while(|part| !part.contains(['*', '?', '[', '{'])).collect::<Vec<_>>().join("/")
}

fn walk(base: &Path, path: &str, set: &globset::GlobSet, found: &mut Vec<String>) -> Result<()> {
    let here = base.join(path);
    if here.is_file() {
        if set.is_match(path) {
            found.push(path.to_owned());
        }
        return Ok(());
    }
    // What tools keep for themselves is nobody's document.
    if !here.is_dir() || here.join("CACHEDIR.TAG").exists() {
        return Ok(());
    }
    let failed = |error| Error::environment(format!("can't read {}: {error}", here.display()));
    for entry in std::fs::read_dir(&here).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && name != "node_modules" {
            let inner = if path.is_empty() { name } else { format!("{path}/{name}") };
            walk(base, &inner, set, found)?;
        }
    }
    Ok(())
}
