//! The rights of an object that a plan makes: exact, whatever the default privileges of the role that makes it.

use std::collections::BTreeSet;

use super::super::{Site, Steps};
use super::acl::{self, Acl, Rights};
use super::target::{self, RELATIONS, Target, Via};
use super::unit;
use crate::model::{Catalog, Object, ObjectId};

/// Gives an object just made the rights that it shall have.
///
/// Where no default privileges are about such objects, before or after, it begins with what is built in; where there are
/// some, nobody knows which role runs the plan, so everything that they could have given is taken first. The grants on an
/// object that is made write nothing themselves, so this has to be asked for each.
pub fn settle_grants(site: &Site, steps: &mut Steps) {
    let kind = site.id.kind.as_str();
    if kind == "column" {
        let Some(table) = &site.object.parent else { return };
        if !RELATIONS.contains(&table.kind.as_str()) {
            return;
        }
        let owner = unit::owner(site.catalog, table);
        settle(site, Via::Object, owner, steps);
        if site.object.attrs.contains_key("identity") {
            settle(site, Via::Sequence, owner, steps);
        }
    } else if can_have_grants(kind) {
        settle(site, Via::Object, site.object.attrs.get("owner").and_then(|owner| owner.as_str()), steps);
    }
}

fn can_have_grants(kind: &str) -> bool {
    RELATIONS.contains(&kind)
        || matches!(
            kind,
            "schema"
                | "sequence"
                | "function"
                | "procedure"
                | "aggregate"
                | "language"
                | "foreign data wrapper"
                | "foreign server"
        )
        || target::is_type(kind)
}

fn settle(site: &Site, via: Via, owner: Option<&str>, steps: &mut Steps) {
    let wanted = Acl::read(site, site.id, via, owner);
    let target = target::of(site, site.id, via);
    let kind = site.id.kind.as_str();
    let mut now = Acl::default();
    if let Some(privilege) = target::of_public(kind, via) {
        now.others.insert((None, "public".to_owned()), Rights::from([(privilege.to_owned(), false)]));
    }
    let mut given = by_default(site, via);
    if kind == "schema" && site.name() == "public" {
        // Every database has it from the start, with rights for everyone.
        given.get_or_insert_default().insert("public".to_owned());
    }
    if let Some(roles) = given {
        let others: BTreeSet<&str> = roles
            .iter()
            .map(String::as_str)
            .chain(["public"])
            .filter(|role| Some(*role) != owner && *role != CREATOR)
            .collect();
        let names: Vec<String> = others.into_iter().map(acl::role).collect();
        take_all(&target, &names.join(", "), steps);
        now.others.clear();
        if let Some(owner) = owner.filter(|owner| roles.contains(*owner) || roles.contains(CREATOR)) {
            take_all(&target, &acl::role(owner), steps);
            now.owner = Some(Rights::new());
        }
    }
    now.change_to(&wanted, &target, owner, &mut Vec::new(), steps);
}

fn take_all(target: &Target, from: &str, steps: &mut Steps) {
    acl::run(None, target.statement("REVOKE", &["ALL"], &format!("FROM {from}")), steps);
}

/// Stands for the role that makes an object: no role can have this name.
const CREATOR: &str = "";

/// Whom default privileges could have given something on an object, in one catalog or the other; none where there are no
/// default privileges for its like.
fn by_default(site: &Site, via: Via) -> Option<BTreeSet<String>> {
    let like = target::default_privileges_of(&site.id.kind, via)?;
    let schema = if site.id.kind == "schema" { None } else { site.id.schema() };
    let everywhere = vec![format!("{like} of ")];
    let in_schema = schema.map(|schema| vec![schema.to_owned(), format!("{like} of ")]);
    let mut found: Option<BTreeSet<String>> = None;
    for catalog in [site.world.before, site.world.after] {
        for (role, object) in
            [Some(&everywhere), in_schema.as_ref()].into_iter().flatten().flat_map(|path| named(catalog, path))
        {
            let roles = found.get_or_insert_default();
            let grantees = object.attrs.get("privileges").and_then(|map| map.as_object());
            for grantee in grantees.into_iter().flat_map(|map| map.keys()) {
                roles.insert(if grantee == role { CREATOR.to_owned() } else { grantee.clone() });
                roles.insert(grantee.clone());
            }
        }
    }
    found
}

/// The default privileges whose path begins like this, with the role that they are of. Looked up, since this is asked for
/// everything that a plan makes.
fn named<'a>(catalog: &'a Catalog, begin: &'a [String]) -> impl Iterator<Item = (&'a str, &'a Object)> {
    let (name, schema) = begin.split_last().map_or(("", &[][..]), |(name, schema)| (name.as_str(), schema));
    catalog
        .objects
        .range(ObjectId::new("", begin)..)
        .map_while(move |(id, object)| {
            let role = id.path.get(schema.len())?.strip_prefix(name).filter(|_| id.path.starts_with(schema))?;
            Some((id, role, object))
        })
        .filter(move |(id, _, _)| id.kind == "default privilege" && id.path.len() == schema.len() + 1)
        .map(|(_, role, object)| (role, object))
}
