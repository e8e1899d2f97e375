//! `domain-constraint`: A constraint of a domain is checked in every table that uses the domain.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::{Action, Change};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN032",
        name: "domain-constraint",
        severity: Severity::Warning,
        description: "A constraint of a domain is checked in every table that uses the domain, and changing it reads all\n\
        of them while writers wait. A CHECK on the table's column can be added NOT VALID and is seen by\n\
        those who read the table's definition.",
        bad: "alter domain email add constraint has_at check (value like '%@%');",
        good: "create domain email as text;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let (name, span) = match site.action {
        Action::Create(create) if create.kind == "domain" && !create.constraints.is_empty() => {
            (&create.name, &site.span)
        }
        Action::Alter(alter) if alter.kind == "domain" && !site.known.is_fresh("domain", &alter.name, None) => {
            let scans = |change: &Change| {
                change.what == "set not null"
                    || change.what == "validate constraint"
                    || change.constraint.as_ref().is_some_and(|constraint| !constraint.not_valid)
            };
            if !alter.changes.iter().any(scans) {
                return;
            }
            (&alter.name, &site.span)
        }
        _ => return,
    };
    found
        .say(
            span.clone(),
            format!("a constraint of domain {} reads every table that uses it when it changes", shown(name)),
        )
        .on("domain", name)
        .hint("put the CHECK on the column, where it can be NOT VALID first");
}
