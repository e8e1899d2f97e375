//! A plan as SQL text: to be read in a review, and to be run as it stands.

use std::collections::BTreeSet;

use super::{Group, Plan, Planned};
use crate::base::{Ident, Lock};
use crate::model::Catalog;

/// The settings under which a plan's statements mean what they shall: names and values are written as introspection
/// reads them, and bodies of functions are not looked into, since what they name may come later.
const SESSION: &[&str] = &[
    "SET timezone = 'UTC'",
    "SET datestyle = 'ISO, MDY'",
    "SET intervalstyle = 'postgres'",
    "SET standard_conforming_strings = on",
    "SET check_function_bodies = off",
];

/// The settings for a plan, of which there is one that says where functions look for what they name without a schema.
#[must_use]
pub fn session(schemas: &[String]) -> Vec<String> {
    let path: String = schemas.iter().map(|schema| format!("{}, ", Ident(schema))).collect();
    let path = format!("SET search_path = pg_catalog, {path}pg_temp");
    std::iter::once(path).chain(SESSION.iter().map(|setting| (*setting).to_owned())).collect()
}

/// The schemas of catalogs, `public` first, as it usually is: where functions look for what they name without one.
#[must_use]
pub fn schemas(catalogs: &[&Catalog]) -> Vec<String> {
    let ids = catalogs.iter().flat_map(|catalog| catalog.objects.keys());
    let names: BTreeSet<&str> = ids.filter(|id| id.kind == "schema").map(|id| id.name()).collect();
    let (public, others): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|name| *name == "public");
    public.into_iter().chain(others).map(str::to_owned).collect()
}

/// How long a statement waits, as SQL writes a duration: `3s`.
#[derive(Debug, Clone)]
pub struct Timeouts {
    /// For a lock, `lock_timeout`. A statement that waits for one makes all that come after it wait too.
    pub lock: String,
    /// In all, `statement_timeout`; for statements in transactions. Builds and checks that block nobody have none.
    pub statement: String,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { lock: "3s".to_owned(), statement: "60s".to_owned() }
    }
}

/// Writes a plan. Each statement has what it does above it.
#[must_use]
pub fn write_plan(plan: &Plan, timeouts: &Timeouts) -> String {
    let mut text = String::new();
    if plan.is_empty() {
        return text;
    }
    if !plan.schemas.is_empty() {
        text.push_str("-- Functions look here for what they name without a schema.\n");
    }
    for setting in session(&plan.schemas) {
        text.push_str(&format!("{setting};\n"));
    }
    text.push_str(&format!("SET lock_timeout = '{}';\n", timeouts.lock));
    let mut limited = None;
    for group in &plan.groups {
        text.push('\n');
        let limit = if group.transaction && !group.checks_apart() { &timeouts.statement } else { "0" };
        if limited != Some(limit) {
            text.push_str(&format!("SET statement_timeout = '{limit}';\n"));
            limited = Some(limit);
        }
        write_group(group, &mut text);
    }
    text
}

/// Writes a plan's statements alone, each with what it does above it: for a migration, whose runner has transactions and
/// timeouts of its own.
#[must_use]
pub fn write_statements(plan: &Plan) -> String {
    let mut text = String::new();
    for group in &plan.groups {
        write_group(&Group { transaction: false, steps: group.steps.clone() }, &mut text);
    }
    text
}

fn write_group(group: &Group, text: &mut String) {
    if group.transaction {
        text.push_str("BEGIN;\n");
    }
    for Planned { step, .. } in &group.steps {
        for line in describe(step) {
            text.push_str(&format!("-- {}\n", one_line(&line)));
        }
        text.push_str(&format!("{};\n", step.sql));
    }
    if group.transaction {
        text.push_str("COMMIT;\n");
    }
}

/// A text as a comment may hold it: a line feed in a name would end the comment.
pub(super) fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// What is locked by each lock, in the order that the locks are first named in.
#[must_use]
pub fn by_lock<'a>(locks: impl IntoIterator<Item = &'a (Lock, String)>) -> Vec<(Lock, Vec<&'a str>)> {
    let mut found: Vec<(Lock, Vec<&str>)> = Vec::new();
    for (lock, on) in locks {
        match found.iter_mut().find(|(known, _)| known == lock) {
            Some((_, all)) if all.contains(&on.as_str()) => {}
            Some((_, all)) => all.push(on),
            None => found.push((*lock, vec![on])),
        }
    }
    found
}

/// Names what is locked in a few words: a table may have hundreds of partitions.
#[must_use]
pub fn several(names: &[&str]) -> String {
    match names {
        [first, rest @ ..] if rest.len() > 2 => format!("{first} and {} more", rest.len()),
        few => few.join(", "),
    }
}

/// What a statement does, in lines.
fn describe(step: &crate::kinds::Step) -> Vec<String> {
    let locks = by_lock(&step.locks).into_iter().map(|(lock, on)| format!("locks {} ({})", several(&on), lock.name()));
    let risks = step.risks.iter().map(|risk| risk.phrase().to_owned());
    let does: Vec<String> = locks.chain(risks).collect();
    let note = step.note.iter().flat_map(|note| note.lines()).map(str::to_owned);
    (!does.is_empty()).then(|| does.join("; ")).into_iter().chain(note).collect()
}
