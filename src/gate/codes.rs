//! The codes of the checks that only the gate makes. Append-only.

use crate::base::{Code, Severity};

/// Every code of this room.
pub const ALL: &[&Code] = &[&DRIFTED, &MISSING_PAGE, &BROKEN_LINK, &BROKEN_ANCHOR];

/// The target is not what its migrations make.
pub static DRIFTED: Code = Code {
    code: "GT001",
    name: "drifted",
    severity: Severity::Error,
    description: "The target database is not what the migrations that it has applied make: somebody changed it by hand, or a \
                  migration was edited after it ran. Write a migration for what is to stay, and undo the rest.",
    bad: "create index runs_note_idx on ops.runs (note); -- typed in production",
    good: "-- the same statement in a migration, and: pgward up",
};

/// A document that must be there is not.
pub static MISSING_PAGE: Code = Code {
    code: "GT002",
    name: "missing-page",
    severity: Severity::Error,
    description: "`pages` in `pgward.toml` names a document that is not there, or that has no text. Write it, or take it off \
                  the list.",
    bad: "[gate]\npages = [\"docs/SECURITY.md\"] # and no such file",
    good: "[gate]\npages = [\"docs/SECURITY.md\"] # and the file",
};

/// A link leads nowhere.
pub static BROKEN_LINK: Code = Code {
    code: "GT003",
    name: "broken-link",
    severity: Severity::Error,
    description: "A link of a Markdown file leads to a file that is not there, or to a reference that is not defined. Links \
                  count from the file that they stand in; those that begin with a slash from the directory of \
                  `pgward.toml`. Links to other hosts are not followed.",
    bad: "See [the states](RUN_LIFECYLE.md).",
    good: "See [the states](RUN_LIFECYCLE.md).",
};

/// A link leads to no heading.
pub static BROKEN_ANCHOR: Code = Code {
    code: "GT004",
    name: "broken-anchor",
    severity: Severity::Error,
    description: "A link of a Markdown file leads to a heading that the file does not have. Headings are named as GitHub and \
                  GitLab name them: in lower case, spaces as hyphens, without punctuation.",
    bad: "See [who may do what](SECURITY.md#roles).\n<!-- and in SECURITY.md: ## Roles and rights -->",
    good: "See [who may do what](SECURITY.md#roles-and-rights).",
};
