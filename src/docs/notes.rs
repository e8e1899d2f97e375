//! Sentences on what a diagram or another tool's schema file has no word for.
//!
//! Each function is one subject, so that a format leaves out exactly what it can say itself. A sentence may hold line feeds
//! and any character: escaping is the format's.

use super::entry::Entry;
use super::relation::{Column, Database, ForeignKey, Relation};
use crate::base::{Ident, Path};

/// What a table is beyond its columns: partitioned, inherited, unlogged, and its partitions.
pub(super) fn nature(relation: &Relation<'_>) -> Vec<String> {
    let table = relation.entry;
    let mut notes = Vec::new();
    if table.kind() != "table" {
        notes.push(table.kind().to_owned());
    }
    if let Some(server) = table.text("server") {
        notes.push(format!("on server {}", Ident(server)));
    }
    if let Some(key) = table.text("partition_by") {
        notes.push(format!("partitioned by {key}"));
    }
    if let Some(parent) = table.text("partition_of") {
        notes.push(format!("partition of {parent} {}", table.text("partition_bound").unwrap_or_default()));
    }
    for partition in &relation.partitions {
        let bound = partition.text("partition_bound").unwrap_or_default();
        notes.push(format!("partition {} {bound}", Path(&partition.id.path)));
    }
    let parents = table.list("inherits");
    if !parents.is_empty() {
        notes.push(format!("inherits from {}", parents.join(", ")));
    }
    if let Some(of_type) = table.text("of_type") {
        notes.push(format!("of type {of_type}"));
    }
    if table.flag("unlogged") {
        notes.push("unlogged".to_owned());
    }
    notes
}

/// Row level security and each policy.
pub(super) fn security(relation: &Relation<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if relation.entry.flag("row_level_security") {
        let forced = if relation.entry.flag("force_row_level_security") { ", for the owner too" } else { "" };
        notes.push(format!("row level security is on{forced}"));
    }
    notes.extend(
        relation
            .policies
            .iter()
            .map(|policy| format!("policy {}: {}{}", Ident(policy.name()), rule(*policy), remark(*policy))),
    );
    notes
}

/// What a policy says.
pub(super) fn rule(policy: Entry<'_>) -> String {
    let restrictive = if policy.is_off("permissive") { "restrictive, " } else { "" };
    let mut text =
        format!("{restrictive}{} to {}", policy.text("command").unwrap_or("ALL"), policy.list("roles").join(", "));
    for (word, attribute) in [("using", "using"), ("with check", "with_check")] {
        if let Some(expression) = policy.text(attribute) {
            text += &format!(" {word} ({expression})");
        }
    }
    text
}

/// Each check.
pub(super) fn checks(relation: &Relation<'_>) -> Vec<String> {
    let note = |check: Entry<'_>| format!("check {}: {}", Ident(check.name()), demand(check));
    relation.constraints_of("check").map(note).collect()
}

/// What a check demands, with what is unusual about it.
pub(super) fn demand(check: Entry<'_>) -> String {
    format!("{}{}{}", check.text("expression").unwrap_or_default(), validity(check), remark(check))
}

/// The comment after what it is about; empty where there is none.
fn remark(entry: Entry<'_>) -> String {
    entry.comment().map(|comment| format!(": {comment}")).unwrap_or_default()
}

/// ` (not valid)` and the like.
pub(super) fn validity(constraint: Entry<'_>) -> String {
    let unusual = [
        (constraint.is_off("enforced"), "not enforced"),
        (constraint.is_off("validated"), "not valid"),
        (constraint.flag("no_inherit"), "no inherit"),
        (constraint.flag("initially_deferred"), "deferrable, initially deferred"),
        (constraint.flag("deferrable") && !constraint.flag("initially_deferred"), "deferrable"),
        (constraint.flag("triggers_disabled"), "triggers disabled"),
    ];
    let words: Vec<_> = unusual.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
}

/// Exclusion and NOT NULL constraints, and kinds of constraints that nothing here knows.
pub(super) fn other_constraints(relation: &Relation<'_>) -> Vec<String> {
    let known = ["primary key", "unique", "foreign key", "check"];
    let others = relation.constraints.iter().filter(|c| !known.contains(&c.text("type").unwrap_or_default()));
    others
        .map(|constraint| {
            let definition = constraint.text("definition").unwrap_or_default();
            format!("constraint {}: {definition}{}", Ident(constraint.name()), remark(*constraint))
        })
        .collect()
}

/// What a key has beyond its columns; None for an ordinary one.
pub(super) fn key(key: Entry<'_>) -> Option<String> {
    let mut words = Vec::new();
    let include = key.list("include");
    if !include.is_empty() {
        words
            .push(format!("include ({})", include.iter().map(|c| Ident(c).to_string()).collect::<Vec<_>>().join(", ")));
    }
    if key.flag("nulls_not_distinct") {
        words.push("nulls not distinct".to_owned());
    }
    if key.flag("period") {
        words.push("without overlaps".to_owned());
    }
    if let Some(predicate) = key.text("predicate") {
        words.push(format!("where {predicate}"));
    }
    if key.is_off("valid") || key.is_off("index_valid") {
        words.push("invalid".to_owned());
    }
    let validity = validity(key);
    if !validity.is_empty() {
        words.push(validity.trim().to_owned());
    }
    words.extend(key.comment().map(str::to_owned));
    (!words.is_empty()).then(|| words.join("; "))
}

