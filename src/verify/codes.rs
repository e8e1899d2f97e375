//! The codes of `verify`'s findings. Append-only.

use crate::base::{Code, Severity};

/// Every code of this room.
pub const ALL: &[&Code] = &[&MISSING, &DIFFERS, &UNDECLARED, &NOT_COVERED, &NOT_EVALUATED];

/// A declared object is not there.
pub static MISSING: Code = Code {
    code: "VF001",
    name: "missing-object",
    severity: Severity::Error,
    description: "The manifest declares an object that the database does not have. Either a migration was not applied, \
                  or the object was dropped by hand. Apply the migrations, or take the object out of the manifest; \
                  `optional = true` declares one that need not be there.",
    bad: "[tables.\"ops.runs\"]\n# and no table ops.runs in the database",
    good: "[tables.\"ops.runs\"]\noptional = true",
};

/// An attribute is not as declared.
pub static DIFFERS: Code = Code {
    code: "VF002",
    name: "attribute-differs",
    severity: Severity::Error,
    description: "An object is there, but an attribute is not what the manifest says. An attribute that the manifest \
                  leaves out is expected to have its default, except for those that are only compared when declared \
                  (owner, comment and the like). Expressions are compared as the same server writes them.",
    bad: "[tables.\"ops.runs\"]\nrow_security = true\n# and the table was created without row level security",
    good: "[tables.\"ops.runs\"]\n# with: alter table ops.runs disable row level security",
};

/// Something is there that nobody declared.
pub static UNDECLARED: Code = Code {
    code: "VF003",
    name: "undeclared-object",
    severity: Severity::Error,
    description: "A managed schema holds an object that the manifest does not declare: made by hand, left behind, or \
                  forgotten in the manifest. `pgward verify --write` writes a manifest of what is there; \
                  `partial = true` on its parent says that undeclared parts are accepted.",
    bad: "[schemas.ops]\n# and a table ops.scratch in the database",
    good: "[schemas.ops]\n\n[tables.\"ops.scratch\"]\npartial = true",
};

/// Something is there that no kind of pgward reads.
pub static NOT_COVERED: Code = Code {
    code: "VF004",
    name: "not-covered",
    severity: Severity::Warning,
    description: "A managed schema holds an object of a kind that this version of pgward does not read, so nothing is \
                  known about it. It is reported so that a clean result never hides it.",
    bad: "create aggregate ops.total (integer) (sfunc = int4pl, stype = integer);",
    good: "-- a function or a view in its place",
};

/// A check could not be made.
pub static NOT_EVALUATED: Code = Code {
    code: "VF005",
    name: "not-evaluated",
    severity: Severity::Error,
    description: "An expression differs in its text from what the server has, and the server could not be asked whether \
                  the two mean the same, for the reason given: rights, or an expression that does not parse. A check that \
                  was not made is never counted as passed; the command exits 2.",
    bad: "using = \"user_id = no_such_function()\"",
    good: "using = \"user_id = ops.current_user_id()\"",
};
