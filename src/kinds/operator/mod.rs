//! Operators.
//!
//! Knows no connection and no other kind.

use super::write::{arguments, definition};
use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::base::{Ident, parse_path};
use crate::model::ObjectId;
use crate::model::{Attribute, Shape};

/// Operators.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_OPERATOR,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl { rename: Some(rename), ..Ddl::new(address, create, drop, alter) },
};

const SHAPE: Shape = Shape {
    name: "operator",
    plural: "operators",
    attributes: &[
        Attribute::plain("function", "The function behind it."),
        Attribute::plain("commutator", "The operator that gives the same with its operands exchanged."),
        Attribute::plain("negator", "The operator that gives the opposite."),
        Attribute::plain("restrict", "The function that estimates how many rows it selects."),
        Attribute::plain("join", "The function that estimates how many rows it joins."),
        Attribute::plain("hashes", "Whether it can be used in a hash join."),
        Attribute::plain("merges", "Whether it can be used in a merge join."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    let (left, right) = operands(site);
    format!("OPERATOR {} ({left}, {right})", name(site))
}

/// The name without the operands.
fn name(site: &Site) -> String {
    let id = ObjectId::new("operator", &site.id.path[..site.id.path.len().min(2)]);
    id.qualified()
}

/// The types of the operands, `NONE` for the left one of a prefix operator.
fn operands<'a>(site: &Site<'a>) -> (&'a str, &'a str) {
    match arguments(site.id.path.last().map_or("", String::as_str))[..] {
        [left, right] => (left, right),
        _ => ("NONE", "NONE"),
    }
}

fn create(site: &Site, steps: &mut Steps) {
    let (left, right) = operands(site);
    let other = |attribute| site.text(attribute).map(|other| format!("OPERATOR({other})"));
    let part = |attribute| site.text(attribute).map(str::to_owned);
    let switch = |attribute| site.flag(attribute).then(|| "true".to_owned());
    steps.run(definition(
        &format!("CREATE OPERATOR {}", name(site)),
        &[
            ("FUNCTION", part("function")),
            ("LEFTARG", (left != "NONE").then(|| left.to_owned())),
            ("RIGHTARG", Some(right.to_owned())),
            ("COMMUTATOR", other("commutator")),
            ("NEGATOR", other("negator")),
            ("RESTRICT", part("restrict")),
            ("JOIN", part("join")),
            ("HASHES", switch("hashes")),
            ("MERGES", switch("merges")),
        ],
    ));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
    // What was only mentioned by it would stay behind, seen by nobody.
    for other in others(site).into_iter().flatten() {
        if site.at(&other).is_none() && other.path != site.id.path {
            let (name, operands) = other.path.split_at(2);
            let operator = ObjectId::new("operator", name).qualified();
            steps.run(format!("DROP OPERATOR IF EXISTS {operator} {}", operands.concat()));
        }
    }
}

/// Its commutator and its negator.
fn others(site: &Site) -> [Option<ObjectId>; 2] {
    let (left, right) = operands(site);
    let find = |attribute, operands: String| {
        let mut path = parse_symbol(site.text(attribute)?)?;
        path.push(operands);
        Some(ObjectId::new("operator", path))
    };
    [find("commutator", format!("({right}, {left})")), find("negator", format!("({left}, {right})"))]
}

/// The schema and the sign of `ops.+`.
fn parse_symbol(text: &str) -> Option<Vec<String>> {
    let at = text.rfind('.')?;
    let mut path = parse_path(&text[..at]).ok()?;
    path.push(text[at + 1..].to_owned());
    Some(path)
}

fn alter(change: &mut Alteration, steps: &mut Steps) {
    // Only the estimators can be changed in every version.
    let estimator = |attribute| format!("{} = {}", attribute, change.after.text(attribute).unwrap_or("NONE"));
    let (restrict, join) = (estimator("restrict"), estimator("join"));
    let set: Vec<_> = [("restrict", restrict), ("join", join)]
        .into_iter()
        .filter_map(|(attribute, text)| change.take(attribute).then_some(text))
        .collect();
    if !set.is_empty() {
        steps.run(format!("ALTER {} SET ({})", address(&change.after), set.join(", ")));
    }
    let (before, after) = (others(&change.before), others(&change.after));
    for (attribute, old, new) in [("commutator", &before[0], &after[0]), ("negator", &before[1], &after[1])] {
        // Making or removing the other one changes this one too.
        let goes = old.as_ref().is_none_or(|old| change.before.at(old).is_some() && !change.after.stands(old));
        let comes = new.as_ref().is_none_or(|new| change.after.at(new).is_some() && !change.after.stands(new));
        if change.differs(attribute) && goes && comes {
            change.take(attribute);
        }
    }
}

/// It has no name but its sign, which can't be changed; its operands' types change with them.
fn rename(site: &Site, to: &ObjectId, steps: &mut Steps) {
    if let (Some(old), Some(new)) = (site.id.schema(), to.schema())
        && old != new
    {
        steps.run(format!("ALTER {} SET SCHEMA {}", address(site), Ident(new)));
    }
    if site.name() != to.name() {
        steps.recreate("an operator can't be given another name");
    }
}
