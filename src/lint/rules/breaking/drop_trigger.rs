//! `drop-trigger`: What the trigger did for each write is not done any more.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN074",
        name: "drop-trigger",
        severity: Severity::Warning,
        description: "What the trigger did for each write is not done any more.",
        bad: "drop trigger touch on accounts;",
        good: "create table t (id bigint);\n\
        create trigger touch before update on t for each row execute function f();\n\
        drop trigger touch on t;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for name in site.dropped(&["trigger", "event trigger", "rule"]) {
        let Action::Drop(drop) = site.action else { continue };
        let said = found.say(site.span.clone(), format!("{} {} goes", drop.kind, shown(name)));
        match (&drop.on, name.last()) {
            (Some(table), Some(last)) => said.of(&drop.kind, last, table),
            _ => said.on(&drop.kind, name),
        };
    }
}
