//! What refers to what in a snapshot, found in its lines without parsing them.
//!
//! Relies on how this version writes lines: in which order, without blanks. A snapshot that was written otherwise has no
//! references to find.

use std::hash::Hasher;
use std::panic::resume_unwind;
use std::thread;

use rustc_hash::FxHasher;

use super::differing::{Ties, bound_to};
use super::{ObjectId, Snapshot};

/// Who refers to whom.
pub(super) struct References {
    /// A part of the hash of what is referred to, and the number of the line that does. Sorted. Two that have the same hash
    /// make one object too many.
    pairs: Vec<(u32, u32)>,
    /// The lines of the kinds that are about everything.
    pub(super) everywhere: Vec<usize>,
}

impl References {
    /// Finds them in all lines; none where a line is not as it is written here.
    pub(super) fn of(snapshot: &Snapshot, ties: &Ties<'_>) -> Option<Self> {
        let middle = snapshot.lines() / 2;
        let mut found = thread::scope(|scope| {
            let rest = scope.spawn(|| Self::of_lines(snapshot, middle..snapshot.lines(), ties));
            let mut found = Self::of_lines(snapshot, 0..middle, ties)?;
            let rest = rest.join().unwrap_or_else(|panic| resume_unwind(panic))?;
            found.pairs.extend(rest.pairs);
            found.everywhere.extend(rest.everywhere);
            Some(found)
        })?;
        found.pairs.sort_unstable();
        Some(found)
    }

    fn of_lines(snapshot: &Snapshot, numbers: std::ops::Range<usize>, ties: &Ties<'_>) -> Option<Self> {
        let mut found = Self { pairs: Vec::new(), everywhere: Vec::new() };
        for number in numbers {
            let line = snapshot.line(number);
            let short = u32::try_from(number).ok()?;
            let kind = references(line, |reference| found.pairs.push((hash(reference), short)))?;
            if ties.everywhere.contains(&kind) {
                found.everywhere.push(number);
            }
            for (_, attribute, of) in ties.bound.iter().filter(|(bound, ..)| *bound == kind) {
                let catalog = snapshot.read_lines([number]).ok()?;
                let owners = catalog.objects.values().filter_map(|object| bound_to(object, attribute, of));
                found.pairs.extend(owners.map(|owner| (hash_of(&owner), short)));
            }
        }
        Some(found)
    }

    /// The lines that refer to an object, perhaps with others.
    pub(super) fn to(&self, id: &ObjectId) -> Vec<usize> {
        let wanted = hash_of(id);
        let first = self.pairs.partition_point(|(hash, _)| *hash < wanted);
        self.pairs[first..].iter().take_while(|(hash, _)| *hash == wanted).map(|(_, line)| *line as usize).collect()
    }
}

fn hash_of(id: &ObjectId) -> u32 {
    hash(&serde_json::to_string(&(&id.kind, &id.path)).expect("strings and lists always serialize"))
}

fn hash(reference: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(reference.as_bytes());
    (hasher.finish() >> 32) as u32
}

/// Returns a line's kind, and gives out what its object is in and what it needs, each as it is written.
fn references<'a>(line: &'a str, mut found: impl FnMut(&'a str)) -> Option<&'a str> {
    let (kind, rest) = line.strip_prefix("{\"kind\":\"")?.split_once("\",\"path\":")?;
    let mut rest = &rest[list(rest)?..];
    if let Some(parent) = rest.strip_prefix(",\"parent\":") {
        let end = list(parent)?;
        found(&parent[..end]);
        rest = &parent[end..];
    }
    // Within a string the quotes would have a backslash before them.
    const NEEDS: &str = ",\"needs\":[";
    if rest.ends_with("]]]}\n")
        && let Some(at) = rest.rfind(NEEDS)
    {
        let mut needs = &rest[at + NEEDS.len()..];
        loop {
            let end = list(needs)?;
            found(&needs[..end]);
            match needs[end..].strip_prefix(',') {
                Some(more) => needs = more,
                None => break,
            }
        }
    }
    rest.ends_with("}\n").then_some(kind)
}

/// How long the list is with which a text begins.
fn list(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if depth == 0 && byte != b'[' => return None,
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' => depth += 1,
            b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{hash, hash_of, references};
    use crate::model::ObjectId;

    fn all(line: &str) -> Option<(&str, Vec<&str>)> {
        let mut found = Vec::new();
        let kind = references(line, |reference| found.push(reference))?;
        Some((kind, found))
    }

    #[test]
    fn finds_what_a_line_refers_to() {
        let line = r#"{"kind":"column","path":["s","t]\"","c"],"parent":["table",["s","t]\""]],"attrs":{"default":"',\"needs\":[[x'"},"needs":[["type",["s","a"]],["function",["s","f","()"]]]}"#;
        let line = format!("{line}\n");
        let expected = vec![r#"["table",["s","t]\""]]"#, r#"["type",["s","a"]]"#, r#"["function",["s","f","()"]]"#];
        assert_eq!(all(&line), Some(("column", expected)));
        assert_eq!(all("{\"kind\":\"schema\",\"path\":[\"s\"]}\n"), Some(("schema", vec![])));
        assert_eq!(all("{\"path\":[\"s\"],\"kind\":\"schema\"}\n"), None);
    }

    #[test]
    fn an_identity_has_the_hash_of_its_text() {
        let id = ObjectId::new("table", ["s", "t]\""]);
        assert_eq!(hash_of(&id), hash(r#"["table",["s","t]\""]]"#));
    }
}
