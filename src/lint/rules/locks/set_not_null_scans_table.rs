//! `set-not-null-scans-table`: SET NOT NULL reads the whole table under an ACCESS EXCLUSIVE lock.

use super::super::added;
use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::{ConstraintKind, TableAction};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN010",
        name: "set-not-null-scans-table",
        severity: Severity::Error,
        description: "SET NOT NULL reads the whole table under an ACCESS EXCLUSIVE lock, unless a valid CHECK (column IS\n\
        NOT NULL) is there: then PostgreSQL believes it. Add that CHECK as NOT VALID, VALIDATE it, SET NOT\n\
        NULL, and drop it.",
        bad: "alter table accounts alter column email set not null;",
        good: "-- pgward:no-transaction\n\
        set lock_timeout = '5s';\n\
        alter table accounts add constraint email_present check (email is not null) not valid;\n\
        alter table accounts validate constraint email_present;\n\
        alter table accounts alter column email set not null;\n\
        alter table accounts drop constraint email_present;",
    },
    check,
).claims(Claim::Scans);

fn check(site: &Site<'_>, found: &mut Found) {
    let mut scans = Vec::new();
    for (span, table, action) in site.alterations() {
        if let TableAction::Column { column, what } = action
            && what == "set not null"
        {
            scans.push((span, table, column));
        }
    }
    // PostgreSQL 18 has it as a constraint, too.
    for (span, table, constraint) in added(site, ConstraintKind::NotNull) {
        let columns = constraint.columns.iter().filter(|_| !constraint.not_valid);
        scans.extend(columns.map(|column| (span.clone(), table, column)));
    }
    for (span, table, column) in scans {
        if !site.table(table).is_some_and(|known| known.is_known_not_null(column)) {
            found
                .say(span, format!("all rows of {} are read under an ACCESS EXCLUSIVE lock", shown(table)))
                .of("column", column, table)
                .hint(format!("first CHECK ({} IS NOT NULL) NOT VALID, then VALIDATE, then this", Ident(column)));
        }
    }
}
