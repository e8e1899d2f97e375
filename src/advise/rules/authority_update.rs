//! Columns of authority that an API role may write while no policy looks at them.

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD015",
    name: "authority-updatable",
    severity: Severity::Error,
    description: "An API role may update a column that says what somebody may do or whom a row belongs to (role, is_admin, \
                  plan, tenant_id, owner_id, lease_…), and no policy for UPDATE looks at that column in the new row: a member \
                  makes themselves admin, or moves a row to another tenant. Grant UPDATE on the other columns alone, or say \
                  in WITH CHECK what the column may become. A BEFORE UPDATE trigger that reads the new value counts too.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.members (id bigint primary key, user_id uuid, role text, nick text);
grant select, update on app.members to authenticated;
alter table app.members enable row level security;
create policy see on app.members for select to authenticated using (user_id = (select auth.uid()));
create policy edit on app.members for update to authenticated using (user_id = (select auth.uid()));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.members (id bigint primary key, user_id uuid, role text, nick text);
grant select, update (nick) on app.members to authenticated;
alter table app.members enable row level security;
create policy see on app.members for select to authenticated using (user_id = (select auth.uid()));
create policy edit on app.members for update to authenticated using (user_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for (table, column, roles) in unwatched(facts, Command::Update) {
        found.add(
            table.part("column", column),
            format!(
                "{} may update {}.{}, and no policy looks at what it becomes",
                who(&roles),
                table.qualified(),
                Ident(column)
            ),
            format!("grant UPDATE on the other columns alone, or compare {} in WITH CHECK", Ident(column)),
        );
    }
}

/// Columns of authority that roles may write through policies that do not look at them.
pub(super) fn unwatched(facts: &Facts, command: Command) -> Vec<(&Relation, &str, Vec<String>)> {
    let mut all = Vec::new();
    for table in facts.tables().filter(|table| table.rls) {
        for column in facts.columns(table).iter().filter(|column| !column.generated) {
            let name = column.name.as_str();
            let (right, tenant, owner) = (words::is_right(name), words::is_tenant(name), words::is_owner(name));
            let watched = match command {
                _ if is_guarded(facts, table, name, command) => continue,
                Command::Insert if right || tenant => false,
                Command::Update if right || tenant => false,
                Command::Update if owner => true,
                _ => continue,
            };
            let may = if command == Command::Insert { &column.insert } else { &column.update };
            let roles: Vec<String> = facts
                .callers()
                .iter()
                .filter(|role| may.contains(role) && passes(facts, table, role, name, command, watched))
                .cloned()
                .collect();
            if !roles.is_empty() {
                all.push((table, name, roles));
            }
        }
    }
    all
}

/// Whether a permissive policy lets a role write a column without any policy of that role looking at it. For a column that
/// names a person it is enough that the tenant is looked at.
fn passes(facts: &Facts, table: &Relation, role: &str, column: &str, command: Command, or_tenant: bool) -> bool {
    let policies: Vec<_> =
        facts.policies_of(table).filter(|policy| policy.is_for(command) && policy.applies(role)).collect();
    let new_row = |policy: &&&Policy| policy.check_expression.is_some() || policy.using_expression.is_some();
    let looks = |policy: &&Policy| {
        let Some(expression) = policy.check_expression.as_ref().or(policy.using_expression.as_ref()) else {
            return true;
        };
        expression.looks_at(column) || or_tenant && expression.columns().iter().any(|column| words::is_tenant(column))
    };
    if policies.iter().any(|policy| !policy.permissive && looks(policy)) {
        return false;
    }
    policies.iter().filter(|policy| policy.permissive).filter(new_row).any(|policy| {
        let expression = policy.check_expression.as_ref().or(policy.using_expression.as_ref());
        // What is true of every row is said by another rule.
        !looks(policy) && !expression.is_some_and(Expression::is_always_true)
    })
}

/// Whether a trigger reads the new value before it is written.
fn is_guarded(facts: &Facts, table: &Relation, column: &str, command: Command) -> bool {
    let new = format!("new.{}", column.to_lowercase());
    let of = |text: &str| {
        text.match_indices(&new).any(|(at, _)| {
            !text[at + new.len()..].chars().next().is_some_and(|next| next.is_alphanumeric() || next == '_')
        })
    };
    facts.triggers.iter().any(|trigger| {
        trigger.relation == table.oid
            && if command == Command::Insert { trigger.insert } else { trigger.update }
            && of(&trigger.text)
    })
}
