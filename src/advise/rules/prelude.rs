//! What every rule uses.

pub(super) use super::words;
pub(super) use crate::advise::expression::Expression;
pub(super) use crate::advise::facts::{Command, Facts, PUBLIC, Policy, Relation, who};
pub(super) use crate::advise::rule::{Found, Rule};
pub(super) use crate::base::{Code, Ident, ObjectRef, Severity};
