//! `[rules]`, `[[overrides]]` and `[[allow]]` of `pgward.toml`: read with their places, checked against every known code.

use std::collections::BTreeMap;
use std::path::Path;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use time::Date;
use time::macros::format_description;
use toml::Spanned;

use super::{Text, nearest};
use crate::base::{Allowance, Code, Level, Levels, Location, Result, RuleOverride, RuleSettings, Severity};
use crate::cli::explain::codes;

/// A level as the file writes it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Word {
    Off,
    Info,
    Warning,
    Error,
}

impl From<Word> for Level {
    fn from(word: Word) -> Self {
        match word {
            Word::Off => Self::Off,
            Word::Info => Self::At(Severity::Info),
            Word::Warning => Self::At(Severity::Warning),
            Word::Error => Self::At(Severity::Error),
        }
    }
}

/// Levels by code or name.
pub(super) type Words = BTreeMap<Spanned<String>, Word>;

/// One `[[overrides]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Override {
    paths: Vec<Spanned<String>>,
    rules: Words,
}

/// One `[[allow]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Allow {
    code: Spanned<String>,
    object: Spanned<String>,
    reason: Spanned<String>,
    until: Option<Spanned<Day>>,
}

/// A day, as TOML writes dates or in quotes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Day {
    Date(toml::value::Datetime),
    Text(String),
}

/// Makes the settings of what was read; `base` is the file's directory.
///
/// # Errors
///
/// A code that is not known, a malformed pattern or day, an empty reason; with the place.
pub(super) fn settings(
    file: &Text<'_>,
    base: &Path,
    rules: &Words,
    overrides: &[Override],
    allowed: &[Allow],
) -> Result<RuleSettings> {
    Ok(RuleSettings {
        levels: levels(file, rules)?,
        overrides: overrides.iter().map(|one| by_path(file, base, one)).collect::<Result<_>>()?,
        allowed: allowed.iter().map(|one| allowance(file, one)).collect::<Result<_>>()?,
    })
}

fn levels(file: &Text<'_>, words: &Words) -> Result<Levels> {
    words.iter().map(|(name, word)| Ok((code(file, name)?.code, Level::from(*word)))).collect()
}

fn code(file: &Text<'_>, name: &Spanned<String>) -> Result<&'static Code> {
    let wanted = name.get_ref();
    codes().find(|code| code.code.eq_ignore_ascii_case(wanted) || code.name == wanted).ok_or_else(|| {
        let error = file.error(name.span(), format!("there is no code {wanted:?}"));
        match nearest(wanted, codes().flat_map(|code| [code.code, code.name])) {
            Some(near) => error.with_hint(format!("did you mean {near}?")),
            None => error.with_hint("`pgward explain` lists all codes"),
        }
    })
}

fn by_path(file: &Text<'_>, base: &Path, one: &Override) -> Result<RuleOverride> {
    Ok(RuleOverride { paths: path_patterns(file, base, &one.paths)?, levels: levels(file, &one.rules)? })
}

/// Patterns of paths that count from `base`, the file's directory.
pub(super) fn path_patterns(file: &Text<'_>, base: &Path, paths: &[Spanned<String>]) -> Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for path in paths {
        // Findings name files from the working directory, the configuration from its own.
        let base = base.display().to_string();
        let prefix = if base.is_empty() { base } else { format!("{}/", globset::escape(&base)) };
        let pattern = format!("{prefix}{}", path.get_ref().trim_start_matches("./"));
        let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
        let malformed = |error: globset::Error| {
            file.error(path.span(), format!("{:?} is no pattern of paths: {}", path.get_ref(), error.kind()))
        };
        set.add(glob.map_err(malformed)?);
    }
    let place = paths.first().map_or(0..0, Spanned::span);
    set.build().map_err(|error| file.error(place, format!("these paths can't be matched: {}", error.kind())))
}

/// A pattern of objects' names: only `*` and `?` mean something, since names may hold every other sign of a pattern, as
/// `ops.total(integer[])` does.
pub(super) fn object_pattern(file: &Text<'_>, object: &Spanned<String>) -> Result<Glob> {
    let written = object.get_ref();
    let pattern: String = written
        .chars()
        .map(|c| if matches!(c, '*' | '?') { c.to_string() } else { globset::escape(&c.to_string()) })
        .collect();
    Glob::new(&pattern)
        .map_err(|error| file.error(object.span(), format!("{written:?} can't be matched: {}", error.kind())))
}

fn allowance(file: &Text<'_>, one: &Allow) -> Result<Allowance> {
    if one.reason.get_ref().trim().is_empty() {
        return Err(file.error(one.reason.span(), "an allowance needs a reason"));
    }
    let named = one.object.get_ref();
    if named.trim().is_empty() {
        return Err(file.error(one.object.span(), "an allowance needs an object").with_hint("\"*\" stands for all"));
    }
    let object = object_pattern(file, &one.object)?;
    let until = one.until.as_ref().map(|day| parse_day(file, day)).transpose()?;
    let span = one.code.span();
    let (line, column) = crate::base::line_column(file.text, span.start);
    Ok(Allowance {
        code: code(file, &one.code)?.code,
        named: named.clone(),
        object: object.compile_matcher(),
        reason: one.reason.get_ref().trim().to_owned(),
        until,
        location: Location { file: file.name.to_owned(), line, column },
    })
}

fn parse_day(file: &Text<'_>, day: &Spanned<Day>) -> Result<Date> {
    let text = match day.get_ref() {
        Day::Date(date) => date.to_string(),
        Day::Text(text) => text.clone(),
    };
    Date::parse(&text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| file.error(day.span(), format!("{text:?} is not a day")).with_hint("write it as 2027-01-31"))
}
