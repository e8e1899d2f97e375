//! `type-change-rewrites`: Another type makes PostgreSQL write the table and its indexes anew under an ACCESS EXCLUSIVE lock.

use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN015",
        name: "type-change-rewrites",
        severity: Severity::Error,
        description: "Another type makes PostgreSQL write the table and its indexes anew under an ACCESS EXCLUSIVE lock.\n\
        Widening varchar, or varchar to text, does not, and isn't found where the old type is known: from\n\
        earlier migrations, or with --state. Otherwise add a new column, write both, fill it in batches, and\n\
        switch.",
        bad: "alter table accounts alter column id type bigint;",
        good: "create table accounts (total numeric(10,2));\n\
        alter table accounts alter column total type numeric(12,2);",
    },
    check,
).claims(Claim::Rewrites);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        let TableAction::SetType { column, data_type, using, collate } = action else { continue };
        let old =
            site.table(table).and_then(|known| known.columns.get(column)).and_then(|known| known.data_type.as_ref());
        if old.is_some_and(|old| old.changes_without_rewrite(data_type) && !using && !collate) {
            continue;
        }
        let from = old.map(|old| format!(" from {old}")).unwrap_or_default();
        let certain = if old.is_some() { "is" } else { "may be" };
        found
            .say(
                span,
                format!("{} {certain} written anew to change {}{from} to {data_type}", shown(table), Ident(column)),
            )
            .of("column", column, table)
            .hint("add a new column, write both, fill it in batches, then switch");
    }
}
