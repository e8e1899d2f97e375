//! When triggers, rules and event triggers fire: what ALTER says for it.
//!
//! Writes text; reads the attribute `enabled`.

use super::Site;

/// What fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fires {
    Trigger,
    Rule,
    EventTrigger,
}

/// `ENABLE REPLICA TRIGGER`; without the last word for an event trigger.
pub(super) fn word(site: &Site, fires: Fires) -> String {
    let state = match site.text("enabled") {
        Some("disabled") => "DISABLE",
        Some("replica") => "ENABLE REPLICA",
        Some("always") => "ENABLE ALWAYS",
        _ => "ENABLE",
    };
    match fires {
        Fires::Trigger => format!("{state} TRIGGER"),
        Fires::Rule => format!("{state} RULE"),
        Fires::EventTrigger => state.to_owned(),
    }
}
