//! Who can do what after a change that could not before it, in a sentence each: rights, owners, policies, and whose rights
//! are asked for.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::base::Ident;
use crate::kinds;
use crate::model::{Catalog, Object, ObjectId};

/// The kind that says what a role may do.
pub(super) const GRANT: &str = "grant";

/// What a switch says when it is on and when it is off, by kind and attribute.
const SWITCHES: &[(&str, &str, &str, &str)] = &[
    (
        "table",
        "row_level_security",
        "roles other than the owner can read and write only the rows that a policy allows them",
        "whoever has a privilege can use it on all rows: no policy is asked",
    ),
    ("table", "force_row_level_security", "the owner is held to the policies too", "the owner is held to no policy"),
    (
        "function",
        "security_definer",
        "it runs with the rights of its owner, whoever calls it",
        "it runs with the rights of whoever calls it",
    ),
    (
        "procedure",
        "security_definer",
        "it runs with the rights of its owner, whoever calls it",
        "it runs with the rights of whoever calls it",
    ),
    (
        "view",
        "security_invoker",
        "the rights and policies of whoever reads it count, and its owner's no more",
        "the rights and policies of its owner count, whoever reads it",
    ),
];

/// What a change of an object, of which each catalog has one state or none, does to what roles can do. Empty where it does
/// nothing to that, or nothing that could be said in a few words. What goes with its object is no news.
pub(super) fn changes(id: &ObjectId, before: &Catalog, after: &Catalog) -> Vec<String> {
    let (old, new) = (before.objects.get(id), after.objects.get(id));
    if id.kind == GRANT {
        return grant(id, before, after);
    }
    let Some(new) = new else {
        let gone = old.filter(|old| id.kind == "policy" && stays(old, after));
        return gone.map(|old| policy(old, false)).into_iter().collect();
    };
    let attr = |object: Option<&Object>, name: &str| object.and_then(|object| object.attrs.get(name)).cloned();
    let mut told = Vec::new();
    for (_, name, on, off) in SWITCHES.iter().filter(|(kind, ..)| *kind == id.kind) {
        let is_on = |object| attr(object, name) == Some(Value::Bool(true));
        match (is_on(old), is_on(Some(new))) {
            (false, true) => told.push((*on).to_owned()),
            (true, false) => told.push((*off).to_owned()),
            _ => {}
        }
    }
    if let (Some(Value::String(was)), Some(Value::String(is))) = (attr(old, "owner"), attr(Some(new), "owner"))
        && was != is
    {
        told.push(format!("{} can do everything with it now, as its owner, and {} no longer", Ident(&is), Ident(&was)));
    }
    if id.kind == "policy" {
        match old {
            None => told.push(policy(new, true)),
            Some(old) => {
                let differs = ["permissive", "command", "roles", "using", "with_check"];
                if differs.iter().any(|name| attr(Some(old), name) != attr(Some(new), name)) {
                    told.push(policy(old, false));
                    told.push(policy(new, true));
                }
            }
        }
    }
    told
}

/// Whether what an object is in is there afterwards.
fn stays(object: &Object, after: &Catalog) -> bool {
    object.parent.as_ref().is_some_and(|parent| after.objects.contains_key(parent))
}

/// What a policy lets roles do, or keeps them to.
fn policy(policy: &Object, holds: bool) -> String {
    let text = |name: &str| policy.attrs.get(name).and_then(Value::as_str);
    let roles = policy.attrs.get("roles").and_then(Value::as_array).into_iter().flatten();
    let roles: Vec<_> = roles.filter_map(|role| Some(Ident(role.as_str()?).to_string())).collect();
    let command = match text("command") {
        None | Some("ALL") => "read and write",
        Some("SELECT") => "read",
        Some("INSERT") => "insert",
        Some("UPDATE") => "update",
        Some(_) => "delete",
    };
    let rows = match (text("using"), text("with_check")) {
        (Some("true"), None | Some("true")) | (None, Some("true")) => "all rows".to_owned(),
        (Some(using), Some(check)) if using != check => format!("rows where {using}, if they are {check} afterwards"),
        (Some(rows), _) | (None, Some(rows)) => format!("rows where {rows}"),
        (None, None) => "no rows".to_owned(),
    };
    let roles = if roles.is_empty() { "public".to_owned() } else { roles.join(", ") };
    let is_restrictive = policy.attrs.get("permissive") == Some(&Value::Bool(false));
    let can = match (is_restrictive, holds) {
        (false, true) => format!("can now {command} {rows}"),
        (false, false) => format!("can no longer {command} {rows}"),
        (true, true) => format!("can now {command} only {rows}"),
        (true, false) => format!("can {command} more than {rows} now"),
    };
    format!("{roles} {can}, as far as privileges and other policies go")
}

/// What a role can do now that it could not, and the other way round.
fn grant(id: &ObjectId, before: &Catalog, after: &Catalog) -> Vec<String> {
    let (old, new) = (before.objects.get(id), after.objects.get(id));
    let Some((grant, on)) = new.or(old).and_then(|grant| Some((grant, grant.parent.as_ref()?))) else {
        return Vec::new();
    };
    if before.objects.contains_key(on) && !stays(grant, after) {
        return Vec::new();
    }
    let listed = |grant: &Object, name: &str| -> BTreeSet<String> {
        let listed = grant.attrs.get(name).and_then(Value::as_array).into_iter().flatten();
        // What it started with may say that it can be handed on.
        listed.filter_map(|one| Some(one.as_str()?.trim_end_matches(" with grant option").to_owned())).collect()
    };
    // Where only differences from a start are shown, what is not shown is as at the start.
    let privileges = |grant: Option<&Object>, other: Option<&Object>| match (grant, other) {
        (Some(grant), _) => listed(grant, "privileges"),
        (None, Some(other)) => listed(other, "initial"),
        (None, None) => BTreeSet::new(),
    };
    let (had, has) = (privileges(old, new), privileges(new, old));
    let (role, part) = kinds::grantee(id, on);
    let role = Ident(&role).to_string();
    let of = part.map(|part| format!(" on its {part}")).unwrap_or_default();
    let tell = |how: &str, some: Vec<&String>| {
        let some: Vec<_> = some.into_iter().map(String::as_str).collect();
        (!some.is_empty()).then(|| format!("{role} {how} {}{of}", some.join(", ")))
    };
    let gained = tell("can now", has.difference(&had).collect());
    let told: Vec<_> = gained.into_iter().chain(tell("can no longer", had.difference(&has).collect())).collect();
    if told.is_empty() {
        return vec![format!("{role} may hand on other privileges than before{of}")];
    }
    told
}
