//! What makes a finding the same one in the next run: its code and its object, wherever that stands by then.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use crate::base::Finding;

/// Gives each finding of a report its fingerprint. Several of one code about one object are told apart by their order.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    seen: HashMap<String, usize>,
}

impl Fingerprints {
    /// Returns 32 hexadecimal digits.
    pub(super) fn of(&mut self, finding: &Finding) -> String {
        let mut hash = Sha256::new();
        let mut add = |part: &str| {
            // With its length, so that no two lists of parts look the same.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        };
        add(finding.code);
        match (&finding.object, &finding.location) {
            (Some(object), _) => {
                for part in [Some(&object.kind), object.schema.as_ref(), object.parent.as_ref(), Some(&object.name)] {
                    add(part.map_or("", String::as_str));
                }
            }
            (None, Some(place)) => [&place.file, &finding.message].into_iter().for_each(|part| add(part)),
            (None, None) => add(&finding.message),
        }
        let digits: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let turn = self.seen.entry(digits.clone()).or_insert(0);
        *turn += 1;
        // The first keeps the plain one: most are alone, and stay the same when a second comes.
        if *turn == 1 { digits } else { format!("{}{:08x}", &digits[..24], *turn) }
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprints;
    use crate::base::{Code, Finding, Location, ObjectRef, Severity};

    static CODE: Code =
        Code { code: "XX001", name: "x", severity: Severity::Error, description: "", bad: "", good: "" };

    fn finding(name: &str, line: u32) -> Finding {
        let (kind, schema) = ("table".to_owned(), Some("ops".to_owned()));
        Finding {
            object: Some(ObjectRef { kind, schema, name: name.to_owned(), parent: None }),
            location: Some(Location { file: "a.sql".to_owned(), line, column: 1 }),
            ..Finding::new(&CODE, format!("line {line}"))
        }
    }

    #[test]
    fn lines_and_messages_do_not_count_where_there_is_an_object() {
        let one = |finding: &Finding| Fingerprints::default().of(finding);
        assert_eq!(one(&finding("a", 1)), one(&finding("a", 2)));
        assert_ne!(one(&finding("a", 1)), one(&finding("b", 1)));
        let without = |line| Finding { object: None, ..finding("a", line) };
        assert_ne!(one(&without(1)), one(&without(2)), "the message is all there is");
        let mut several = Fingerprints::default();
        let (first, second) = (several.of(&finding("a", 1)), several.of(&finding("a", 2)));
        assert_ne!(first, second);
        assert_eq!((first.len(), second.len()), (32, 32));
    }
}
