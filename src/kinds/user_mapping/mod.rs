//! User mappings: as whom a role acts on a foreign server. Secrets stay on the server: that one is set is read, not what
//! it is.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps, foreign_options};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// User mappings.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_USER_MAPPING,
    within: Some(Class::PG_FOREIGN_SERVER),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "user mapping",
    plural: "user_mappings",
    attributes: &[Attribute::plain(
        "options",
        "Options by name. A password, token or key is read as `(hidden)`: a change of its value can't be seen.",
    )],
    shorthand: Some("options"),
};

const REPLACE: &str = "pgward does not know the values of hidden options: write them in place of '(hidden)'";

fn address(site: &Site) -> String {
    let role = match site.name() {
        "public" => "PUBLIC".to_owned(),
        name => Ident(name).to_string(),
    };
    format!("USER MAPPING FOR {role} SERVER {}", site.parent_sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let step = steps.run(format!("CREATE {}{}", address(site), foreign_options::clause(site, "options")));
    step.risk(Risk::ChangesAccess);
    if foreign_options::hides(site, "options") {
        step.note(REPLACE);
    }
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::ChangesAccess).risk(Risk::Breaks);
}

fn alter(alteration: &mut Alteration, steps: &mut Steps) {
    if let Some(options) = foreign_options::change(alteration, "options") {
        let hides = options.contains(foreign_options::HIDDEN);
        let step = steps.run(format!("ALTER {} {options}", address(&alteration.after)));
        step.risk(Risk::ChangesAccess);
        if hides {
            step.note(REPLACE);
        }
    }
}
