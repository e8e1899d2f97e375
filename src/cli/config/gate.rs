//! `[gate]` of `pgward.toml`: which checks run, and what they look at.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::{Text, nearest};
use crate::base::{Error, Result, Severity};
use crate::cli::gate::names;
use crate::docs;

/// What the section says, checked.
#[derive(Debug, Default)]
pub(in crate::cli) struct Gate {
    /// The checks that are asked for; none where nothing is said, which means each that has something to look at.
    pub(in crate::cli) checks: Option<Vec<&'static str>>,
    /// The lowest severity that fails.
    pub(in crate::cli) fail_on: Option<Severity>,
    /// Snapshots to be up to date, as JSON or SQL by their names.
    pub(in crate::cli) snapshots: Vec<PathBuf>,
    /// Generated documents to be up to date, with the name of their format.
    pub(in crate::cli) documents: Vec<(PathBuf, &'static docs::Format)>,
    /// Documents that must be there, from the file's directory.
    pub(in crate::cli) pages: Vec<String>,
    /// Patterns of the Markdown files whose links are followed.
    pub(in crate::cli) links: Vec<String>,
    /// The variable that holds the URL of the target.
    pub(in crate::cli) target_env: Option<String>,
    /// Whether what passed is remembered on the development server.
    pub(in crate::cli) remember: bool,
}

/// The section as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GateSection {
    checks: Option<Vec<Spanned<String>>>,
    fail_on: Option<Threshold>,
    snapshots: Vec<Spanned<PathBuf>>,
    documents: BTreeMap<Spanned<PathBuf>, Spanned<String>>,
    pages: Vec<String>,
    links: Vec<Spanned<String>>,
    target_env: Option<Spanned<String>>,
    remember: bool,
}

impl Default for GateSection {
    fn default() -> Self {
        let (checks, fail_on, target_env) = (None, None, None);
        let (snapshots, documents, pages, links) = (Vec::new(), BTreeMap::new(), Vec::new(), Vec::new());
        Self { checks, fail_on, snapshots, documents, pages, links, target_env, remember: true }
    }
}

/// A severity as the file writes it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Threshold {
    Info,
    Warning,
    Error,
}

impl GateSection {
    /// Checks what is written; `base` is the file's directory.
    ///
    /// # Errors
    ///
    /// An unknown check or format, a malformed pattern, a snapshot that is neither JSON nor SQL; with the place.
    pub(super) fn checked(&self, file: &Text<'_>, base: &Path) -> Result<Gate> {
        let one_of = |kind: &str, word: &Spanned<String>, known: &[&'static str]| -> Result<&'static str> {
            let wanted = word.get_ref().as_str();
            known.iter().find(|name| **name == wanted).copied().ok_or_else(|| {
                let error = file.error(word.span(), format!("there is no {kind} {wanted:?}"));
                let error = match nearest(wanted, known.iter().copied()) {
                    Some(near) => error.with_hint(format!("did you mean {near}?")),
                    None => error,
                };
                error.with_hint(format!("there is: {}", known.join(", ")))
            })
        };
        let checks = match &self.checks {
            None => None,
            Some(words) => {
                let known = names();
                Some(words.iter().map(|word| one_of("check", word, &known)).collect::<Result<Vec<_>>>()?)
            }
        };
        for snapshot in &self.snapshots {
            if !snapshot.get_ref().extension().is_some_and(|extension| extension == "json" || extension == "sql") {
                return Err(file
                    .error(snapshot.span(), format!("{} is no snapshot", snapshot.get_ref().display()))
                    .with_hint("its name ends with .json or .sql"));
            }
        }
        for pattern in &self.links {
            globset::Glob::new(pattern.get_ref()).map_err(|error: globset::Error| {
                file.error(pattern.span(), format!("{:?} is no pattern of paths: {}", pattern.get_ref(), error.kind()))
            })?;
        }
        if let Some(name) = self.target_env.as_ref().filter(|name| name.get_ref().contains("://")) {
            return Err(file
                .error(name.span(), "this is a URL, and not the name of a variable")
                .with_hint("a URL has a password in it: put it into the environment, and the variable's name here"));
        }
        let formats: Vec<&'static str> = docs::FORMATS.iter().map(|format| format.name).collect();
        let documents = self.documents.iter().map(|(path, format)| {
            let name = one_of("format of documents", format, &formats)?;
            let known = docs::by_name(name).ok_or_else(|| Error::input("a format is not known"))?;
            Ok((base.join(path.get_ref()), known))
        });
        Ok(Gate {
            checks,
            fail_on: self.fail_on.map(|threshold| match threshold {
                Threshold::Info => Severity::Info,
                Threshold::Warning => Severity::Warning,
                Threshold::Error => Severity::Error,
            }),
            snapshots: self.snapshots.iter().map(|path| base.join(path.get_ref())).collect(),
            documents: documents.collect::<Result<_>>()?,
            pages: self.pages.clone(),
            links: self.links.iter().map(|pattern| pattern.get_ref().clone()).collect(),
            target_env: self.target_env.as_ref().map(|name| name.get_ref().clone()),
            remember: self.remember,
        })
    }
}
