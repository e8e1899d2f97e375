//! `quoted-name`: A name with capitals or other characters must be written in quotes, exactly so.

use super::super::{Made, made_names};
use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN132",
        name: "quoted-name",
        severity: Severity::Info,
        description: "A name with capitals or other characters must be written in quotes, exactly so, in every statement\n\
        for ever.",
        bad: "create table \"Hits\" (id bigint);",
        good: "create table hits (id bigint);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for Made { name, span, .. } in made_names(site) {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '$';
        if !name.chars().all(plain) || name.starts_with(|c: char| c.is_ascii_digit()) {
            found.say(span, format!("{} must be quoted wherever it is named", Ident(name)));
        }
    }
}
