//! Event triggers.
//!
//! Knows no connection and no other kind. The last of all kinds, so that none fires while a plan makes the others.

use super::firing::{self, Fires};
use super::{Alteration, Class, Ddl, Kind, Site, Steps};
use crate::base::{Ident, Literal};
use crate::model::{Attribute, Shape};

/// Event triggers.
pub(super) const KIND: Kind = Kind {
    shape: &SHAPE,
    query: include_str!("query.sql"),
    class: Class::PG_EVENT_TRIGGER,
    within: None,
    ddl: Ddl::new(address, create, drop, alter),
};

const SHAPE: Shape = Shape {
    name: "event trigger",
    plural: "event_triggers",
    attributes: &[
        Attribute::plain("event", "`ddl_command_start`, `ddl_command_end`, `table_rewrite`, `sql_drop`, `login`."),
        Attribute::plain("tags", "The commands that it is for; none is all."),
        Attribute::plain("function", "The function that it calls."),
        Attribute::plain("enabled", "When it fires, where it is not `origin`: `disabled`, `replica`, `always`.")
            .or("origin"),
        Attribute::plain("owner", "The role that owns it.").when_declared(),
        Attribute::plain("comment", "The comment.").when_declared(),
        Attribute::plain("security_labels", "Security labels by provider.").when_declared(),
    ],
    shorthand: None,
};

fn address(site: &Site) -> String {
    format!("EVENT TRIGGER {}", Ident(site.name()))
}

fn create(site: &Site, steps: &mut Steps) {
    let tags: Vec<_> = site.list("tags").into_iter().map(|tag| Literal(tag).to_string()).collect();
    let when = if tags.is_empty() { String::new() } else { format!(" WHEN TAG IN ({})", tags.join(", ")) };
    steps.run(format!(
        "CREATE {} ON {}{when} EXECUTE FUNCTION {}()",
        address(site),
        Ident(site.text("event").unwrap_or_default()),
        site.text("function").unwrap_or_default(),
    ));
    if site.value("enabled").is_some() {
        enable(site, steps);
    }
}

fn drop(site: &Site, steps: &mut Steps) {
    steps.run(format!("DROP {}", address(site)));
}

fn enable(site: &Site, steps: &mut Steps) {
    steps.run(format!("ALTER {} {}", address(site), firing::word(site, Fires::EventTrigger)));
}

/// Nothing but whether it is enabled can be changed.
fn alter(change: &mut Alteration, steps: &mut Steps) {
    if change.take("enabled") {
        enable(&change.after, steps);
    }
}
