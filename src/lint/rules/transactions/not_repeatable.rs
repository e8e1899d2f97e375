//! `not-repeatable`: A statement fails when it is run a second time, because what it makes is there, or what it drops is gone.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site};
use crate::sql::tree::{Action, TableAction};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN042",
        name: "not-repeatable",
        severity: Severity::Info,
        description: "A statement fails when it is run a second time, because what it makes is there, or what it drops is\n\
        gone. pgward goes on where a run broke off, so it needs no IF [NOT] EXISTS; other runners start the\n\
        file again.",
        bad: "create table drafts (id bigint);",
        good: "create table if not exists drafts (id bigint);",
    },
    check,
).off();

fn check(site: &Site<'_>, found: &mut Found) {
    let missing = match site.action {
        Action::CreateTable(table) if !table.if_not_exists && !table.temporary => "IF NOT EXISTS",
        Action::CreateIndex(index) if !index.if_not_exists => "IF NOT EXISTS",
        Action::Create(create)
            if matches!(create.kind.as_str(), "schema" | "sequence" | "extension" | "materialized view")
                && !create.if_not_exists =>
        {
            "IF NOT EXISTS"
        }
        Action::Create(create)
            if matches!(create.kind.as_str(), "function" | "procedure" | "view" | "trigger") && !create.or_replace =>
        {
            "OR REPLACE"
        }
        Action::Drop(drop) if !drop.if_exists && !drop.kind.starts_with("owned") => "IF EXISTS",
        Action::AlterTable(table) => {
            let plain =
                |(_, action): &(_, TableAction)| matches!(action, TableAction::AddColumn { if_not_exists: false, .. });
            if !table.actions.iter().any(plain) {
                return;
            }
            "IF NOT EXISTS"
        }
        _ => return,
    };
    found.say(site.span.clone(), format!("this fails when it is run again: {missing} is missing"));
}
