//! Functions with their owner's rights that API roles may call.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD030",
    name: "definer-function-granted",
    severity: Severity::Info,
    description: "An API role was granted EXECUTE on a SECURITY DEFINER function. That is how a narrow door is made, so it is \
                  only noted: such functions must check for themselves who asks.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create function app.purge() returns void language sql security definer set search_path = '' as 'select';
revoke execute on function app.purge() from public;
grant execute on function app.purge() to authenticated;",
    good: "create schema app;
grant usage on schema app to authenticated;
create function app.purge() returns void language sql set search_path = '' as 'select';
revoke execute on function app.purge() from public;
grant execute on function app.purge() to authenticated;",
};

fn check(facts: &Facts, found: &mut Found) {
    for function in facts.functions().filter(|function| function.definer && !function.is_trigger && !function.public) {
        let roles: Vec<_> = function.execute.iter().filter(|role| !words::is_anonymous(role)).cloned().collect();
        if !roles.is_empty() {
            found.add(
                function.to_ref(),
                format!(
                    "{} may call {}, which runs with the rights of {}",
                    who(&roles),
                    function.qualified(),
                    Ident(&function.owner)
                ),
                "let it check who asks, or make it SECURITY INVOKER",
            );
        }
    }
}
