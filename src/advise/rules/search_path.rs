//! Functions that look names up where the caller says.

use super::definer_search_path::is_mutable;
use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD033",
    name: "function-search-path",
    severity: Severity::Info,
    description: "A function has no search_path of its own, so what its names mean depends on the caller. It runs with the \
                  caller's rights and no policy calls it, so this is only noted: it breaks under another search_path.",
    bad: "create schema app;
create function app.one() returns integer language sql immutable as 'select 1';",
    good: "create schema app;
create function app.one() returns integer language sql immutable set search_path = '' as 'select 1';",
};

fn check(facts: &Facts, found: &mut Found) {
    for function in facts.functions().filter(|function| !function.definer && is_mutable(function)) {
        if !facts.is_in_policy(function) {
            found.add(
                function.to_ref(),
                format!("{} looks names up in the caller's search_path", function.qualified()),
                format!(
                    "alter {} {} set search_path = '', with every name in it qualified",
                    function.kind,
                    function.qualified()
                ),
            );
        }
    }
}
