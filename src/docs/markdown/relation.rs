//! The section of a table or view.

use std::fmt::Write as _;

use super::words::{code, plain};
use super::{Links, grants, section};
use crate::base::{Ident, Path};
use crate::docs::entry::Entry;
use crate::docs::notes;
use crate::docs::relation::{Column, Database, ForeignKey, Relation};

pub(super) fn write(text: &mut String, database: &Database<'_>, relation: &Relation<'_>, links: &Links<'_, '_>) {
    let entry = relation.entry;
    let kind = entry.kind();
    let kind = format!("{}{}", kind[..1].to_uppercase(), &kind[1..]);
    let _ = writeln!(text, "\n### <a id=\"{}\"></a>{kind} {}", links.anchors[entry.id], code(&entry.id.qualified()));
    if let Some(comment) = entry.comment() {
        let _ = writeln!(text, "\n{}", plain(comment));
    }
    let nature: Vec<_> = notes::nature(relation).into_iter().filter(|note| !note.ends_with("view")).collect();
    let mut facts: Vec<String> = nature.iter().map(|note| code(note)).collect();
    facts.extend(view_facts(entry));
    if !facts.is_empty() {
        text.push('\n');
        for fact in facts {
            let _ = writeln!(text, "- {fact}");
        }
    }
    let rows: Vec<_> = relation.columns.iter().map(column).collect();
    section(text, "#### Columns", &["column", "type", "null", "default", "comment"], rows);
    if let Some(definition) = entry.text("definition") {
        fenced(text, definition);
    }
    keys(text, relation, links);
    referenced_by(text, relation, links);
    let rows = relation.constraints_of("check").map(|check| {
        let comment = plain(check.comment().unwrap_or_default());
        let expression = code(check.text("expression").unwrap_or_default());
        vec![code(check.name()), format!("{expression}{}", notes::validity(check)), comment]
    });
    section(text, "#### Checks", &["check", "demands", "comment"], rows.collect());
    let known = ["primary key", "unique", "foreign key", "check"];
    let others = relation.constraints.iter().filter(|c| !known.contains(&c.text("type").unwrap_or_default()));
    let rows = others.map(|constraint| {
        let definition = code(constraint.text("definition").unwrap_or_default());
        vec![code(constraint.name()), definition, plain(constraint.comment().unwrap_or_default())]
    });
    section(text, "#### Other constraints", &["constraint", "definition", "comment"], rows.collect());
    let rows = relation.indexes.iter().map(|index| {
        let unique = if index.flag("unique") { "yes" } else { "" };
        let mut definition = code(index.text("definition").unwrap_or_default());
        if let Some(predicate) = index.text("predicate") {
            definition += &format!(" where {}", code(predicate));
        }
        if index.is_off("valid") {
            definition += " (invalid)";
        }
        vec![code(index.name()), unique.to_owned(), definition, plain(index.comment().unwrap_or_default())]
    });
    section(text, "#### Indexes", &["index", "unique", "definition", "comment"], rows.collect());
    security(text, relation);
    let rows = relation.triggers.iter().map(|trigger| {
        let inherited = if trigger.flag("inherited") { " (from its parent)" } else { "" };
        let action = format!("{}{inherited}", code(&notes::action(*trigger)));
        vec![code(trigger.name()), action, plain(trigger.comment().unwrap_or_default())]
    });
    section(text, "#### Triggers", &["trigger", "does", "comment"], rows.collect());
    super::generic(text, "#### Other objects of it", database, &relation.others);
    grants(text, "####", database, entry);
    column_grants(text, database, relation);
}

fn view_facts(entry: Entry<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(
        entry.flag("security_invoker").then(|| "reads with the caller's rights (security\\_invoker)".to_owned()),
    );
    facts.extend(entry.flag("security_barrier").then(|| "its conditions come first (security\\_barrier)".to_owned()));
    facts.extend(entry.text("check_option").map(|option| format!("with {option} check option")));
    facts.extend(entry.is_off("populated").then(|| "never filled".to_owned()));
    facts
}

fn column(column: &Column<'_>) -> Vec<String> {
    let entry = column.entry;
    let mut default: Vec<String> = column.default().map(code).into_iter().collect();
    if let Some(expression) = entry.text("generation_expression") {
        default.push(format!("generated {}: {}", entry.text("generated").unwrap_or_default(), code(expression)));
    }
    if let Some(identity) = entry.text("identity") {
        default.push(format!("identity, {identity}"));
    }
    let mut ty = code(entry.text("type").unwrap_or_default());
    if let Some(collation) = entry.text("collation") {
        ty += &format!(" collate {}", code(collation));
    }
    let null = if column.not_null { "no" } else { "yes" };
    vec![code(column.name), ty, null.to_owned(), default.join("<br>"), plain(entry.comment().unwrap_or_default())]
}

