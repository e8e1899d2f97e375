//! Policies that believe what users say about themselves.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD041",
    name: "user-metadata-in-policy",
    severity: Severity::Error,
    description: "A policy, or a function that it calls, reads `user_metadata` of the token (`raw_user_meta_data`), which users \
                  edit themselves. Whoever writes another tenant's id into theirs is let through. Use `app_metadata`, or look \
                  the membership up.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id text);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated
  using (tenant_id = ((select auth.jwt()) -> 'user_metadata' ->> 'tenant_id'));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id text);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy own on app.jobs for select to authenticated
  using (tenant_id = ((select auth.jwt()) -> 'app_metadata' ->> 'tenant_id'));",
};

const WORDS: [&str; 2] = ["user_metadata", "raw_user_meta_data"];

fn check(facts: &Facts, found: &mut Found) {
    for (policy, table) in facts.managed_policies() {
        let mut expressions = [&policy.using_expression, &policy.check_expression].into_iter().flatten();
        let in_function = || {
            let mut functions = policy.calls.iter().filter_map(|oid| facts.function(*oid));
            functions.find(|function| WORDS.iter().any(|word| function.body.contains(word)))
        };
        let how = match (expressions.any(|expression| expression.mentions(&WORDS)), in_function()) {
            (true, _) => String::new(),
            (false, Some(function)) => format!(" in {}", function.qualified()),
            (false, None) => continue,
        };
        found.add(
            facts.policy_ref(policy),
            format!(
                "policy {} on {} reads user_metadata{how}, which users edit themselves",
                Ident(&policy.name),
                table.qualified()
            ),
            "read app_metadata, or look the membership up in a table",
        );
    }
}
