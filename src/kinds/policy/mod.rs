//! Row-level security policies.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Lock, Risk, Site, Step, Steps};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// Row-level security policies.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_POLICY,
    within: Some(Class::PG_CLASS),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "policy",
    plural: "policies",
    attributes: &[
        Attribute::plain("permissive", "False for a restrictive policy.").or("true"),
        Attribute::plain("command", "The command that it is for: ALL, SELECT, INSERT, UPDATE, DELETE."),
        Attribute::set("roles", "The roles that it is for; `public` is everyone."),
        Attribute::expression("using", "Which rows are seen."),
        Attribute::expression("with_check", "Which rows may be written."),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("POLICY {} ON {}", Ident(site.name()), site.parent_sql())
}

/// What every statement about a policy does.
fn touches(site: &Site, step: &mut Step) {
    if let Some(table) = site.object.parent.as_ref().filter(|table| site.stands(table)) {
        step.lock(Lock::AccessExclusive, table).risk(Risk::ChangesAccess);
    }
}

fn roles(site: &Site) -> String {
    // No role can be called public.
    let name = |name: &&str| if *name == "public" { "PUBLIC".to_owned() } else { Ident(name).to_string() };
    format!(" TO {}", site.list("roles").iter().map(name).collect::<Vec<_>>().join(", "))
}

fn condition(site: &Site, attribute: &str) -> String {
    let word = if attribute == "using" { "USING" } else { "WITH CHECK" };
    site.text(attribute).map(|text| format!(" {word} ({text})")).unwrap_or_default()
}

fn create(site: &Site, steps: &mut Steps) {
    let kind = if site.flag_or_true("permissive") { "" } else { " AS RESTRICTIVE" };
    let step = steps.run(format!(
        "CREATE {}{kind} FOR {}{}{}{}",
        address(site),
        site.text("command").unwrap_or("ALL"),
        roles(site),
        condition(site, "using"),
        condition(site, "with_check"),
    ));
    touches(site, step);
}

fn drop(site: &Site, steps: &mut Steps) {
    touches(site, steps.run(format!("DROP {}", address(site))));
}

/// Roles and conditions can be exchanged; a condition can't be taken away.
fn alter(change: &mut Alteration, steps: &mut Steps) {
    let after = change.after;
    if change.differs("permissive") || change.differs("command") {
        return steps.recreate("a policy's command, and whether it permits or restricts, can't be changed");
    }
    let mut clauses = String::new();
    if change.take("roles") {
        clauses += &roles(&after);
    }
    for attribute in ["using", "with_check"] {
        if change.take(attribute) {
            if after.text(attribute).is_none() {
                return steps.recreate("a policy's condition can't be taken away");
            }
            clauses += &condition(&after, attribute);
        }
    }
    if !clauses.is_empty() {
        touches(&after, steps.run(format!("ALTER {}{clauses}", address(&after))));
    }
}
