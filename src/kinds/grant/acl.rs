//! An object's rights as a value, and the statements that lead from one to another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::{Risk, Site, Steps};
use super::target::{self, Target, Via};
use crate::base::Ident;
use crate::model::{Object, ObjectId};

/// Privileges, and of each whether it may be handed on.
pub(super) type Rights = BTreeMap<String, bool>;

/// Everyone's rights on one object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Acl {
    /// The owner's own, where they are not all there are.
    pub(super) owner: Option<Rights>,
    /// By grantor, none for the owner, and grantee.
    pub(super) others: BTreeMap<(Option<String>, String), Rights>,
}

/// What a role is called in GRANT.
pub(super) fn role(name: &str) -> String {
    if name == "public" { "PUBLIC".to_owned() } else { Ident(name).to_string() }
}

/// A grantee's privileges as they stand in a catalog.
pub(super) fn rights(object: &Object) -> Rights {
    let texts = |name: &str| -> BTreeSet<&str> {
        object.attrs.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let grantable = texts("grantable");
    texts("privileges").into_iter().map(|name| (name.to_owned(), grantable.contains(name))).collect()
}

/// Privileges that say for themselves whether they may be handed on.
fn marked<'a>(texts: impl Iterator<Item = &'a str>) -> Rights {
    texts
        .map(|text| match text.strip_suffix(" with grant option") {
            Some(name) => (name.to_owned(), true),
            None => (text.to_owned(), false),
        })
        .collect()
}

impl Acl {
    /// Reads what is granted on an object, or on one of the things that share its name.
    pub(super) fn read(site: &Site, on: &ObjectId, via: Via, owner: Option<&str>) -> Self {
        let mut acl = Self::default();
        for (id, object) in site.catalog.children(on).filter(|(id, _)| id.kind == "grant") {
            let (grantee, its) = target::grantee(id, on);
            if its != via {
                continue;
            }
            let by = object.attrs.get("granted_by").and_then(Value::as_object);
            for (grantor, listed) in by.into_iter().flatten() {
                let listed = marked(listed.as_array().into_iter().flatten().filter_map(Value::as_str));
                acl.add(Some(grantor), &grantee, owner, listed);
            }
            if by.is_none() {
                acl.add(None, &grantee, owner, rights(object));
            }
        }
        acl
    }

    fn add(&mut self, grantor: Option<&str>, grantee: &str, owner: Option<&str>, rights: Rights) {
        let grantor = grantor.filter(|grantor| Some(*grantor) != owner);
        if grantor.is_none() && Some(grantee) == owner {
            self.owner = Some(rights);
        } else {
            self.others.insert((grantor.map(str::to_owned), grantee.to_owned()), rights);
        }
    }

    /// What becomes of it when the object is given to another owner: what the old one granted, the new one has granted,
    /// and what the new one had been granted is part of what an owner has: all, but of a column by itself nothing.
    pub(super) fn given_to(&self, owner: &str, of_column: bool) -> Self {
        let mut acl = Self { owner: self.owner.clone(), others: BTreeMap::new() };
        for ((grantor, grantee), rights) in &self.others {
            let grantor = grantor.clone().filter(|grantor| grantor != owner);
            if grantee == owner && grantor.is_none() {
                if of_column {
                    acl.owner.get_or_insert_default();
                }
                if let Some(own) = &mut acl.owner {
                    join(own, rights);
                }
            } else {
                join(acl.others.entry((grantor, grantee.clone())).or_default(), rights);
            }
        }
        acl
    }

    /// How far from the owner a grantor's rights to grant come.
    fn depth(&self, grantor: Option<&str>) -> usize {
        let mut depth = 0;
        let mut next = grantor;
        while let Some(role) = next {
            depth += 1;
            let from =
                self.others.iter().find(|((_, grantee), rights)| grantee == role && rights.values().any(|on| *on));
            next = from.and_then(|((grantor, _), _)| grantor.as_deref());
            if depth > self.others.len() {
                break;
            }
        }
        depth
    }

    /// Writes what leads from it to another. A REVOKE of a table's rights takes its columns' too; what was revoked so is
    /// in `revoked`.
    pub(super) fn change_to(
        &self,
        after: &Self,
        target: &Target,
        owner: Option<&str>,
        revoked: &mut Vec<Revoked>,
        steps: &mut Steps,
    ) {
        self.change_owner(after, target, owner, revoked, steps);
        let none = Rights::new();
        let keys: BTreeSet<_> = self.others.keys().chain(after.others.keys()).collect();
        let mut grants = Vec::new();
        let mut revokes = Vec::new();
        for key in keys {
            let old = self.others.get(key).unwrap_or(&none);
            let new = after.others.get(key).unwrap_or(&none);
            let (grantor, grantee) = (key.0.as_deref(), key.1.as_str());
            let (give, take) = difference(old, new);
            for (end, names) in give {
                let sql = target.statement("GRANT", &names, &format!("TO {}{end}", role(grantee)));
                grants.push((after.depth(grantor), grantor, sql));
            }
            for (verb, names) in take {
                let sql = target.statement(verb, &names, &format!("FROM {}", role(grantee)));
                revokes.push((usize::MAX - self.depth(grantor), grantor, sql));
                revoked.extend(names.iter().map(|name| Revoked {
                    grantor: key.0.clone(),
                    grantee: grantee.to_owned(),
                    privilege: (*name).to_owned(),
                    whole: verb == "REVOKE",
                }));
            }
        }
        // What is granted comes first, so that nobody lacks in between what they have before and after.
        for mut statements in [grants, revokes] {
            statements.sort_by_key(|(depth, _, _)| *depth);
            for (_, grantor, sql) in statements {
                run(grantor, sql, steps);
            }
        }
    }

