//! Domains; their checks are of kind `constraint`.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Lock, Risk, Site, Step, Steps, locking, swap};
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
        if site.flag("not_null") { format!(" {}", not_null(site)) } else { String::new() },
    ));
}

/// NOT NULL, with the constraint's name where it is not the one that the server gives.
fn not_null(site: &Site) -> String {
    let named = site.children("constraint").find(|constraint| constraint.text("type") == Some("not null"));
    named.map_or("NOT NULL".to_owned(), |named| format!("CONSTRAINT {} NOT NULL", Ident(named.name())))
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
            let not_null = not_null(&after);
            let action = if not_null.starts_with("CONSTRAINT ") { "ADD" } else { "SET" };
            swap::as_texts(&change.before, steps, |steps| {
                let step = steps.run(format!("ALTER {} {action} {not_null}", address(&after)));
                locking::lock_columns_of(&after, after.id, Lock::Share, step);
                checks(step);
            });
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
