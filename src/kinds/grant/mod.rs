//! What a role may do with an object; a NULL ACL is read as the default that it stands for.
//!
//! The grants on a relation and on its columns are changed together, because a REVOKE on the one reaches the others: the
//! first one that differs writes the statements for all of them.

use super::{Alteration, Class, Ddl, Kind, Site, Steps};
use crate::model::{Attribute, ObjectId, Shape};

mod acl;
mod settle;
mod target;
mod unit;

pub use settle::settle_grants;

/// The role that a grant is to, and what it is on where that is not what the grant is in: `sequence` of an identity column,
/// `type` of a relation's rows.
#[must_use]
pub fn grantee(id: &ObjectId, parent: &ObjectId) -> (String, Option<&'static str>) {
    let (role, via) = target::grantee(id, parent);
    let on = match via {
        target::Via::Object => None,
        target::Via::Sequence => Some("sequence"),
        target::Via::Type => Some("type"),
    };
    (role, on)
}

/// What a role may do with an object; a NULL ACL is read as the default that it stands for.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::NONE,
    within: None,
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "grant",
    plural: "grants",
    attributes: &[
        Attribute::set("privileges", "The privileges, such as SELECT."),
        Attribute::set("grantable", "Those that the grantee may hand on."),
        Attribute::plain("granted_by", "The privileges by grantor, where one of them is not the object's owner."),
        Attribute::set(
            "initial",
            "What the grantee may do if nobody says otherwise, on what only differences are shown of: row types, the \
             database, the server's and extensions' own objects.",
        )
        .when_declared(),
    ],
    shorthand: Some("privileges"),
};

/// Nothing can be said about a grant.
fn address(site: &Site) -> String {
    format!("GRANT {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    if target::deviates(site) {
        acl::deviate(site, steps);
    } else if unit::stands(site) && unit::leads(site) {
        unit::change(site, steps);
    }
}

fn drop(site: &Site, steps: &mut Steps) {
    if !unit::stands(site) {
        // It goes with the object, or the object is made anew without it.
        return;
    }
    if target::deviates(site) {
        acl::restore(site, steps);
    } else if unit::leads(site) {
        unit::change(site, steps);
    }
}

fn alter(alteration: &mut Alteration, steps: &mut Steps) {
    if alteration.take_any(&["privileges", "grantable", "granted_by", "initial"]) {
        create(&alteration.after, steps);
    }
}
