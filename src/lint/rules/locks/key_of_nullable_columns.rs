//! `key-of-nullable-columns`: ADD PRIMARY KEY USING INDEX makes the columns NOT NULL too.

use super::super::added;
use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::ConstraintKind;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN018",
        name: "key-of-nullable-columns",
        severity: Severity::Warning,
        description: "ADD PRIMARY KEY USING INDEX makes the columns NOT NULL too, and reads the whole table under an\n\
        ACCESS EXCLUSIVE lock where they aren't yet. Make them NOT NULL first, through a CHECK that is\n\
        validated.",
        bad: "alter table accounts add primary key using index accounts_id;",
        good: "-- pgward:no-transaction\n\
        set lock_timeout = '5s';\n\
        alter table accounts add constraint id_present check (id is not null) not valid;\n\
        alter table accounts validate constraint id_present;\n\
        create unique index concurrently accounts_id on accounts (id);\n\
        alter table accounts add primary key using index accounts_id;",
    },
    check,
)
.claims(Claim::Scans);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, constraint) in added(site, ConstraintKind::PrimaryKey) {
        let Some(index) = &constraint.using_index else { continue };
        let columns = site.known.index(index).map(|index| index.columns.as_slice()).unwrap_or_default();
        let known = site.table(table).is_some_and(|table| columns.iter().all(|column| table.is_known_not_null(column)));
        if columns.is_empty() || !known {
            found
                .say(
                    span,
                    format!(
                        "all rows of {} are read under an ACCESS EXCLUSIVE lock if a column of the key may be NULL",
                        shown(table)
                    ),
                )
                .on("table", table)
                .hint("make the columns NOT NULL first, through a CHECK that is validated");
        }
    }
}
