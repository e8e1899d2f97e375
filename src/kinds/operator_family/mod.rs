//! Operator families, with the members that belong to no class.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::model::{Attribute, Shape};

/// Operator families, with the members that belong to no class.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_OPFAMILY,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "operator family",
    plural: "operator_families",
    attributes: &[
        Attribute::plain("operators", "The operators by strategy and types."),
        Attribute::plain("functions", "The support functions by number and types."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("OPERATOR FAMILY {}", site.sql())
}

fn create(site: &Site, steps: &mut Steps) {
    steps.run(format!("CREATE {}", address(site)));
    add(site, &site.map("operators"), &site.map("functions"), steps);
}

fn add(site: &Site, operators: &[(&str, &str)], functions: &[(&str, &str)], steps: &mut Steps) {
    if !operators.is_empty() || !functions.is_empty() {
        steps.run(format!("ALTER {} ADD {}", address(site), members(operators, functions).join(", ")));
    }
}

/// The members as `CREATE OPERATOR CLASS` and `ALTER OPERATOR FAMILY` list them.
pub(super) fn members(operators: &[(&str, &str)], functions: &[(&str, &str)]) -> Vec<String> {
    let operators = operators.iter().map(|(at, operator)| {
        // The types are the operator's own.
        let strategy = at.split(' ').next().unwrap_or_default();
        format!("OPERATOR {strategy} {operator}")
    });
    operators.chain(functions.iter().map(|(at, function)| format!("FUNCTION {at} {function}"))).collect()
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

fn alter(change: &mut Alteration, steps: &mut Steps) {
    let before = change.before;
    let mut changed = |attribute: &str| {
        let (set, mut gone) = change.options(attribute);
        let old = before.map(attribute);
        gone.extend(set.iter().filter(|(at, _)| old.iter().any(|(known, _)| known == at)).map(|(at, _)| *at));
        (set, gone)
    };
    let (operators, old_operators) = changed("operators");
    let (functions, old_functions) = changed("functions");
    let gone = old_operators.iter().map(|at| format!("OPERATOR {at}"));
    let gone: Vec<_> = gone.chain(old_functions.iter().map(|at| format!("FUNCTION {at}"))).collect();
    if !gone.is_empty() {
        steps.run(format!("ALTER {} DROP {}", address(&before), gone.join(", "))).risk(Risk::Breaks);
    }
    add(&change.after, &operators, &functions, steps);
}
