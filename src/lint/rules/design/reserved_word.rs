//! `reserved-word`: A name that is a keyword of SQL must be quoted in some places and not in others.

use super::super::{Made, made_names};
use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN133",
        name: "reserved-word",
        severity: Severity::Info,
        description: "A name that is a keyword of SQL must be quoted in some places and not in others.",
        bad: "create table \"order\" (id bigint);",
        good: "create table orders (id bigint);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for Made { name, span, .. } in made_names(site) {
        let bare = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        if bare && Ident(name).to_string().starts_with('"') {
            found.say(span, format!("{} is a keyword", Ident(name)));
        }
    }
}
