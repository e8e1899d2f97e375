//! `primary-key-without-index`: A primary key builds its index, and makes its columns NOT NULL, under an ACCESS EXCLUSIVE lock.

use super::super::added;
use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::ConstraintKind;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN017",
        name: "primary-key-without-index",
        severity: Severity::Error,
        description: "A primary key builds its index, and makes its columns NOT NULL, under an ACCESS EXCLUSIVE lock.\n\
        Build a unique index CONCURRENTLY first and add the key USING INDEX.",
        bad: "alter table accounts add primary key (id);",
        good: "-- pgward:no-transaction\n\
        set lock_timeout = '5s';\n\
        alter table accounts add constraint id_present check (id is not null) not valid;\n\
        alter table accounts validate constraint id_present;\n\
        create unique index concurrently accounts_id on accounts (id);\n\
        alter table accounts add primary key using index accounts_id;",
    },
    check,
)
.claims(Claim::Blocks);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, constraint) in added(site, ConstraintKind::PrimaryKey) {
        if constraint.using_index.is_none() {
            found
                .say(span, format!("readers and writers of {} wait while its index is built", shown(table)))
                .on("table", table)
                .hint("CREATE UNIQUE INDEX CONCURRENTLY first, then ADD PRIMARY KEY USING INDEX");
        }
    }
}
