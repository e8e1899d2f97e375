//! Foreign keys that tell whether a hidden row is there.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD038",
    name: "foreign-key-oracle",
    severity: Severity::Warning,
    description: "Foreign keys are checked past row-level security. An API role that may insert any value of the referring \
                  column learns which rows are there of a table that its policies hide, and hangs its rows on those of \
                  others. Let the policy for INSERT look at the column, or put the tenant into the key so that both rows are \
                  of one tenant. References to tables of schemas that are not managed are not looked at.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
create table app.notes (id bigint primary key, user_id uuid, job_id bigint references app.jobs);
create index on app.notes (job_id);
grant select on app.jobs to authenticated;
grant select, insert on app.notes to authenticated;
alter table app.jobs enable row level security;
alter table app.notes enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));
create policy own on app.notes for select to authenticated using (user_id = (select auth.uid()));
create policy add on app.notes for insert to authenticated with check (user_id = (select auth.uid()));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.jobs (id bigint primary key, tenant_id uuid);
create table app.notes (id bigint primary key, user_id uuid, job_id bigint references app.jobs);
create index on app.notes (job_id);
grant select on app.jobs to authenticated;
grant select, insert on app.notes to authenticated;
alter table app.jobs enable row level security;
alter table app.notes enable row level security;
create policy own on app.jobs for select to authenticated using (tenant_id = (select auth.uid()));
create policy own on app.notes for select to authenticated using (user_id = (select auth.uid()));
create policy add on app.notes for insert to authenticated
  with check (user_id = (select auth.uid()) and exists (select from app.jobs j where j.id = notes.job_id));",
};

fn check(facts: &Facts, found: &mut Found) {
    for key in &facts.foreign_keys {
        let (Some(table), Some(parent)) = (facts.relation(key.relation), facts.relation(key.referenced)) else {
            continue;
        };
        if !table.rls || !parent.rls || !parent.managed || table.oid == parent.oid {
            continue;
        }
        let columns: Vec<_> =
            facts.columns(table).iter().filter(|column| key.columns.contains(&column.number)).collect();
        let roles: Vec<_> = facts
            .callers()
            .iter()
            .filter(|role| columns.iter().all(|column| column.insert.contains(role)))
            .filter(|role| hides(facts, parent, role) && unlooked(facts, table, role, &columns))
            .cloned()
            .collect();
        if !roles.is_empty() {
            found.add(
                table.part("constraint", &key.name),
                format!(
                    "{} can tell by foreign key {} of {} which rows of {} are there, past its policies",
                    who(&roles),
                    Ident(&key.name),
                    table.qualified(),
                    parent.qualified()
                ),
                "look at the column in WITH CHECK, or make the tenant a part of the key",
            );
        }
    }
}

/// Whether some rows of a table are hidden from a role.
fn hides(facts: &Facts, table: &Relation, role: &str) -> bool {
    !facts.policies_of(table).any(|policy| {
        policy.permissive
            && policy.is_for(Command::Select)
            && policy.applies(role)
            && policy.using_expression.as_ref().is_some_and(Expression::is_always_true)
    })
}

/// Whether a role may insert without a policy that looks at any of the columns. What is true of every row is said by
/// another rule, and is no less of an oracle.
fn unlooked(facts: &Facts, table: &Relation, role: &str, columns: &[&crate::advise::facts::Column]) -> bool {
    let policies: Vec<_> =
        facts.policies_of(table).filter(|policy| policy.is_for(Command::Insert) && policy.applies(role)).collect();
    let looks = |policy: &&Policy| {
        let expression = policy.check_expression.as_ref().or(policy.using_expression.as_ref());
        expression.is_none_or(|expression| {
            expression.is_always_true() || columns.iter().any(|column| expression.looks_at(&column.name))
        })
    };
    !policies.iter().any(|policy| !policy.permissive && looks(policy))
        && policies.iter().filter(|policy| policy.permissive).any(|policy| !looks(policy))
}
