//! `trigger-on-table-in-use`: CREATE TRIGGER takes a SHARE ROW EXCLUSIVE lock.

use crate::base::{Code, Severity};
use crate::lint::site::{Claim, Found, Rule, Site, shown};
use crate::sql::tree::Action;

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN028",
        name: "trigger-on-table-in-use",
        severity: Severity::Info,
        description: "CREATE TRIGGER takes a SHARE ROW EXCLUSIVE lock: it waits for every writer, and all later writers\n\
        queue behind it. From then on each write runs the trigger.",
        bad: "create trigger touch before update on accounts for each row execute function touch();",
        good: "create table accounts (id bigint);\n\
        create trigger touch before update on accounts for each row execute function touch();",
    },
    check,
).claims(Claim::Blocks);

fn check(site: &Site<'_>, found: &mut Found) {
    let Action::Create(create) = site.action else { return };
    if create.kind == "trigger"
        && let Some(table) = create.on.as_ref().filter(|table| site.existing(table))
    {
        found
            .say(site.span.clone(), format!("writers of {} wait for this, and then run it", shown(table)))
            .on("table", table);
    }
}
