//! Functions with their owner's rights that everybody may call.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD028",
    name: "definer-function-public",
    severity: Severity::Error,
    description: "A SECURITY DEFINER function may be called by PUBLIC, which every function may be until somebody revokes it: \
                  whoever can use the schema acts with the owner's rights. Revoke EXECUTE from PUBLIC and grant it to the \
                  roles that need it.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create function app.purge() returns void language sql security definer set search_path = '' as 'select';",
    good: "create schema app;
grant usage on schema app to authenticated;
create function app.purge() returns void language sql security definer set search_path = '' as 'select';
revoke execute on function app.purge() from public;",
};

fn check(facts: &Facts, found: &mut Found) {
    for function in facts.functions().filter(|function| function.definer && !function.is_trigger) {
        if function.public && !function.execute.is_empty() {
            found.add(
                function.to_ref(),
                format!(
                    "PUBLIC may call {}, which runs with the rights of {}",
                    function.qualified(),
                    Ident(&function.owner)
                ),
                format!("revoke execute on {} {} from public", function.kind, function.qualified()),
            );
        }
    }
}
