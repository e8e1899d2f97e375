//! `rename-object`: Every statement that names the object by its old name fails from the moment of the rename.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN082",
        name: "rename-object",
        severity: Severity::Warning,
        description: "Every statement that names the object by its old name fails from the moment of the rename.",
        bad: "alter view active_accounts rename to accounts_active;",
        good: "create view accounts_active as select 1 as id;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) {
        return;
    }
    if alter.kind != "type" && alter.kind != "schema" && alter.changes.iter().any(|change| change.what == "rename to")
        || alter.kind == "type" && alter.changes.iter().any(|change| change.what == "rename to")
    {
        found
            .say(
                site.span.clone(),
                format!("statements that name {} {} fail once it is renamed", alter.kind, shown(&alter.name)),
            )
            .on(&alter.kind, &alter.name);
    }
}
