//! `view-options`: Security_invoker decides whose rights and policies a view reads with, security_barrier whether functions.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN111",
        name: "view-options",
        severity: Severity::Warning,
        description: "security_invoker decides whose rights and policies a view reads with, security_barrier whether\n\
        functions see rows before its condition.",
        bad: "alter view active_accounts set (security_invoker = false);",
        good: "create view active_accounts as select 1 as id;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) {
        return;
    }
    if alter.kind == "view"
        && alter.changes.iter().any(|change| change.what == "set options" || change.what == "reset options")
    {
        found
            .say(site.span.clone(), format!("{} {} reads with other rights or checks", alter.kind, shown(&alter.name)))
            .on(&alter.kind, &alter.name);
    }
}
