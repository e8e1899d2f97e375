//! `policy-created`: A policy on a table that was there before changes who sees and writes which rows.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN100",
        name: "policy-created",
        severity: Severity::Info,
        description: "A policy on a table that was there before changes who sees and writes which rows. A permissive\n\
        policy widens what others allow.",
        bad: "create policy own_rows on accounts using (owner = current_user);",
        good: "create table accounts (owner text);\n\
        create policy own_rows on accounts using (owner = current_user);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Create(create) = site.action else { return };
    if create.kind == "policy"
        && let Some(table) = create.on.as_ref().filter(|table| site.existing(table))
    {
        found
            .say(
                site.span.clone(),
                format!("policy {} changes who sees and writes rows of {}", shown(&create.name), shown(table)),
            )
            .of("policy", create.name.last().map_or("", String::as_str), table);
    }
}
