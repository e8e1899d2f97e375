//! `name-pattern`: A name doesn't match the pattern that the project has for names of its kind.

use super::super::made_names;
use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN135",
        name: "name-pattern",
        severity: Severity::Warning,
        description: "A name doesn't match the pattern that `[lint.names]` in pgward.toml has for names of its kind, such as\n\
        index = \"_(idx|key)$\". Without patterns nothing is found.",
        bad: "create table accounts (email text);\n\
        create index accounts_email on accounts (email);",
        good: "create table accounts (email text);\n\
        create index accounts_email_idx on accounts (email);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for made in made_names(site) {
        if let Some(pattern) = site.conventions.pattern(made.kind)
            && !pattern.is_match(made.name)
        {
            let (kind, name) = (made.kind, Ident(made.name));
            found.say(made.span, format!("the name of {kind} {name} doesn't match {:?}", pattern.as_str()));
        }
    }
}