    fn change_owner(
        &self,
        after: &Self,
        target: &Target,
        owner: Option<&str>,
        revoked: &mut Vec<Revoked>,
        steps: &mut Steps,
    ) {
        let Some(owner) = owner.filter(|_| self.owner != after.owner) else { return };
        let whole = |steps: &mut Steps| {
            run(None, target.statement("REVOKE", &["ALL"], &format!("FROM {}", role(owner))), steps);
        };
        let none = Rights::new();
        if let Target::Column(..) = target {
            // Of a column, an owner has nothing unless it is said.
            let (old, new) = (self.owner.as_ref().unwrap_or(&none), after.owner.as_ref().unwrap_or(&none));
            return change_rights(old, new, target, owner, steps);
        }
        let Some(new) = &after.owner else {
            if self.owner.as_ref().is_some_and(|old| old.values().any(|grantable| *grantable)) {
                whole(steps);
            }
            return run(None, target.statement("GRANT", &["ALL"], &format!("TO {}", role(owner))), steps);
        };
        let old = match &self.owner {
            Some(old) => old,
            None => {
                // All there are is for the server to know: later versions have more.
                whole(steps);
                revoked.extend(COLUMN_PRIVILEGES.iter().map(|name| Revoked {
                    grantor: None,
                    grantee: owner.to_owned(),
                    privilege: (*name).to_owned(),
                    whole: true,
                }));
                &none
            }
        };
        change_rights(old, new, target, owner, steps);
    }

    /// Takes from a column's rights what a REVOKE on its table took.
    pub(super) fn without(&mut self, revoked: &[Revoked]) {
        for Revoked { grantor, grantee, privilege, whole } in revoked {
            let Some(rights) = self.others.get_mut(&(grantor.clone(), grantee.clone())) else { continue };
            if *whole {
                rights.remove(privilege);
            } else if let Some(grantable) = rights.get_mut(privilege) {
                *grantable = false;
            }
        }
    }
}

/// Writes what leads from the owner's own rights to others.
fn change_rights(old: &Rights, new: &Rights, target: &Target, owner: &str, steps: &mut Steps) {
    let (give, take) = difference(old, new);
    for (end, names) in give {
        run(None, target.statement("GRANT", &names, &format!("TO {}{end}", role(owner))), steps);
    }
    for (verb, names) in take {
        run(None, target.statement(verb, &names, &format!("FROM {}", role(owner))), steps);
    }
}

/// The privileges that a column can have.
const COLUMN_PRIVILEGES: &[&str] = &["INSERT", "REFERENCES", "SELECT", "UPDATE"];

/// A privilege taken on a table.
#[derive(Debug, Clone)]
pub(super) struct Revoked {
    grantor: Option<String>,
    grantee: String,
    privilege: String,
    /// The privilege itself, or only that it may be handed on.
    whole: bool,
}

fn join(rights: &mut Rights, more: &Rights) {
    for (name, grantable) in more {
        *rights.entry(name.clone()).or_default() |= grantable;
    }
}

/// What to grant, by the end of the statement, and what to revoke, by its beginning.
type Difference<'a> = (Vec<(&'static str, Vec<&'a str>)>, Vec<(&'static str, Vec<&'a str>)>);

fn difference<'a>(old: &'a Rights, new: &'a Rights) -> Difference<'a> {
    let pick = |from: &'a Rights, keep: &dyn Fn(&str, bool) -> bool| -> Vec<&'a str> {
        from.iter().filter(|(name, grantable)| keep(name, **grantable)).map(|(name, _)| name.as_str()).collect()
    };
    let plain = pick(new, &|name, grantable| !grantable && !old.contains_key(name));
    let option = pick(new, &|name, grantable| grantable && old.get(name) != Some(&true));
    let gone = pick(old, &|name, _| !new.contains_key(name));
    let kept = pick(old, &|name, grantable| grantable && new.get(name) == Some(&false));
    let some =
        |list: Vec<(&'static str, Vec<&'a str>)>| list.into_iter().filter(|(_, names)| !names.is_empty()).collect();
    (
        some(vec![("", plain), (" WITH GRANT OPTION", option)]),
        some(vec![("REVOKE", gone), ("REVOKE GRANT OPTION FOR", kept)]),
    )
}

/// Adds a statement, run as the grantor where that is not the owner: nobody can grant in another's name.
pub(super) fn run(grantor: Option<&str>, sql: String, steps: &mut Steps) {
    if let Some(grantor) = grantor {
        steps.run(format!("SET LOCAL ROLE {}", Ident(grantor)));
    }
    steps.run(sql).risk(Risk::ChangesAccess);
    if grantor.is_some() {
        steps.run("RESET ROLE");
    }
}

/// Gives a role what it shall have where only differences are shown, whatever it has.
pub(super) fn deviate(site: &Site, steps: &mut Steps) {
    replace(site, rights(site.object), steps);
}

/// Gives a role back what it had in the beginning.
pub(super) fn restore(site: &Site, steps: &mut Steps) {
    replace(site, marked(site.list("initial").into_iter()), steps);
}

fn replace(site: &Site, rights: Rights, steps: &mut Steps) {
    let Some(parent) = &site.object.parent else { return };
    let (grantee, via) = target::grantee(site.id, parent);
    let target = target::of(site, parent, via);
    let all = Rights::new();
    run(None, target.statement("REVOKE", &["ALL"], &format!("FROM {}", role(&grantee))), steps);
    for (end, names) in difference(&all, &rights).0 {
        run(None, target.statement("GRANT", &names, &format!("TO {}{end}", role(&grantee))), steps);
    }
}
