//! `policy-altered`: Another condition or other roles of a policy change who sees and writes which rows.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN101",
        name: "policy-altered",
        severity: Severity::Warning,
        description: "Another condition or other roles of a policy change who sees and writes which rows.",
        bad: "alter policy own_rows on accounts using (true);",
        good: "create table accounts (owner text);\n\
        create policy own_rows on accounts using (true);\n\
        alter policy own_rows on accounts using (owner = current_user);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Alter(alter) = site.action else { return };
    if alter.kind == "policy"
        && let Some(table) = alter.on.as_ref().filter(|table| site.existing(table))
        && alter.changes.iter().any(|change| change.what != "rename to")
    {
        found
            .say(
                site.span.clone(),
                format!("policy {} of {} lets other rows or other roles through", shown(&alter.name), shown(table)),
            )
            .of("policy", alter.name.last().map_or("", String::as_str), table);
    }
}