fn fenced(text: &mut String, definition: &str) {
    let mut fence = "```".to_owned();
    while definition.contains(&fence) {
        fence.push('`');
    }
    let _ = writeln!(text, "\n{fence}sql\n{}\n{fence}", definition.trim_end());
}

fn keys(text: &mut String, relation: &Relation<'_>, links: &Links<'_, '_>) {
    let mut rows = Vec::new();
    for key in relation.constraints_of("primary key").chain(relation.constraints_of("unique")) {
        let note = notes::key(key).map(|note| format!("; {}", plain(&note))).unwrap_or_default();
        let what = format!("{} {}{note}", key.text("type").unwrap_or_default(), columns(&key.list("columns")));
        rows.push(vec![code(key.name()), what]);
    }
    for key in &relation.foreign_keys {
        let target = code(&Path(&key.target_path).to_string());
        let target = match key.target.and_then(|id| links.anchors.get(id)) {
            Some(anchor) => format!("[{target}](#{anchor})"),
            None => target,
        };
        let comment = key.entry.comment().map(|comment| format!("; {}", plain(comment))).unwrap_or_default();
        let what = format!(
            "foreign key {} references {target} {}{}{comment}",
            columns(&key.columns),
            columns(&key.target_columns),
            plain(&format!(".{}", notes::actions(key))).trim_start_matches('.').to_owned()
        );
        rows.push(vec![code(key.entry.name()), what]);
    }
    section(text, "#### Keys", &["key", "is"], rows);
}

fn columns(names: &[&str]) -> String {
    format!("({})", names.iter().map(|name| code(&Ident(name).to_string())).collect::<Vec<_>>().join(", "))
}

fn referenced_by(text: &mut String, relation: &Relation<'_>, links: &Links<'_, '_>) {
    let name = |(table, key): &(Entry<'_>, &ForeignKey<'_>)| {
        let name = code(&table.id.qualified());
        format!("[{name}](#{}) {}", links.anchors[table.id], columns(&key.columns))
    };
    if let Some(referrers) = links.referrers.get(relation.entry.id) {
        let _ = writeln!(text, "\nReferenced by {}.", referrers.iter().map(name).collect::<Vec<_>>().join(", "));
    }
}

fn security(text: &mut String, relation: &Relation<'_>) {
    let is_on = relation.entry.flag("row_level_security");
    if !is_on && relation.policies.is_empty() {
        return;
    }
    let state = match (is_on, relation.entry.flag("force_row_level_security")) {
        (true, true) => "on, for the owner too",
        (true, false) => "on",
        (false, _) => "off: the policies have no effect",
    };
    let _ = writeln!(text, "\nRow level security is {state}.");
    let rows = relation.policies.iter().map(|policy| {
        let expression = |attribute| policy.text(attribute).map(code).unwrap_or_default();
        vec![
            code(policy.name()),
            policy.text("command").unwrap_or("ALL").to_owned(),
            policy.list("roles").iter().map(|role| code(role)).collect::<Vec<_>>().join(", "),
            if policy.is_off("permissive") { "restrictive".to_owned() } else { "permissive".to_owned() },
            expression("using"),
            expression("with_check"),
            plain(policy.comment().unwrap_or_default()),
        ]
    });
    let columns = ["policy", "command", "roles", "mode", "using", "with check", "comment"];
    section(text, "#### Policies", &columns, rows.collect());
}

fn column_grants(text: &mut String, database: &Database<'_>, relation: &Relation<'_>) {
    let mut rows = Vec::new();
    for column in &relation.columns {
        for grant in database.children_of_kind(column.entry.id, "grant") {
            let grantable = grant.list("grantable");
            let may_grant =
                if grantable.is_empty() { String::new() } else { format!(" (may grant {})", grantable.join(", ")) };
            rows.push(vec![
                code(column.name),
                code(grant.name()),
                format!("{}{may_grant}", grant.list("privileges").join(", ")),
            ]);
        }
    }
    section(text, "#### Privileges on columns", &["column", "role", "privileges"], rows);
}
