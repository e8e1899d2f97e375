//! `sequence-values`: Numbers that come from the sequence change.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::{Action, Change, Name};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN087",
        name: "sequence-values",
        severity: Severity::Warning,
        description: "Numbers that come from the sequence change: numbers that were given already may come again and fail\n\
        on a unique key.",
        bad: "alter sequence numbers restart with 1;",
        good: "alter sequence numbers owned by none;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    let sequence = match site.action {
        Action::Alter(alter) if alter.kind == "sequence" && !site.known.is_fresh("sequence", &alter.name, None) => {
            const VALUES: &[&str] = &["restart", "increment", "minvalue", "maxvalue", "start", "cycle", "no", "as"];
            let counts = |change: &Change| change.words.first().is_some_and(|word| VALUES.contains(&word.as_str()));
            alter.changes.iter().any(counts).then(|| format!("the numbers of sequence {} change", shown(&alter.name)))
        }
        Action::Call(names) => {
            let sets = |name: &Name| name.last().is_some_and(|last| last == "setval");
            names.iter().any(sets).then(|| "setval() changes the numbers that come".to_owned())
        }
        _ => None,
    };
    if let Some(message) = sequence {
        found.say(site.span.clone(), message);
    }
}
