//! What a team has agreed on: how objects are called, and which team looks after which.

use std::collections::BTreeMap;

use globset::GlobSet;
use regex::Regex;

/// The kinds of objects that may have a pattern of names, in PostgreSQL's words with `_` for spaces; `any` stands for those
/// without one of their own.
pub const NAMED: &[&str] = &[
    "any",
    "schema",
    "table",
    "foreign_table",
    "column",
    "index",
    "primary_key",
    "unique",
    "foreign_key",
    "check",
    "exclude",
    "view",
    "materialized_view",
    "sequence",
    "function",
    "procedure",
    "aggregate",
    "trigger",
    "policy",
    "type",
    "domain",
    "role",
];

/// What a team has agreed on. Without it no rule that asks for it finds anything.
#[derive(Debug, Default)]
pub struct Conventions {
    /// What names must match, by kind as in [`NAMED`].
    pub names: BTreeMap<String, Regex>,
    /// Who looks after what.
    pub owners: Vec<Owner>,
}

/// A team, what it looks after, and where its migrations are.
#[derive(Debug)]
pub struct Owner {
    /// What it is called.
    pub team: String,
    /// Its objects, by names such as `billing.invoices`; a schema also by what stands for all in it, `billing.*`.
    pub objects: GlobSet,
    /// Its files.
    pub paths: GlobSet,
    /// The files as they are written.
    pub paths_written: Vec<String>,
}

impl Conventions {
    /// What a name of a kind must match, if anything.
    pub(super) fn pattern(&self, kind: &str) -> Option<&Regex> {
        self.names.get(&kind.replace(' ', "_")).or_else(|| self.names.get("any"))
    }

    /// The owner of an object, unless a file is one of its own. An object that several look after is any of theirs.
    pub(super) fn other_owner(&self, object: &str, file: &str) -> Option<&Owner> {
        let mut owners = self.owners.iter().filter(|owner| owner.objects.is_match(object)).peekable();
        let first = *owners.peek()?;
        (!owners.any(|owner| owner.paths.is_match(file))).then_some(first)
    }
}
