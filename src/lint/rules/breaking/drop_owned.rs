//! `drop-owned`: DROP OWNED takes everything that a role owns in the database.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN079",
        name: "drop-owned",
        severity: Severity::Error,
        description: "DROP OWNED drops everything that the role owns in this database, tables with their rows, and takes\n\
            away all its privileges: other things on production than here. Name what has to go, or REASSIGN OWNED.",
        bad: "drop owned by intern;",
        good: "reassign owned by intern to app;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    if let Action::Drop(drop) = site.action
        && drop.kind == "owned"
    {
        let roles: Vec<_> = drop.names.iter().map(|name| name.join(" ")).collect();
        found
            .say(site.span.clone(), format!("everything that {} owns goes", roles.join(", ")))
            .hint("name what has to go, or REASSIGN OWNED first");
    }
}
