//! `timeout-misused`: A timeout that is zero is none.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN023",
        name: "timeout-misused",
        severity: Severity::Warning,
        description: "A timeout that is zero is none; a lock_timeout of more than a minute lets everybody queue for as\n\
        long; and one that is set after the statement that takes the lock comes too late for it.",
        bad: "set lock_timeout = 0;\n\
        select 1;",
        good: "set lock_timeout = '5s';\n\
        select 1;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Set(set) = site.action else { return };
    if !matches!(set.name.as_str(), "lock_timeout" | "statement_timeout") {
        return;
    }
    let Some(limit) = set.value.as_deref().and_then(milliseconds) else { return };
    let name = &set.name;
    if limit == 0 {
        found.say(site.span.clone(), format!("{name} = 0 means no limit"));
    } else if name == "lock_timeout" && limit > 60_000 {
        found.say(site.span.clone(), format!("a {name} of more than a minute lets everybody wait for as long"));
    } else if let Some(held) = site.past.held.first() {
        found.say(
            site.span.clone(),
            format!("{name} is set after line {} took {} on {}", held.line, held.mode, shown(&held.table)),
        );
    }
}

/// A duration as settings write it, in milliseconds.
fn milliseconds(value: &str) -> Option<u64> {
    let value = value.trim();
    let digits = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    let number: u64 = value[..digits].parse().ok()?;
    let unit = match value[digits..].trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    Some(number.saturating_mul(unit))
}
