//! Languages that functions can be written in.
//!
//! Knows no connection and no other kind.

use super::{Alteration, Class, Ddl, Kind, Risk, Site, Step, Steps};
use crate::base::Ident;
use crate::model::{Attribute, Shape};

/// Languages that functions can be written in.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_LANGUAGE,
    within: None,
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "language",
    plural: "languages",
    attributes: &[
        Attribute::plain("trusted", "Whether roles that are no superusers may use it."),
        Attribute::plain("handler", "The function that calls functions."),
        Attribute::plain("inline", "The function that runs DO blocks."),
        Attribute::plain("validator", "The function that checks functions as they are made."),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("LANGUAGE {}", Ident(site.name()))
}

fn create(site: &Site, steps: &mut Steps) {
    write(site, "CREATE", steps);
}

fn write<'a>(site: &Site, verb: &str, steps: &'a mut Steps) -> &'a mut Step {
    let function = |attribute: &str| {
        site.text(attribute).map(|name| format!(" {} {name}", attribute.to_uppercase())).unwrap_or_default()
    };
    steps.run(format!(
        "{verb} {}LANGUAGE {}{}{}{}",
        if site.flag("trusted") { "TRUSTED " } else { "" },
        Ident(site.name()),
        function("handler"),
        function("inline"),
        function("validator"),
    ))
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site))).risk(Risk::Breaks);
}

fn alter(change: &mut Alteration, steps: &mut Steps) {
    if change.take_any(&["trusted", "handler", "inline", "validator"]) {
        let trust = change.before.flag("trusted") != change.after.flag("trusted");
        write(&change.after, "CREATE OR REPLACE", steps).risk_if(trust, Risk::ChangesAccess);
    }
}
