//! The codes of what only a run shows.

use crate::base::{Code, Severity};

/// A statement rewrote a table or an index, and no rule had said so.
pub static REWRITTEN: Code = Code {
    code: "TR001",
    name: "traced-rewrite",
    severity: Severity::Error,
    description: "The statement was seen to write a table or an index anew, and no rule of lint said that it would: it is\n\
        inside a routine, a DO block that puts its text together, an extension, or something no rule knows. On a\n\
        large table everybody waits for as long as that takes.",
    bad: "select app.change_type('accounts', 'id', 'bigint'); -- executes ALTER TABLE … TYPE",
    good: "alter table accounts add column id_new bigint;",
};

/// A statement read a whole table under a strong lock, and no rule had said so.
pub static SCANNED: Code = Code {
    code: "TR002",
    name: "traced-scan",
    severity: Severity::Warning,
    description: "The statement was seen to read a whole table while it, or its transaction, held a lock that makes\n\
        writers wait, and no rule of lint said that it would.",
    bad: "select app.add_check('accounts'); -- executes ALTER TABLE … ADD CHECK",
    good: "alter table accounts add constraint c check (id > 0) not valid;",
};

/// A statement took a strong lock, and no rule had said so.
pub static LOCKED: Code = Code {
    code: "TR003",
    name: "traced-lock",
    severity: Severity::Info,
    description: "The statement was seen to take a lock that makes readers or writers wait, on a table that its text does\n\
        not name: through a foreign key, a routine or a trigger.",
    bad: "select app.rebuild(); -- executes LOCK TABLE accounts",
    good: "select 1;",
};

/// Every code of this room.
pub const ALL: &[&Code] = &[&REWRITTEN, &SCANNED, &LOCKED];
