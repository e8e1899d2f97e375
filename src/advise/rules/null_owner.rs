//! Policies that give rows without an owner to everybody.

use super::prelude::*;
use crate::advise::facts::Column;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD010",
    name: "null-is-everybody",
    severity: Severity::Warning,
    description: "A permissive policy lets rows through whose owner is null (`… or owner_id is null`): a row that lost its \
                  owner, by ON DELETE SET NULL or a slip, is everybody's. Say what is public in a column of its own. Where the \
                  column names a group, never becomes null by a deletion, and no API role may write it, null is more likely \
                  what everybody shares, and it is only noted.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, owner_id uuid);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy see on app.jobs for select to authenticated
  using (owner_id = (select auth.uid()) or owner_id is null);",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, owner_id uuid, is_public boolean not null default false);
grant select on app.jobs to authenticated;
alter table app.jobs enable row level security;
create policy see on app.jobs for select to authenticated
  using (owner_id = (select auth.uid()) or is_public);",
};

/// Worse where a row can lose its owner.
fn severity(facts: &Facts, table: &Relation, column: &Column) -> Severity {
    let lost = facts
        .foreign_keys
        .iter()
        .any(|key| key.relation == table.oid && key.sets_null && key.columns.contains(&column.number));
    let written = !column.insert.is_empty() || !column.update.is_empty();
    if words::is_owner(&column.name) || lost || written { Severity::Warning } else { Severity::Info }
}

fn check(facts: &Facts, found: &mut Found) {
    for (policy, table) in facts.managed_policies().filter(|(policy, _)| policy.permissive) {
        for expression in [&policy.using_expression, &policy.check_expression].into_iter().flatten() {
            let column = expression.alternatives().iter().find_map(|part| {
                let columns: Option<Vec<_>> = part.conditions().iter().map(Expression::null_column).collect();
                columns?.into_iter().next()
            });
            let column = column.and_then(|name| facts.columns(table).iter().find(|column| column.name == name));
            if let Some(column) = column
                && !column.not_null
                && (words::is_owner(&column.name) || words::is_tenant(&column.name))
            {
                found.add_as(
                    severity(facts, table, column),
                    facts.policy_ref(policy),
                    format!(
                        "policy {} on {} gives rows without {} to everybody",
                        Ident(&policy.name),
                        table.qualified(),
                        Ident(&column.name)
                    ),
                    "say in a column of its own what is public, or make the owner NOT NULL",
                );
                break;
            }
        }
    }
}
