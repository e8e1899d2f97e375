//! What every room shares: names and literals, places in files, locks, findings, errors, exit codes.
//!
//! May import nothing of this crate. Knows no database, no files, no terminal.

mod error;
mod exit;
mod finding;
mod ident;
mod location;
mod lock;
mod rules;

pub use error::{Error, ErrorKind, Excerpt, Result};
pub use exit::Exit;
pub use finding::{Code, Finding, ObjectRef, Severity, Waiver};
pub use ident::{Ident, Literal, Path, parse_path};
pub use location::{Location, line_column};
pub use lock::Lock;
pub use rules::{Allowance, Level, Levels, RULE_CODES, RuleOverride, RuleSettings, UNUSED_ALLOWANCE};
