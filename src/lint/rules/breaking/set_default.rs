//! `set-default`: Writers that leave the column out write something else from then on.

use crate::base::{Code, Ident, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::TableAction;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN088",
        name: "set-default",
        severity: Severity::Info,
        description: "Writers that leave the column out write something else from then on; old versions of an application\n\
        may rely on the old default.",
        bad: "alter table accounts alter column plan set default 'pro';",
        good: "alter table accounts alter column plan set statistics 100;",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (span, table, action) in site.alterations() {
        if let TableAction::Column { column, what } = action
            && matches!(what.as_str(), "set default")
        {
            found
                .say(
                    span,
                    format!("writers that leave out column {} of {} write something else", Ident(column), shown(table)),
                )
                .of("column", column, table);
        }
    }
}
