//! `name-too-long`: PostgreSQL cuts names after 63 bytes, without an error.

use super::super::{Made, made_names};
use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN129",
        name: "name-too-long",
        severity: Severity::Error,
        description: "PostgreSQL cuts names after 63 bytes, without an error: two long names may become one, and what is\n\
        looked for under the whole name is not found.",
        bad: "create table a_name_that_goes_on_and_on_until_it_is_longer_than_postgresql_can_keep (id bigint);",
        good: "create table a_name (id bigint);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for Made { name, span, .. } in made_names(site) {
        if name.len() > 63 {
            found.say(span, format!("{} has {} bytes and is cut after 63", Ident(name), name.len()));
        }
    }
}
