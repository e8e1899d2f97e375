//! Rewrite rules of tables and views; the rule that is a view's query is the view's.
//!
//! Knows no connection and no other kind.

use super::firing::{self, Fires};
use super::{Alteration, Class, Ddl, Kind, Lock, Risk, Site, Step, Steps};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// Rewrite rules.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_REWRITE,
    within: Some(Class::PG_CLASS),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "rule",
    plural: "rules",
    attributes: &[
        Attribute::plain("event", "INSERT, UPDATE or DELETE."),
        Attribute::plain("definition", "What follows on the table's name: the condition, and what is done."),
        Attribute::plain("enabled", "When it applies, where it is not `origin`: `disabled`, `replica`, `always`.")
            .or("origin"),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("RULE {} ON {}", Ident(site.name()), site.parent_sql())
}

fn locks<'s>(site: &Site, step: &'s mut Step) -> &'s mut Step {
    match site.object.parent.as_ref().filter(|table| site.stands(table)) {
        Some(table) => step.lock(Lock::AccessExclusive, table),
        None => step,
    }
}

fn write(site: &Site, verb: &str, steps: &mut Steps) {
    let step = steps.run(format!(
        "{verb} RULE {} AS ON {} TO {}{}",
        Ident(site.name()),
        site.text("event").unwrap_or_default(),
        site.parent_sql(),
        site.text("definition").unwrap_or_default(),
    ));
    locks(site, step).risk_if(site.parent_stands(), Risk::Breaks);
}

fn create(site: &Site, steps: &mut Steps) {
    write(site, "CREATE", steps);
    if site.value("enabled").is_some() {
        enable(site, steps);
    }
}

fn drop(site: &Site, steps: &mut Steps) {
    locks(site, steps.run(format!("DROP {}", address(site)))).risk(Risk::Breaks);
}

fn enable(site: &Site, steps: &mut Steps) {
    let word = firing::word(site, Fires::Rule);
    let step = steps.run(format!("ALTER TABLE ONLY {} {word} {}", site.parent_sql(), Ident(site.name())));
    locks(site, step);
}

fn alter(change: &mut Alteration, steps: &mut Steps) {
    if change.take_any(&["event", "definition"]) {
        write(&change.after, "CREATE OR REPLACE", steps);
    }
    if change.take("enabled") {
        enable(&change.after, steps);
    }
}
