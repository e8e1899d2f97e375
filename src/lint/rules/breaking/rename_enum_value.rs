//! `rename-enum-value`: Every statement that writes or compares the old label fails from the moment of the rename.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN083",
        name: "rename-enum-value",
        severity: Severity::Error,
        description: "Every statement that writes or compares the old label fails from the moment of the rename.",
        bad: "alter type mood rename value 'ok' to 'fine';",
        good: "alter type mood add value 'fine' after 'ok';",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) {
        return;
    }
    if alter.kind == "type" && alter.changes.iter().any(|change| change.what == "rename value") {
        found
            .say(
                site.span.clone(),
                format!("statements that name the old value of {} {} fail", alter.kind, shown(&alter.name)),
            )
            .on(&alter.kind, &alter.name);
    }
}
