//! A baseline: what a project has already, so that only what is new is told.
//!
//! Kept by code, file and object, not by line: a file may grow above a finding. Each entry accepts as many findings as it
//! counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Finding, Result};

/// The version of the file's format.
const VERSION: u32 = 1;

/// What is accepted, and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    counts: BTreeMap<Key, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Key {
    code: String,
    file: String,
    object: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    pgward_baseline: u32,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    file: String,
    object: String,
    count: usize,
}

impl Baseline {
    /// The baseline that accepts these findings.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let mut counts = BTreeMap::new();
        for finding in findings {
            *counts.entry(key(finding)).or_insert(0) += 1;
        }
        Self { counts }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::base::ErrorKind::Input) for text that is no baseline of this version.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let stored: Stored = serde_json::from_str(text).map_err(|error| {
            Error::input(format!("{name} is no baseline: {error}"))
                .with_hint("write it anew: pgward lint --write-baseline")
        })?;
        if stored.pgward_baseline != VERSION {
            return Err(Error::input(format!(
                "{name} has version {}, this pgward reads {VERSION}",
                stored.pgward_baseline
            ))
            .with_hint("write it anew: pgward lint --write-baseline"));
        }
        let counts =
            stored.findings.into_iter().map(|Entry { code, file, object, count }| (Key { code, file, object }, count));
        Ok(Self { counts: counts.collect() })
    }

    /// The text of the file, an entry a line, in order.
    #[must_use]
    pub fn write(&self) -> String {
        let lines: Vec<_> = self
            .counts
            .iter()
            .map(|(key, count)| {
                format!(
                    "    {}",
                    serde_json::json!({ "code": key.code, "file": key.file, "object": key.object, "count": count })
                )
            })
            .collect();
        let body = if lines.is_empty() { String::new() } else { format!("\n{}\n  ", lines.join(",\n")) };
        format!("{{\n  \"pgward_baseline\": {VERSION},\n  \"findings\": [{body}]\n}}\n")
    }

    /// Parts findings into those that are new and those that are accepted.
    #[must_use]
    pub fn split(&self, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Finding>) {
        let mut left = self.counts.clone();
        findings.into_iter().partition(|finding| match left.get_mut(&key(finding)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
    }
}

fn key(finding: &Finding) -> Key {
    let object = finding.object.as_ref().map_or_else(String::new, |object| {
        let path = [object.schema.as_deref(), object.parent.as_deref(), Some(object.name.as_str())];
        format!("{} {}", object.kind, path.into_iter().flatten().collect::<Vec<_>>().join("."))
    });
    let file = finding.location.as_ref().map_or_else(String::new, |location| location.file.clone());
    Key { code: finding.code.to_owned(), file, object }
}

#[cfg(test)]
mod tests {
    use super::Baseline;
    use crate::base::{Code, Finding, Severity};

    static CODE: Code =
        Code { code: "XX001", name: "x", severity: Severity::Error, description: "", bad: "", good: "" };

    #[test]
    fn accepts_as_many_as_it_counts() {
        let finding = Finding::new(&CODE, "x");
        let baseline = Baseline::of(&[finding.clone(), finding.clone()]);
        let again = Baseline::parse("b", &baseline.write()).unwrap();
        assert_eq!(again, baseline);
        let (new, accepted) = again.split(vec![finding.clone(), finding.clone(), finding]);
        assert_eq!((new.len(), accepted.len()), (1, 2));
        assert!(Baseline::parse("b", "{\"pgward_baseline\": 9, \"findings\": []}").is_err());
    }
}