/// An index in one sentence.
pub(super) fn index(index: Entry<'_>) -> String {
    let unique = if index.flag("unique") { "unique index" } else { "index" };
    let predicate = index.text("predicate").map(|text| format!(" where {text}")).unwrap_or_default();
    let valid = if index.is_off("valid") { " (invalid)" } else { "" };
    let comment = remark(index);
    let definition = index.text("definition").unwrap_or_default();
    format!("{unique} {} using {definition}{predicate}{valid}{comment}", Ident(index.name()))
}

/// A foreign key in one sentence.
pub(super) fn foreign_key(key: &ForeignKey<'_>) -> String {
    format!(
        "foreign key {}: ({}) references {} ({}){}{}",
        Ident(key.entry.name()),
        key.columns.join(", "),
        Path(&key.target_path),
        key.target_columns.join(", "),
        actions(key),
        remark(key.entry)
    )
}

/// What a foreign key does beyond referring; empty for an ordinary one.
pub(super) fn actions(key: &ForeignKey<'_>) -> String {
    let mut text = String::new();
    for (event, attribute) in [("update", "on_update"), ("delete", "on_delete")] {
        if let Some(action) = key.entry.text(attribute) {
            text += &format!(" on {event} {action}");
        }
    }
    let only = key.entry.list("on_delete_columns");
    if !only.is_empty() {
        text += &format!(" ({})", only.join(", "));
    }
    text + &unusual(key)
}

/// What neither columns nor actions of a foreign key say: match, period, deferral, validity.
pub(super) fn unusual(key: &ForeignKey<'_>) -> String {
    let mut text = String::new();
    if let Some(match_type) = key.entry.text("match") {
        text += &format!(" match {match_type}");
    }
    if key.entry.flag("period") {
        text += " (period)";
    }
    text + &validity(key.entry)
}

/// Each trigger of its own; copies in partitions follow from their parent's.
pub(super) fn triggers(relation: &Relation<'_>) -> Vec<String> {
    let own = relation.triggers.iter().filter(|trigger| !trigger.flag("inherited"));
    own.map(|t| format!("trigger {}: {}{}", Ident(t.name()), action(*t), remark(*t))).collect()
}

/// What a trigger does.
pub(super) fn action(trigger: Entry<'_>) -> String {
    let mut text = trigger.text("timing").unwrap_or_default().to_owned();
    text += &format!(" {}", trigger.list("events").join(" or ").to_lowercase());
    let columns = trigger.list("columns");
    if !columns.is_empty() {
        text += &format!(" of {}", columns.iter().map(|c| Ident(c).to_string()).collect::<Vec<_>>().join(", "));
    }
    text += &format!(" for each {}", trigger.text("level").unwrap_or("statement"));
    if let Some(condition) = trigger.text("when") {
        text += &format!(" when ({})", condition.trim_matches(['(', ')']).trim());
    }
    text += &format!(" calls {}", trigger.text("function").unwrap_or_default());
    let arguments = trigger.list("arguments");
    if !arguments.is_empty() {
        text += &format!("({})", arguments.join(", "));
    }
    if let Some(enabled) = trigger.text("enabled") {
        text += &format!(", enabled: {enabled}");
    }
    text
}

/// Rules and what else belongs to a table and has no better place, comment included.
pub(super) fn others(relation: &Relation<'_>) -> Vec<String> {
    let named = |entry: &Entry<'_>| format!("{} {}{}", entry.kind(), Ident(entry.name()), remark(*entry));
    relation.others.iter().map(named).collect()
}

/// What of a column is neither type, nullability, default nor comment.
pub(super) fn column(column: &Column<'_>) -> Vec<String> {
    let entry = column.entry;
    let mut notes = Vec::new();
    if let Some(expression) = entry.text("generation_expression") {
        notes.push(format!("generated always as ({expression}) {}", entry.text("generated").unwrap_or("stored")));
    }
    if let Some(identity) = entry.text("identity") {
        notes.push(format!("generated {identity} as identity"));
    }
    if let Some(collation) = entry.text("collation") {
        notes.push(format!("collate {collation}"));
    }
    notes
}

/// The objects that a format has no word for, a line each; `said` are the kinds that it shows.
pub(super) fn left_out(database: &Database<'_>, said: &[&str]) -> Vec<String> {
    let mut lines = Vec::new();
    for schema in &database.schemas {
        let views = schema.views.iter().map(|view| view.entry);
        let others = views.chain(schema.others.iter().copied()).filter(|entry| !said.contains(&entry.kind()));
        lines.extend(others.map(|entry| entry.id.to_string()));
    }
    let outside = database.outside.iter().filter(|entry| entry.kind() != "default privilege");
    lines.extend(outside.map(|entry| entry.id.to_string()));
    lines.sort();
    lines
}
