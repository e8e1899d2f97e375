//! Options as SQL writes them: storage parameters, options of columns and of foreign data.
//!
//! Writes text; knows no kind.

use crate::base::{Ident, Literal, Lock, Path};

/// One storage parameter's name: `fillfactor`, `toast.autovacuum_enabled`.
fn name(option: &str) -> String {
    match option.split_once('.') {
        Some((space, name)) => Path(&[space, name]).to_string(),
        None => Ident(option).to_string(),
    }
}

/// Storage parameters with values: `fillfactor='70', toast.autovacuum_enabled='off'`.
pub(super) fn assignments(options: &[(&str, &str)]) -> String {
    let each = options.iter().map(|(option, value)| format!("{}={}", name(option), Literal(value)));
    each.collect::<Vec<_>>().join(", ")
}

/// The names of storage parameters alone.
pub(super) fn names(options: &[&str]) -> String {
    options.iter().map(|option| name(option)).collect::<Vec<_>>().join(", ")
}

/// ` WITH (…)`, or nothing.
pub(super) fn with(options: &[(&str, &str)]) -> String {
    if options.is_empty() { String::new() } else { format!(" WITH ({})", assignments(options)) }
}

/// What sets and resets storage parameters, each behind the beginning of an ALTER: `SET (…)`, `RESET (…)`.
pub(super) fn changes((set, reset): &(Vec<(&str, &str)>, Vec<&str>)) -> Vec<String> {
    let mut all = Vec::new();
    if !set.is_empty() {
        all.push(format!("SET ({})", assignments(set)));
    }
    if !reset.is_empty() {
        all.push(format!("RESET ({})", names(reset)));
    }
    all
}

/// The lock that a change of a table's storage parameters takes: most concern later writes alone.
pub(super) fn lock(clause: &str) -> Lock {
    // As the server's table of options has it (reloptions.c).
    if clause.contains("user_catalog_table") { Lock::AccessExclusive } else { Lock::ShareUpdateExclusive }
}

/// Options for foreign data that change from one list to another: `ADD a 'x', SET b 'y', DROP c`.
pub(super) fn foreign_changes(before: &[(&str, &str)], after: &[(&str, &str)]) -> String {
    let old = |name: &str| before.iter().find(|(other, _)| *other == name);
    let mut all = Vec::new();
    for (name, value) in after {
        match old(name) {
            None => all.push(format!("ADD {} {}", Ident(name), Literal(value))),
            Some((_, same)) if same == value => {}
            Some(_) => all.push(format!("SET {} {}", Ident(name), Literal(value))),
        }
    }
    let kept = |name: &str| after.iter().any(|(other, _)| *other == name);
    all.extend(before.iter().filter(|(name, _)| !kept(name)).map(|(name, _)| format!("DROP {}", Ident(name))));
    all.join(", ")
}
