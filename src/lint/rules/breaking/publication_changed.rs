//! `publication-changed`: Subscribers get other rows from then on; what they miss meanwhile doesn't come later.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN092",
        name: "publication-changed",
        severity: Severity::Warning,
        description: "Subscribers get other rows from then on; what they miss meanwhile doesn't come later.",
        bad: "drop publication feed;",
        good: "create publication feed;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let changed = match site.action {
        Action::Alter(alter) if alter.kind == "publication" || alter.kind == "subscription" => {
            Some((&alter.kind, &alter.name))
        }
        Action::Drop(drop) if drop.kind == "publication" || drop.kind == "subscription" => {
            drop.names.first().map(|name| (&drop.kind, name))
        }
        _ => None,
    };
    if let Some((kind, name)) = changed.filter(|(kind, name)| !site.known.is_fresh(kind, name, None)) {
        found.say(site.span.clone(), format!("what {kind} {} carries changes", shown(name))).on(kind, name);
    }
}
