//! What a role grants on objects that it will make.
//!
//! Knows no connection and no other kind.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// What a role grants on objects that it will make.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_DEFAULT_ACL,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "default privilege",
    plural: "default_privileges",
    attributes: &[
        Attribute::plain("privileges", "The privileges by grantee."),
        Attribute::plain("grantable", "Those that the grantee may hand on, by grantee."),
    ],
    shorthand: Some("privileges"),
};

/// Privileges, and of each whether it may be handed on, by grantee; none for all that there are.
type Rights = BTreeMap<String, Option<BTreeMap<String, bool>>>;

/// The objects that it is about and the role that makes them, as its name says them: `tables of alice`.
fn parts<'a>(site: &Site<'a>) -> (&'a str, &'a str) {
    site.name().split_once(" of ").unwrap_or((site.name(), ""))
}

/// What `ALTER DEFAULT PRIVILEGES` begins with.
fn address(site: &Site) -> String {
    let schema = match site.id.path.as_slice() {
        [schema, _] => format!(" IN SCHEMA {}", Ident(schema)),
        _ => String::new(),
    };
    format!("DEFAULT PRIVILEGES FOR ROLE {}{schema}", Ident(parts(site).1))
}

/// What holds where nobody said anything: in a schema nothing, elsewhere what is built in.
fn built_in(site: &Site) -> Rights {
    let (what, role) = parts(site);
    let mut rights = Rights::new();
    if site.id.path.len() == 1 {
        rights.insert(role.to_owned(), None);
        let public = match what {
            "functions" => Some("EXECUTE"),
            "types" => Some("USAGE"),
            _ => None,
        };
        if let Some(privilege) = public {
            rights.insert("public".to_owned(), Some(BTreeMap::from([(privilege.to_owned(), false)])));
        }
    }
    rights
}

fn rights(site: &Site) -> Rights {
    let lists = |attribute: &str| -> BTreeMap<&str, BTreeSet<&str>> {
        let map = site.value(attribute).and_then(Value::as_object);
        let texts = |value| Value::as_array(value).into_iter().flatten().filter_map(Value::as_str).collect();
        map.into_iter().flatten().map(|(grantee, list)| (grantee.as_str(), texts(list))).collect()
    };
    let grantable = lists("grantable");
    let may_hand_on = |grantee: &str, name: &str| grantable.get(grantee).is_some_and(|names| names.contains(name));
    let mut rights: Rights = lists("privileges")
        .into_iter()
        .map(|(grantee, names)| {
            let names = names.into_iter().map(|name| (name.to_owned(), may_hand_on(grantee, name))).collect();
            (grantee.to_owned(), Some(names))
        })
        .collect();
    if site.id.path.len() == 1 {
        // The role's own full set is left out.
        rights.entry(parts(site).1.to_owned()).or_insert(None);
    }
    rights
}

fn create(site: &Site, steps: &mut Steps) {
    change(site, &built_in(site), &rights(site), steps);
}

fn drop(site: &Site, steps: &mut Steps) {
    // With a schema go the default privileges in it.
    if site.object.parent.as_ref().is_none_or(|schema| site.world.after.objects.contains_key(schema)) {
        change(site, &rights(site), &built_in(site), steps);
    }
}

fn alter(alteration: &mut Alteration, steps: &mut Steps) {
    if alteration.take_any(&["privileges", "grantable"]) {
        change(&alteration.after, &rights(&alteration.before), &rights(&alteration.after), steps);
    }
}

fn change(site: &Site, before: &Rights, after: &Rights, steps: &mut Steps) {
    let nothing = Some(BTreeMap::new());
    let grantees: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for grantee in grantees {
        let old = before.get(grantee).unwrap_or(&nothing);
        let new = after.get(grantee).unwrap_or(&nothing);
        let mut run = |verb: &str, names: &[&str], preposition: &str, end: &str| {
            if !names.is_empty() {
                let role = if grantee == "public" { "PUBLIC".to_owned() } else { Ident(grantee).to_string() };
                let what = parts(site).0.to_uppercase();
                let names = names.join(", ");
                let sql = format!("ALTER {} {verb} {names} ON {what} {preposition} {role}{end}", address(site));
                steps.run(sql).risk(Risk::ChangesAccess);
            }
        };
        let (old, new) = match (old, new) {
            (old, new) if old == new => continue,
            (_, None) => {
                run("REVOKE", &["ALL"], "FROM", "");
                run("GRANT", &["ALL"], "TO", "");
                continue;
            }
            (None, Some(new)) => {
                // All there are is for the server to know: later versions have more.
                run("REVOKE", &["ALL"], "FROM", "");
                (BTreeMap::new(), new)
            }
            (Some(old), Some(new)) => (old.clone(), new),
        };
        let pick = |from: &BTreeMap<String, bool>, keep: &dyn Fn(&str, bool) -> bool| -> Vec<String> {
            from.iter().filter(|(name, on)| keep(name, **on)).map(|(name, _)| name.clone()).collect()
        };
        for (verb, names, preposition, end) in [
            ("GRANT", pick(new, &|name, on| !on && !old.contains_key(name)), "TO", ""),
            ("GRANT", pick(new, &|name, on| on && old.get(name) != Some(&true)), "TO", " WITH GRANT OPTION"),
            ("REVOKE", pick(&old, &|name, _| !new.contains_key(name)), "FROM", ""),
            ("REVOKE GRANT OPTION FOR", pick(&old, &|name, on| on && new.get(name) == Some(&false)), "FROM", ""),
        ] {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            run(verb, &names, preposition, end);
        }
    }
}
