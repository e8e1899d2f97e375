//! `enum-value-order`: The new value goes to the end of the order.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::{Action, Change};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN128",
        name: "enum-value-order",
        severity: Severity::Info,
        description: "The new value goes to the end of the order. If that isn't meant, it can't be changed later: say\n\
        BEFORE or AFTER which one.",
        bad: "alter type mood add value 'fine';",
        good: "alter type mood add value 'fine' before 'ok';",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    let unordered = |change: &Change| {
        change.what == "add value" && !change.words.iter().any(|word| word == "before" || word == "after")
    };
    if alter.kind == "type" && alter.changes.iter().any(unordered) {
        found
            .say(site.span.clone(), format!("the new value of {} goes to the end of its order", shown(&alter.name)))
            .on("type", &alter.name)
            .hint("say BEFORE or AFTER which value");
    }
}
