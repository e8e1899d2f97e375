//! `extension-altered`: Another version of an extension brings other functions and may change its types.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN115",
        name: "extension-altered",
        severity: Severity::Info,
        description: "Another version of an extension brings other functions and may change its types.",
        bad: "alter extension hstore update;",
        good: "create extension hstore;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) {
        return;
    }
    if alter.kind == "extension" && alter.changes.iter().any(|change| change.what != "set schema") {
        found
            .say(site.span.clone(), format!("{} {} changes what it brings", alter.kind, shown(&alter.name)))
            .on(&alter.kind, &alter.name);
    }
}
