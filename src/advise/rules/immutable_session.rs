//! Functions that claim to depend on nothing and read the session.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD037",
    name: "immutable-reads-session",
    severity: Severity::Error,
    description: "A function is marked IMMUTABLE but reads who asks (current_setting, current_user, auth.uid() or a function \
                  that does). The server folds it into a constant when it plans, so a cached plan goes on with the identity \
                  of whoever planned it. Mark it STABLE.",
    bad: "create schema app;
create function app.tenant() returns text language sql immutable set search_path = ''
  as 'select current_setting(''app.tenant'', true)';",
    good: "create schema app;
create function app.tenant() returns text language sql stable set search_path = ''
  as 'select current_setting(''app.tenant'', true)';",
};

fn check(facts: &Facts, found: &mut Found) {
    for function in facts.functions().filter(|function| function.volatility == 'i' && facts.reads_session(function)) {
        found.add(
            function.to_ref(),
            format!("{} is IMMUTABLE but reads who asks", function.qualified()),
            format!("alter function {} stable", function.qualified()),
        );
    }
}
