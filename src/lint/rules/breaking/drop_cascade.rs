//! `drop-cascade`: CASCADE drops everything that depends on it as well.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site};
use crate::sql::tree::{Action, TableAction};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN078",
        name: "drop-cascade",
        severity: Severity::Error,
        description: "CASCADE drops everything that depends on it as well: views, constraints, columns, whether you know\n\
        them or not, and other things on production than here. Name what has to go.",
        bad: "drop server remote cascade;",
        good: "drop server remote;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let cascades = match site.action {
        Action::Drop(drop) => {
            drop.cascade && drop.names.iter().any(|name| !site.known.is_fresh(&drop.kind, name, drop.on.as_ref()))
        }
        Action::AlterTable(_) => site.alterations().any(|(_, _, action)| {
            matches!(
                action,
                TableAction::DropColumn { cascade: true, .. } | TableAction::DropConstraint { cascade: true, .. }
            )
        }),
        _ => false,
    };
    if cascades {
        found.say(site.span.clone(), "CASCADE drops whatever depends on it").hint("name what has to go");
    }
}
