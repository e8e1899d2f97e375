//! `rename-schema`: Every statement that names anything in the schema fails from the moment of the rename.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN084",
        name: "rename-schema",
        severity: Severity::Error,
        description: "Every statement that names anything in the schema fails from the moment of the rename, and search\n\
        paths that name it find nothing.",
        bad: "alter schema archive rename to attic;",
        good: "create schema attic;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) {
        return;
    }
    if alter.kind == "schema" && alter.changes.iter().any(|change| change.what == "rename to") {
        found
            .say(
                site.span.clone(),
                format!(
                    "statements that name anything in {} {} fail once it is renamed",
                    alter.kind,
                    shown(&alter.name)
                ),
            )
            .on(&alter.kind, &alter.name);
    }
}
