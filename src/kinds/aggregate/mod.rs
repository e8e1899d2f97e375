//! Aggregates: normal, ordered-set and hypothetical-set.
//!
//! Knows no connection and no other kind.

use super::write::definition;
use super::{Alteration, Class, Ddl, Kind, Risk, Site, Steps};
use crate::base::Path;
use crate::model::{Attribute, Shape};

/// Aggregates.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_PROC,
    within: Some(Class::PG_NAMESPACE),
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "aggregate",
    plural: "aggregates",
    attributes: &[
        Attribute::plain("arguments", "The arguments with names and modes; none is `*`."),
        Attribute::plain("sort", "`ordered-set` or `hypothetical-set`, where it is not a normal one."),
        Attribute::plain("state_function", "The function that adds a row to the state."),
        Attribute::plain("state_type", "The type of the state."),
        Attribute::plain("state_size", "The estimated bytes of the state, where given."),
        Attribute::plain("final", "The function that makes the result of the state."),
        Attribute::plain("final_extra", "Whether that function gets the arguments too."),
        Attribute::plain("final_modify", "What that function does to the state, where it is not what is usual."),
        Attribute::plain("initial", "The state to begin with, as SQL writes it."),
        Attribute::plain("combine", "The function that makes one state of two."),
        Attribute::plain("serialize", "The function that writes the state for another process."),
        Attribute::plain("deserialize", "The function that reads it there."),
        Attribute::plain("moving_state_function", "The same for a moving window: adds a row."),
        Attribute::plain("moving_inverse", "Takes a row away again from the state of a moving window."),
        Attribute::plain("moving_state_type", "The type of a moving window's state."),
        Attribute::plain("moving_state_size", "The estimated bytes of a moving window's state, where given."),
        Attribute::plain("moving_final", "Makes the result of a moving window's state."),
        Attribute::plain("moving_final_extra", "Whether that function gets the arguments too."),
        Attribute::plain("moving_final_modify", "What that does to the state, where it is not what is usual."),
        Attribute::plain("moving_initial", "The state of a moving window to begin with, as SQL writes it."),
        Attribute::plain("sort_operator", "The operator that finds the result in an index, as for min and max."),
        Attribute::plain("parallel", "`safe` or `restricted`, where it is not unsafe.").or("unsafe"),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};

/// An aggregate is called by all its arguments, with what stands before and after ORDER BY.
fn address(site: &Site) -> String {
    let name = Path(&site.id.path[..site.id.path.len().min(2)]);
    format!("AGGREGATE {name}({})", site.text("arguments").unwrap_or("*"))
}

fn write(site: &Site, verb: &str) -> String {
    let part = |attribute| site.text(attribute).map(str::to_owned);
    let switch = |attribute| site.flag(attribute).then(|| "true".to_owned());
    let hypothetical = site.text("sort") == Some("hypothetical-set");
    let mut sql = definition(
        &format!("{verb} {}", address(site)),
        &[
            ("SFUNC", part("state_function")),
            ("STYPE", part("state_type")),
            ("SSPACE", site.number("state_size")),
            ("FINALFUNC", part("final")),
            ("FINALFUNC_EXTRA", switch("final_extra")),
            ("FINALFUNC_MODIFY", part("final_modify")),
            ("COMBINEFUNC", part("combine")),
            ("SERIALFUNC", part("serialize")),
            ("DESERIALFUNC", part("deserialize")),
            ("INITCOND", part("initial")),
            ("MSFUNC", part("moving_state_function")),
            ("MINVFUNC", part("moving_inverse")),
            ("MSTYPE", part("moving_state_type")),
            ("MSSPACE", site.number("moving_state_size")),
            ("MFINALFUNC", part("moving_final")),
            ("MFINALFUNC_EXTRA", switch("moving_final_extra")),
            ("MFINALFUNC_MODIFY", part("moving_final_modify")),
            ("MINITCOND", part("moving_initial")),
            ("SORTOP", part("sort_operator")),
            ("PARALLEL", part("parallel")),
        ],
    );
    if hypothetical {
        sql.truncate(sql.len() - 1);
        sql += ", HYPOTHETICAL)";
    }
    sql
}

fn create(site: &Site, steps: &mut Steps) {
    steps.run(write(site, "CREATE"));
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

/// It can be replaced while the type of its result, its sort and the names of its arguments stay.
fn alter(change: &mut Alteration, steps: &mut Steps) {
    if ["arguments", "sort", "state_type", "final"].iter().any(|attribute| change.differs(attribute)) {
        return steps
            .recreate("an aggregate's arguments, its sort and what decides the type of its result can't be changed");
    }
    let generic = ["owner", "comment", "security_labels"];
    let differing: Vec<&str> = change.pending().filter(|name| !generic.contains(name)).collect();
    if !differing.is_empty() {
        differing.iter().for_each(|name| _ = change.take(name));
        steps.run(write(&change.after, "CREATE OR REPLACE"));
    }
}
