//! `OPTIONS (…)` of foreign data wrappers, servers, user mappings, foreign tables and their columns.
//!
//! Knows no kind.

use super::{Alteration, Site, parameters};
use crate::base::{Ident, Literal};

/// What a secret option's value is read as: the value itself never leaves the server.
pub(super) const HIDDEN: &str = "(hidden)";

/// ` OPTIONS (host 'a', port 'b')`, or nothing where none is set.
pub(super) fn clause(site: &Site, attribute: &str) -> String {
    let options: Vec<_> =
        site.map(attribute).iter().map(|(name, value)| format!("{} {}", Ident(name), Literal(value))).collect();
    if options.is_empty() { String::new() } else { format!(" OPTIONS ({})", options.join(", ")) }
}

/// `OPTIONS (ADD a 'x', SET b 'y', DROP c)` for what differs, or none. Takes the attribute.
pub(super) fn change(alteration: &mut Alteration, attribute: &str) -> Option<String> {
    if !alteration.take(attribute) {
        return None;
    }
    let changes = parameters::foreign_changes(&alteration.before.map(attribute), &alteration.after.map(attribute));
    (!changes.is_empty()).then(|| format!("OPTIONS ({changes})"))
}

/// Whether an option that is set has a value which only the server knows.
pub(super) fn hides(site: &Site, attribute: &str) -> bool {
    site.map(attribute).iter().any(|(_, value)| *value == HIDDEN)
}
