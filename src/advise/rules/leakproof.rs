//! Functions that claim to tell nothing.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD036",
    name: "leakproof-function",
    severity: Severity::Warning,
    description: "A function is marked LEAKPROOF: the server may run it on rows before a policy decides about them. Unless it \
                  gives nothing away about its arguments, by error messages, notices or time, what policies hide leaks.",
    bad: "create schema app;
create function app.is_even(n integer) returns boolean language sql immutable leakproof set search_path = '' as 'select n % 2 = 0';",
    good: "create schema app;
create function app.is_even(n integer) returns boolean language sql immutable set search_path = '' as 'select n % 2 = 0';",
};

fn check(facts: &Facts, found: &mut Found) {
    for function in facts.functions().filter(|function| function.leakproof) {
        found.add(
            function.to_ref(),
            format!("{} is LEAKPROOF: it may see rows before a policy decides about them", function.qualified()),
            format!("alter function {} not leakproof", function.qualified()),
        );
    }
}
