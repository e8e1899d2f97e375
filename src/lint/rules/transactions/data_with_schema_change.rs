//! `data-with-schema-change`: Rows of a table in use are changed in the transaction that changes a schema.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::{Action, Verb};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN044",
        name: "data-with-schema-change",
        severity: Severity::Warning,
        description: "Rows of a table in use are changed in the transaction that changes a schema: the strong locks of the\n\
        one are held for as long as the other takes. Change the schema, then fill rows in batches outside of\n\
        the migration's transaction, then constrain.",
        bad: "alter table accounts add column plan text;\n\
        update accounts set plan = 'free' where plan is null;",
        good: "update accounts set plan = 'free' where plan is null;",
    },
    check,
).claims(Claim::Blocks);

fn check(site: &Site<'_>, found: &mut Found) {
    if let Action::Write(write) = site.action
        && (write.verb != Verb::Insert || write.from_query)
        && write.verb != Verb::Truncate
        && let (Some(table), Some(held)) =
            (write.tables.iter().find(|table| site.existing(table)), site.past.held.iter().max_by_key(|held| held.mode))
    {
        found
            .say(
                site.span.clone(),
                format!(
                    "rows of {} change while {} on {} (line {}) is held",
                    shown(table),
                    held.mode,
                    shown(&held.table),
                    held.line
                ),
            )
            .on("table", table)
            .hint("change the rows in a migration of their own, in batches");
    } else if let (Some(touch), Some(table)) = (site.blocking(), site.past.written.first())
        && !matches!(site.action, Action::Write(_))
    {
        found
            .say(
                site.span.clone(),
                format!(
                    "{} on {} is taken after rows of {} were changed in this transaction",
                    touch.mode,
                    shown(&touch.table),
                    shown(table)
                ),
            )
            .on("table", &touch.table)
            .hint("change the rows in a migration of their own, in batches");
    }
}
