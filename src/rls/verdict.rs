//! What came of a try.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// SELECT of the row.
    Select,
    /// INSERT of another row of the tenant.
    Insert,
    /// The same with RETURNING.
    InsertReturning,
    /// INSERT … ON CONFLICT that meets the row.
    Upsert,
    /// UPDATE of the row.
    Update,
    /// UPDATE that gives the row to another tenant.
    Move,
    /// DELETE of the row.
    Delete,
    /// TRUNCATE.
    Truncate,
    /// A call.
    Execute,
}

/// Every command on relations, in the order of the matrix.
pub const COMMANDS: [Command; 8] = [
    Command::Select,
    Command::Insert,
    Command::InsertReturning,
    Command::Upsert,
    Command::Update,
    Command::Move,
    Command::Delete,
    Command::Truncate,
];

impl Command {
    /// What the manifest calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Insert => "insert",
            Self::InsertReturning => "insert_returning",
            Self::Upsert => "upsert",
            Self::Update => "update",
            Self::Move => "move",
            Self::Delete => "delete",
            Self::Truncate => "truncate",
            Self::Execute => "execute",
        }
    }

    /// What a person calls it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::InsertReturning => "INSERT … RETURNING",
            Self::Upsert => "INSERT … ON CONFLICT",
            Self::Update => "UPDATE",
            Self::Move => "UPDATE of the tenant",
            Self::Delete => "DELETE",
            Self::Truncate => "TRUNCATE",
            Self::Execute => "EXECUTE",
        }
    }
}

/// What came of a try, or what should.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Verdict {
    /// It works: with all columns, or with these alone.
    Allow(Option<Vec<String>>),
    /// It works, and touches nothing.
    NoRows,
    /// It fails with this SQLSTATE.
    Deny(String),
}

impl Verdict {
    /// What is not in the manifest: refused for want of a privilege, or by a policy.
    #[must_use]
    pub fn refused() -> Self {
        Self::Deny("42501".to_owned())
    }

    /// Whether anything is let through.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow(_))
    }

    /// In a word, for the matrix.
    #[must_use]
    pub fn short(&self) -> String {
        match self {
            Self::Allow(None) => "yes".to_owned(),
            Self::Allow(Some(_)) => "part".to_owned(),
            Self::NoRows => "none".to_owned(),
            Self::Deny(state) if state == "42501" => "no".to_owned(),
            Self::Deny(state) => state.clone(),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow(None) => f.write_str("allow"),
            Self::Allow(Some(columns)) => write!(f, "allow: {}", columns.join(", ")),
            Self::NoRows => f.write_str("no rows"),
            Self::Deny(state) => write!(f, "deny {state}"),
        }
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl TryFrom<String> for Verdict {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_state = |state: &str| {
            state.len() == 5 && state.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        };
        if text == "allow" {
            Ok(Self::Allow(None))
        } else if text == "no rows" {
            Ok(Self::NoRows)
        } else if let Some(columns) = text.strip_prefix("allow:") {
            let mut columns: Vec<_> = columns.split(',').map(|column| column.trim().to_owned()).collect();
            columns.sort();
            Ok(Self::Allow(Some(columns)))
        } else if let Some(state) = text.strip_prefix("deny ").filter(|state| is_state(state)) {
            Ok(Self::Deny(state.to_owned()))
        } else {
            Err(format!(
                "{text:?} is no verdict: write \"allow\", \"allow: COLUMN, …\", \"no rows\" or \"deny SQLSTATE\""
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;

    #[test]
    fn reads_what_it_writes() {
        for text in ["allow", "allow: a, b", "no rows", "deny 42501"] {
            assert_eq!(Verdict::try_from(text.to_owned()).unwrap().to_string(), text);
        }
        for text in ["", "yes", "deny", "deny 425", "deny 4250x"] {
            assert!(Verdict::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
