//! The codes of `rls`' findings. Append-only.

use crate::base::{Code, Severity};

/// Every code of this room.
pub const ALL: &[&Code] = &[&MORE, &LESS, &OTHERWISE, &MISSING, &UNRELIABLE];

/// Somebody can do what the manifest refuses.
pub static MORE: Code = Code {
    code: "RL001",
    name: "more-than-declared",
    severity: Severity::Error,
    description: "A role, acting as somebody, did what the manifest refuses: it saw or wrote a row, a column, or called a \
                  function. What the manifest does not name is refused. Close it, or declare it: `pgward rls --write` writes \
                  what is observed into the manifest.",
    bad: "grant truncate on ops.runs to authenticated;",
    good: "# in the manifest\n[tables.\"ops.runs\"]\n\"authenticated\" = { truncate = \"allow\" }",
};

/// Somebody can't do what the manifest allows.
pub static LESS: Code = Code {
    code: "RL002",
    name: "less-than-declared",
    severity: Severity::Error,
    description: "A role, acting as somebody, could not do what the manifest allows: a policy or a privilege is gone, or \
                  narrower than it was.",
    bad: "drop policy runs_select_member on ops.runs;",
    good: "create policy runs_select_member on ops.runs for select to authenticated using (…);",
};

/// Refused, but otherwise.
pub static OTHERWISE: Code = Code {
    code: "RL003",
    name: "refused-otherwise",
    severity: Severity::Warning,
    description: "What the manifest refuses is refused, but in another way: without rows where an error was declared, or with \
                  another SQLSTATE. Clients that tell by it what happened are misled.",
    bad: "grant update on ops.runs to authenticated; -- and a policy that shows it nothing",
    good: "revoke update on ops.runs from authenticated; -- deny 42501, as declared",
};

/// The manifest names what is not there.
pub static MISSING: Code = Code {
    code: "RL004",
    name: "declared-and-missing",
    severity: Severity::Error,
    description: "The manifest declares who can do what with something that is not there, so nothing was tried.",
    bad: "[tables.\"ops.rnus\"]\n\"authenticated\" = { select = \"allow\" }",
    good: "[tables.\"ops.runs\"]\n\"authenticated\" = { select = \"allow\" }",
};

/// A try that says nothing.
pub static UNRELIABLE: Code = Code {
    code: "RL005",
    name: "unreliable",
    severity: Severity::Error,
    description: "Something was refused, but the control failed too: the same statement on the same row by one who may. Then \
                  the seeded rows or the statement are to blame, and the refusal proves nothing. It is never counted as \
                  refused; the command exits 2. Give values for columns under [values] in the manifest, or rows under seed.",
    bad: "alter table ops.tools add check (version ~ '^secret-[0-9]{9}$'); -- no value of ours passes",
    good: "[values]\n\"ops.tools.version\" = \"'secret-00000000' || ${n}\"",
};
