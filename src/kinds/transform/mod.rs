//! Transforms between SQL's types and a language's.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::model::ObjectId;
use crate::model::{Attribute, Shape};

/// Transforms between SQL's types and a language's.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_TRANSFORM,
    within: None,
    ddl: Ddl { rename: Some(rename), ..Ddl::new(address, create, drop, alter) },
};

const SHAPE: Shape = Shape {
    name: "transform",
    plural: "transforms",
    attributes: &[
        Attribute::plain("from_sql", "The function that gives a value to the language."),
        Attribute::plain("to_sql", "The function that takes a value from the language."),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("TRANSFORM {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    let way = |attribute, words| site.text(attribute).map(|function| format!("{words} SQL WITH FUNCTION {function}"));
    let ways: Vec<_> = way("from_sql", "FROM").into_iter().chain(way("to_sql", "TO")).collect();
    steps.run(format!("CREATE OR REPLACE {} ({})", address(site), ways.join(", ")));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

fn alter(change: &mut Alteration, steps: &mut Steps) {
    if change.take_any(&["from_sql", "to_sql"]) {
        create(&change.after, steps);
    }
}

/// Its name is that of its type and language, and changes with them.
fn rename(_: &Site, _: &ObjectId, _: &mut Steps) {}
