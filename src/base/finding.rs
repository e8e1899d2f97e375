//! Findings: what a check has to say about an object or a place in a file.

use std::fmt;

use serde::Serialize;

use super::Location;

/// How much a finding matters to a running system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Likely wrong, or wrong under some load.
    Warning,
    /// Wrong.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A kind of finding. Codes are append-only: one that was released keeps its meaning for ever.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable identifier, such as `VF001`.
    pub code: &'static str,
    /// A name that reads well in a sentence, such as `missing-object`.
    pub name: &'static str,
    /// What severity its findings have when nothing is configured.
    pub severity: Severity,
    /// What it means, why it matters and what to do, in plain sentences.
    pub description: &'static str,
    /// Input that gives exactly this finding.
    pub bad: &'static str,
    /// The same intent without the finding.
    pub good: &'static str,
}

/// The object that a finding is about, as the machine formats show it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ObjectRef {
    /// The kind in PostgreSQL's words, such as `policy`.
    pub kind: String,
    /// The schema, where the object is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The name without schema and parent; functions carry their argument types.
    pub name: String,
    /// The table, view or type that it belongs to, without schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// The stable code; see [`Code`].
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence in lower case without a full stop.
    pub message: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
    /// Where it stands in a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// What was expected, where two values were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What is there, where two values were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Why it is accepted; one that is counts for no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
}

/// Why a finding is accepted for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiver {
    /// The reason that was given.
    pub reason: String,
    /// The last day on which it holds, as ISO 8601 writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Whether it stands in the file that it is about, and not in the configuration.
    pub in_source: bool,
}

impl Finding {
    /// Makes a finding of a code, with the code's own severity and nothing but a message.
    #[must_use]
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            code: code.code,
            severity: code.severity,
            message: message.into(),
            object: None,
            location: None,
            expected: None,
            actual: None,
            hint: None,
            waiver: None,
        }
    }
}
