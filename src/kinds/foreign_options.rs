//! `OPTIONS (…)` of foreign data wrappers, servers, user mappings, foreign tables and their columns.
//!
//! Knows no kind.

use super::{Alteration, Site};
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
    let (set, reset) = alteration.options(attribute);
    let old = alteration.before.map(attribute);
    let set = set.iter().map(|(name, value)| {
        let verb = if old.iter().any(|(other, _)| other == name) { "SET" } else { "ADD" };
        format!("{verb} {} {}", Ident(name), Literal(value))
    });
    let all: Vec<_> = reset.iter().map(|name| format!("DROP {}", Ident(name))).chain(set).collect();
    (!all.is_empty()).then(|| format!("OPTIONS ({})", all.join(", ")))
}

/// Whether an option that is set has a value which only the server knows.
pub(super) fn hides(site: &Site, attribute: &str) -> bool {
    site.map(attribute).iter().any(|(_, value)| *value == HIDDEN)
}
