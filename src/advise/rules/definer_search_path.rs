//! Functions with their owner's rights that look names up where the caller says.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD031",
    name: "definer-search-path",
    severity: Severity::Error,
    description: "A SECURITY DEFINER function has no search_path of its own: the caller's is searched, a caller's temporary \
                  table or function first, and it runs with the owner's rights. Pin it: `set search_path = ''` with every name \
                  qualified, or `set search_path = pg_catalog, app, pg_temp`. A body in SQL standard form was resolved when it \
                  was made and needs none.",
    bad: "create schema app;
create function app.purge() returns void language sql security definer as 'select';
revoke execute on function app.purge() from public;",
    good: "create schema app;
create function app.purge() returns void language sql security definer set search_path = '' as 'select';
revoke execute on function app.purge() from public;",
};

fn check(facts: &Facts, found: &mut Found) {
    for function in facts.functions().filter(|function| function.definer && is_mutable(function)) {
        found.add(
            function.to_ref(),
            format!(
                "{} runs with the rights of {} and looks names up in the caller's search_path",
                function.qualified(),
                Ident(&function.owner)
            ),
            format!(
                "alter {} {} set search_path = '', with every name in it qualified",
                function.kind,
                function.qualified()
            ),
        );
    }
}

/// Whether names in a body are looked up in the caller's search path.
pub(super) fn is_mutable(function: &crate::advise::facts::Function) -> bool {
    function.search_path.is_none() && !function.bound && !matches!(function.language.as_str(), "c" | "internal")
}
