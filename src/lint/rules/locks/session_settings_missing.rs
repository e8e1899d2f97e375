//! `session-settings-missing`: The file takes strong locks, but sets neither idle_in_transaction_session_timeout nor application_name.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN022",
        name: "session-settings-missing",
        severity: Severity::Info,
        description: "The file takes strong locks, but sets neither idle_in_transaction_session_timeout nor\n\
        application_name: a connection that is lost in the middle keeps its locks, and nobody sees in\n\
        pg_stat_activity whose they are.",
        bad: "alter table accounts add column plan text;",
        good: "set idle_in_transaction_session_timeout = '1min';\n\
        set application_name = 'migration';\n\
        alter table accounts add column plan text;",
    },
    check,
)
.off();

fn check(site: &Site<'_>, found: &mut Found) {
    let missing: Vec<_> = ["idle_in_transaction_session_timeout", "application_name"]
        .into_iter()
        .filter(|name| site.past.setting(name).is_none())
        .collect();
    if !missing.is_empty() && site.past.held.is_empty() && site.blocking().is_some() {
        found.say(site.span.clone(), format!("{} not set before this takes a strong lock", missing.join(" and ")));
    }
}
