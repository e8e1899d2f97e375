//! `role-options`: Attributes of a role hold in every database of the cluster.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN112",
        name: "role-options",
        severity: Severity::Warning,
        description: "Attributes of a role hold in every database of the cluster: SUPERUSER and BYPASSRLS end all\n\
        policies.",
        bad: "alter role app bypassrls;",
        good: "create role app;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) {
        return;
    }
    if matches!(alter.kind.as_str(), "role" | "user" | "group")
        && alter.changes.iter().any(|change| change.what != "rename to")
    {
        found
            .say(site.span.clone(), format!("{} {} gets other rights or settings", alter.kind, shown(&alter.name)))
            .on(&alter.kind, &alter.name);
    }
}
