//! The checks of the gate: one file each, one line each in [`ALL`].

mod advise;
mod apply;
mod documents;
mod downs;
mod drift;
mod files;
mod lint;
mod pages;
mod rls;
mod snapshot;
mod verify;

use futures_util::future::LocalBoxFuture;

use super::Gating;
use crate::base::Error;
use crate::gate::Found;

/// A check.
pub(super) struct Check {
    /// What the configuration and reports call it.
    pub(super) name: &'static str,
    /// What it looks at, for help and for `pgward init`.
    pub(super) about: &'static str,
    /// Why it can't be made here, such as that nothing is configured for it to look at.
    pub(super) lacks: fn(&Gating<'_>) -> Option<String>,
    /// Makes it.
    pub(super) run: for<'a> fn(&'a Gating<'_>) -> LocalBoxFuture<'a, Result<Found, Trouble>>,
}

/// Why a check was not made.
#[derive(Debug)]
pub(super) enum Trouble {
    /// What it works on could not be had, which is said where that was tried.
    Blocked(String),
    /// It failed itself.
    Error(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// All checks, in the order in which they are shown.
pub(super) const ALL: &[Check] = &[
    files::CHECK,
    lint::CHECK,
    apply::CHECK,
    downs::CHECK,
    verify::CHECK,
    snapshot::CHECK,
    documents::CHECK,
    advise::CHECK,
    rls::CHECK,
    drift::CHECK,
    pages::CHECK,
];
