//! `routine-options`: SECURITY DEFINER, SET, LEAKPROOF and volatility decide with whose rights a routine runs.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN110",
        name: "routine-options",
        severity: Severity::Warning,
        description: "SECURITY DEFINER, SET, LEAKPROOF and volatility decide with whose rights a routine runs, which\n\
        objects it finds, and what the planner may do with it.",
        bad: "alter function touch() security definer;",
        good: "alter function touch() depends on extension hstore;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) {
        return;
    }
    if matches!(alter.kind.as_str(), "function" | "procedure" | "routine")
        && alter.changes.iter().any(|change| change.what.ends_with("option"))
    {
        found
            .say(
                site.span.clone(),
                format!("{} {} runs with other rights, settings or promises", alter.kind, shown(&alter.name)),
            )
            .on(&alter.kind, &alter.name);
    }
}
