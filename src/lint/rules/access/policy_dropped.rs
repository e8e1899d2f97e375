//! `policy-dropped`: Without a restrictive policy more rows are seen; without the last permissive one, none.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN102",
        name: "policy-dropped",
        severity: Severity::Warning,
        description: "Without a restrictive policy more rows are seen; without the last permissive one, none.",
        bad: "drop policy own_rows on accounts;",
        good: "create table accounts (owner text);\n\
        create policy own_rows on accounts using (true);\n\
        drop policy own_rows on accounts;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for name in site.dropped(&["policy"]) {
        let Action::Drop(crate::sql::tree::Drop { on: Some(table), .. }) = site.action else { continue };
        found.say(site.span.clone(), format!("policy {} of {} goes", shown(name), shown(table))).of(
            "policy",
            name.last().map_or("", String::as_str),
            table,
        );
    }
}
