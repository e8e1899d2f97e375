//! `[lint]` of `pgward.toml`: how files are looked at, and what the project has agreed on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::GlobSetBuilder;
use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::{Text, nearest, rules};
use crate::base::Result;
use crate::lint::{Conventions, NAMED, Owner};

/// The `[lint]` section.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::cli) struct LintConfig {
    /// Who runs the files: `pgward`, `transaction` or `statements`.
    pub(in crate::cli) run_by: Option<RunByWord>,
    /// The baseline, relative to the file.
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// Whether the files that undo migrations are looked at too.
    pub(in crate::cli) downs: bool,
    /// Patterns of names, as written.
    names: BTreeMap<Spanned<String>, Spanned<String>>,
    /// Who looks after what, as written.
    owners: Vec<OwnerWords>,
}

/// Who runs files, as written.
#[derive(Debug, Clone, Copy, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli) enum RunByWord {
    /// pgward: a transaction for each file, with a lock timeout, unless a directive says otherwise
    Pgward,
    /// another runner that puts each file into a transaction
    Transaction,
    /// another runner that runs statements one by one, as psql does
    Statements,
}

/// One `[[lint.owners]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnerWords {
    team: String,
    objects: Vec<Spanned<String>>,
    paths: Vec<Spanned<String>>,
}

impl LintConfig {
    /// What the project has agreed on; `base` is the file's directory.
    ///
    /// # Errors
    ///
    /// A kind of objects that is not known, a malformed pattern; with the place.
    pub(super) fn conventions(&self, file: &Text<'_>, base: &Path) -> Result<Conventions> {
        Ok(Conventions {
            names: self.names.iter().map(|(kind, pattern)| name_pattern(file, kind, pattern)).collect::<Result<_>>()?,
            owners: self.owners.iter().map(|words| owner(file, base, words)).collect::<Result<_>>()?,
        })
    }
}

fn name_pattern(file: &Text<'_>, kind: &Spanned<String>, pattern: &Spanned<String>) -> Result<(String, Regex)> {
    let wanted = kind.get_ref();
    if !NAMED.contains(&wanted.as_str()) {
        let error = file.error(kind.span(), format!("{wanted:?} is no kind of objects that has a pattern"));
        return Err(match nearest(wanted, NAMED.iter().copied()) {
            Some(near) => error.with_hint(format!("did you mean {near}?")),
            None => error.with_hint(format!("there are {}", NAMED.join(", "))),
        });
    }
    let regex = Regex::new(pattern.get_ref()).map_err(|error| {
        // The regular expression's own picture of the place would stand beside ours.
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        file.error(pattern.span(), format!("this is no regular expression: {reason}"))
    })?;
    Ok((wanted.clone(), regex))
}

fn owner(file: &Text<'_>, base: &Path, words: &OwnerWords) -> Result<Owner> {
    let mut objects = GlobSetBuilder::new();
    for object in &words.objects {
        objects.add(rules::object_pattern(file, object)?);
    }
    let objects = objects.build().map_err(|error| file.error(0..0, format!("{}: {}", words.team, error.kind())))?;
    Ok(Owner {
        team: words.team.clone(),
        objects,
        paths: rules::path_patterns(file, base, &words.paths)?,
        paths_written: words.paths.iter().map(|path| path.get_ref().clone()).collect(),
    })
}
