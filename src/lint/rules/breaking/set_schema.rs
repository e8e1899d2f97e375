//! `set-schema`: Every statement that names the object in its old schema fails from then on.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::{Action, TableAction};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN085",
        name: "set-schema",
        severity: Severity::Error,
        description: "Every statement that names the object in its old schema fails from then on, and others may find it\n\
        by their search path.",
        bad: "alter table accounts set schema crm;",
        good: "create table crm.accounts (id bigint);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let moved = match site.action {
        Action::AlterTable(table) if site.existing(&table.name) => table
            .actions
            .iter()
            .any(|(_, action)| matches!(action, TableAction::Other(what) if what == "set schema"))
            .then_some(("table", &table.name)),
        Action::Alter(alter) if !site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) => {
            alter.changes.iter().any(|change| change.what == "set schema").then_some((alter.kind.as_str(), &alter.name))
        }
        _ => None,
    };
    if let Some((kind, name)) = moved {
        found
            .say(
                site.span.clone(),
                format!("statements that name {kind} {} fail once it is in another schema", shown(name)),
            )
            .on(kind, name);
    }
}
