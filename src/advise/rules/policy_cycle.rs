//! Policies that read tables whose policies read them back.

use std::collections::BTreeSet;

use super::prelude::*;

pub(super) static RULE: Rule = Rule { code: &CODE, check };

static CODE: Code = Code {
    code: "AD014",
    name: "policy-cycle",
    severity: Severity::Error,
    description: "A policy reads a table whose own policies lead back to the first: every query fails with `infinite recursion \
                  detected in policy` (42P17). Put the look-up into a SECURITY DEFINER function that a role owns to which the \
                  policies do not apply. Dependencies are the server's own, with views read as the caller and bodies of \
                  invoker functions looked through.",
    bad: "create schema app;
grant usage on schema app to authenticated;
create table app.members (team_id bigint, user_id uuid, primary key (team_id, user_id));
grant select on app.members to authenticated;
alter table app.members enable row level security;
create policy see on app.members for select to authenticated using (
  exists (select from app.members m where m.team_id = members.team_id and m.user_id = (select auth.uid())));",
    good: "create schema app;
grant usage on schema app to authenticated;
create table app.members (team_id bigint, user_id uuid, primary key (team_id, user_id));
grant select on app.members to authenticated;
alter table app.members enable row level security;
create policy see on app.members for select to authenticated using (user_id = (select auth.uid()));",
};

fn check(facts: &Facts, found: &mut Found) {
    for table in facts.tables().filter(|table| table.rls) {
        for policy in facts.policies_of(table) {
            let path = rewritten(facts, policy, table).or_else(|| called(facts, policy, table));
            if let Some(path) = path {
                let way = path.iter().filter_map(|oid| facts.relation(*oid)).map(Relation::qualified);
                found.add(
                    facts.policy_ref(policy),
                    format!(
                        "policy {} on {} leads back to it: {} → {}",
                        Ident(&policy.name),
                        table.qualified(),
                        table.qualified(),
                        way.collect::<Vec<_>>().join(" → ")
                    ),
                    "look up in a SECURITY DEFINER function with a pinned search_path, and call that in the policy",
                );
            }
        }
    }
}

/// The way from a policy to what the server refuses when it rewrites the query: a table whose policies are being put in
/// already, if those for SELECT have any sub-select.
fn rewritten(facts: &Facts, policy: &Policy, home: &Relation) -> Option<Vec<i64>> {
    let mut open: Vec<Vec<i64>> = policy.reads.iter().map(|oid| vec![*oid]).collect();
    while let Some(path) = open.pop() {
        let (last, before) = path.split_last()?;
        let Some(relation) = facts.relation(*last) else { continue };
        let next: Vec<i64> = match relation.kind {
            'v' if relation.invoker && !before.contains(last) => relation.reads.clone(),
            'r' | 'p' if relation.rls => {
                let policies: Vec<_> =
                    facts.policies_of(relation).filter(|policy| policy.is_for(Command::Select)).collect();
                if !policies
                    .iter()
                    .any(|policy| policy.using_expression.as_ref().is_some_and(Expression::has_subselect))
                {
                    continue;
                }
                if relation.oid == home.oid {
                    return Some(path);
                }
                if before.contains(last) {
                    // A cycle of others, which is reported where it is.
                    continue;
                }
                policies.iter().flat_map(|policy| policy.reads.iter().copied()).collect()
            }
            _ => continue,
        };
        open.extend(next.into_iter().map(|oid| path.iter().copied().chain([oid]).collect()));
    }
    None
}

/// The way from a policy for SELECT back to its table, where it leads through functions that run as who asks: then it goes
/// on until the stack is full.
fn called(facts: &Facts, policy: &Policy, home: &Relation) -> Option<Vec<i64>> {
    if !policy.is_for(Command::Select) {
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut open: Vec<Vec<i64>> = read_by(facts, policy).into_iter().map(|oid| vec![oid]).collect();
    while let Some(path) = open.pop() {
        let last = *path.last()?;
        if last == home.oid {
            return Some(path);
        }
        let Some(relation) = facts.relation(last).filter(|_| seen.insert(last)) else { continue };
        let next: Vec<i64> = match relation.kind {
            'v' if relation.invoker => relation.reads.clone(),
            'r' | 'p' if relation.rls => facts
                .policies_of(relation)
                .filter(|policy| policy.is_for(Command::Select))
                .flat_map(|policy| read_by(facts, policy))
                .collect(),
            _ => Vec::new(),
        };
        open.extend(next.into_iter().map(|oid| path.iter().copied().chain([oid]).collect()));
    }
    None
}

/// What a policy reads, itself and in functions that run as who asks.
fn read_by(facts: &Facts, policy: &Policy) -> Vec<i64> {
    let mut found = policy.reads.clone();
    for function in policy.calls.iter().filter_map(|oid| facts.function(*oid)) {
        if function.definer || !matches!(function.language.as_str(), "sql" | "plpgsql") {
            continue;
        }
        let body = function.body.to_lowercase();
        let named = facts.tables().filter(|table| {
            let name = table.qualified().to_lowercase();
            body.match_indices(&name).any(|(at, _)| {
                let after = body[at + name.len()..].chars().next();
                !after.is_some_and(|next| next.is_alphanumeric() || next == '_')
            })
        });
        found.extend(named.map(|table| table.oid));
    }
    found
}
