//! `owner-changed`: The new owner may do everything with the object.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::{Action, TableAction};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN108",
        name: "owner-changed",
        severity: Severity::Warning,
        description: "The new owner may do everything with the object, policies don't hold for it unless they are forced,\n\
        and security definer routines run with its rights.",
        bad: "alter table accounts owner to app;",
        good: "create table accounts (id bigint);\n\
        alter table accounts owner to app;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let changed = match site.action {
        Action::AlterTable(table) if site.existing(&table.name) => table
            .actions
            .iter()
            .any(|(_, action)| matches!(action, TableAction::Other(what) if what == "owner to"))
            .then_some(("table", &table.name)),
        Action::Alter(alter) if !site.known.is_fresh(&alter.kind, &alter.name, alter.on.as_ref()) => {
            alter.changes.iter().any(|change| change.what == "owner to").then_some((alter.kind.as_str(), &alter.name))
        }
        _ => None,
    };
    if let Some((kind, name)) = changed {
        found.say(site.span.clone(), format!("{kind} {} gets another owner", shown(name))).on(kind, name);
    }
}
