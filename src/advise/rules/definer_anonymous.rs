//! Functions with their owner's rights that people who are not logged in may call.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD029",
    name: "definer-function-for-strangers",
    severity: Severity::Warning,
    description: "The role of people who are not logged in was granted EXECUTE on a SECURITY DEFINER function. Whatever it \
                  does, anybody on the internet does with its owner's rights.",
    bad: "create schema app;
grant usage on schema app to anon;
create function app.purge() returns void language sql security definer set search_path = '' as 'select';
revoke execute on function app.purge() from public;
grant execute on function app.purge() to anon;",
    good: "create schema app;
grant usage on schema app to anon;
create function app.purge() returns void language sql security definer set search_path = '' as 'select';
revoke execute on function app.purge() from public;",
};

fn check(facts: &Facts, found: &mut Found) {
    for function in facts.functions().filter(|function| function.definer && !function.is_trigger && !function.public) {
        let roles: Vec<_> = function.execute.iter().filter(|role| words::is_anonymous(role)).cloned().collect();
        if !roles.is_empty() {
            found.add(
                function.to_ref(),
                format!(
                    "{} may call {}, which runs with the rights of {}",
                    who(&roles),
                    function.qualified(),
                    Ident(&function.owner)
                ),
                format!("revoke execute on {} {} from {}", function.kind, function.qualified(), roles.join(", ")),
            );
        }
    }
}
