//! The codes of proofs. Append-only.

use crate::base::{Code, Severity};

/// Every code of this room.
pub const ALL: &[&Code] = &[&DOWN_DIFFERS, &REDO_DIFFERS, &NO_DOWN, &DOWN_FAILS];

/// A down migration does not undo its up.
pub static DOWN_DIFFERS: Code = Code {
    code: "PR001",
    name: "down-differs",
    severity: Severity::Error,
    description: "After a migration went up and down again, the catalog is not what it was before: the down leaves \
                  something behind, or takes away something that was there. Going down would then leave a schema that no \
                  version describes. Make the down undo exactly what its up does.",
    bad: "-- up\ncreate table a (id integer);\ncreate type mood as enum ('sad', 'ok');\n-- down\ndrop table a;",
    good: "-- down\ndrop table a;\ndrop type mood;",
};

/// A migration gives another schema the second time.
pub static REDO_DIFFERS: Code = Code {
    code: "PR002",
    name: "redo-differs",
    severity: Severity::Error,
    description: "After a migration went down and up again, the catalog is not what it was: a database that went back \
                  and forth differs from one that did not. Often a name that PostgreSQL chose, which depends on what was \
                  there; give constraints and indexes names of their own.",
    bad: "-- up\nalter table a add unique (name);\n-- down\nalter table a drop constraint a_name_key;",
    good: "-- up\nalter table a add constraint a_name_unique unique (name);",
};

/// A migration can't be undone.
pub static NO_DOWN: Code = Code {
    code: "PR003",
    name: "no-down",
    severity: Severity::Warning,
    description: "A migration has no down file, so there is nothing to prove, and `pgward down` stops before it. That can be \
                  meant: what can't be undone honestly is better without a down than with one that pretends.",
    bad: "V1__a.sql without V1__a.down.sql",
    good: "V1__a.sql and V1__a.down.sql",
};

/// A down migration is refused by the server.
pub static DOWN_FAILS: Code = Code {
    code: "PR004",
    name: "down-fails",
    severity: Severity::Error,
    description: "The server refuses a statement of a down migration, right after its up was applied to an empty database. \
                  `pgward down` would stop there. Undo what the up made, in the opposite order.",
    bad: "-- up\ncreate table a (id integer);\n-- down\ndrop table b;",
    good: "-- down\ndrop table a;",
};
