//! Domains; their checks are of kind `constraint`.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Step, Steps, swap};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// Domains; their checks are of kind `constraint`.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_TYPE,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "domain",
    plural: "domains",
    attributes: &[
        Attribute::plain("type", "The type it is over, with its modifier."),
        Attribute::plain("collation", "The collation, where it is not the type's own."),
        Attribute::plain("not_null", "Whether it forbids NULL."),
        Attribute::expression("default", "The default."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: Some("type"),
};

fn address(site: &Site) -> String {
    format!("DOMAIN {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let part = |words: &str, attribute| site.text(attribute).map(|text| format!("{words}{text}")).unwrap_or_default();
    steps.run(format!(
        "CREATE {} AS {}{}{}{}",
        address(site),
        site.text("type").unwrap_or_default(),
        part(" COLLATE ", "collation"),
        part(" DEFAULT ", "default"),
        if site.flag("not_null") { " NOT NULL" } else { "" },
    ));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

fn alter(change: &mut Alteration, steps: &mut Steps) {
    if change.differs("type") || change.differs("collation") {
        return swap::replace(change, steps, &KIND);
    }
    let after = change.after;
    if change.take("default") {
        let action = after.text("default").map_or("DROP DEFAULT".to_owned(), |text| format!("SET DEFAULT {text}"));
        steps.run(format!("ALTER {} {action}", address(&after)));
    }
    if change.take("not_null") {
        if after.flag("not_null") {
            checks(steps.run(format!("ALTER {} SET NOT NULL", address(&after))));
        } else {
            steps.run(format!("ALTER {} DROP NOT NULL", address(&after)));
        }
    }
}

/// Says that a statement reads every column of the domain, under a lock that writers wait for.
fn checks(step: &mut Step) {
    step.risk(Risk::Scans)
        .risk(Risk::FailsOnRows)
        .note("reads every table that has a column of the domain, and writers of these tables wait");
}

/// Adds a constraint of a domain, whose text is as `pg_get_constraintdef` writes it.
pub(super) fn add_constraint(constraint: &Site, definition: &str, steps: &mut Steps) {
    let sql =
        format!("ALTER DOMAIN {} ADD CONSTRAINT {} {definition}", constraint.parent_sql(), Ident(constraint.name()));
    let step = steps.run(sql);
    if constraint.parent_stands() && !definition.ends_with(" NOT VALID") {
        checks(step);
    }
}

/// Checks what was there before a constraint of a domain that is not valid yet.
pub(super) fn validate_constraint(constraint: &Site, steps: &mut Steps) {
    let name = Ident(constraint.name());
    let step = steps.run(format!("ALTER DOMAIN {} VALIDATE CONSTRAINT {name}", constraint.parent_sql()));
    if constraint.parent_stands() {
        checks(step);
    }
}

/// Removes a constraint of a domain.
pub(super) fn drop_constraint(constraint: &Site, steps: &mut Steps) {
    let name = Ident(constraint.name());
    steps.run(format!("ALTER DOMAIN {} DROP CONSTRAINT {name}", constraint.parent_sql()));
}

/// Gives a constraint of a domain another name.
pub(super) fn rename_constraint(constraint: &Site, to: &str, steps: &mut Steps) {
    let name = Ident(constraint.name());
    steps.run(format!("ALTER DOMAIN {} RENAME CONSTRAINT {name} TO {}", constraint.parent_sql(), Ident(to)));
}

/// What `COMMENT ON` calls a constraint of a domain.
pub(super) fn constraint_address(constraint: &Site) -> String {
    format!("CONSTRAINT {} ON DOMAIN {}", Ident(constraint.name()), constraint.parent_sql())
}
