//! `other-teams-object`: A migration changes what another team looks after.

use crate::base::{Code, Severity};
use crate::lint::site::{Found, Rule, Site, shown};
use crate::sql::tree::{Action, Name};

pub(in crate::lint) static RULE: Rule = Rule::new(
    Code {
        code: "LN117",
        name: "other-teams-object",
        severity: Severity::Error,
        description: "A migration changes an object that `[[lint.owners]]` in pgward.toml gives to a team whose migrations\n\
        are in other files. Let that team change it, or waive this with a word of its consent.",
        bad: "insert into billing.invoices (id) values (1);",
        good: "insert into app.notes (id) values (1);",
    },
    check,
);

fn check(site: &Site<'_>, found: &mut Found) {
    for (kind, name) in changed(site.action) {
        let full = if has_schema(kind) { site.known.full_name(name) } else { name.clone() };
        // `billing.*` stands for the schema as well.
        let asked = if kind == "schema" { format!("{}.*", full.join(".")) } else { full.join(".") };
        if let Some(owner) = site.conventions.other_owner(&asked, site.file) {
            let (object, paths) = (shown(&full), owner.paths_written.join(", "));
            found
                .say(site.span.clone(), format!("{kind} {object} is looked after by {}", owner.team))
                .on(kind, &full)
                .hint(format!("its migrations are in {paths}"));
        }
    }
}

/// What a statement makes, changes or drops.
fn changed(action: &Action) -> Vec<(&str, &Name)> {
    match action {
        Action::CreateTable(table) if table.temporary => Vec::new(),
        Action::CreateTable(table) => {
            [&table.name].into_iter().chain(&table.partition_of).map(|t| ("table", t)).collect()
        }
        Action::CreateIndex(index) => vec![("table", &index.table)],
        Action::Create(create) => vec![on_table(&create.kind, create.on.as_ref(), &create.name)],
        Action::AlterTable(table) => vec![("table", &table.name)],
        Action::Alter(alter) => vec![on_table(&alter.kind, alter.on.as_ref(), &alter.name)],
        Action::Drop(drop) => match &drop.on {
            Some(table) => vec![("table", table)],
            None => drop.names.iter().map(|name| (drop.kind.as_str(), name)).collect(),
        },
        Action::Reindex { kind, name, .. } => vec![(kind.as_str(), name)],
        Action::Refresh { view, .. } => vec![("materialized view", view)],
        Action::Rewrite { table, .. } => table.iter().map(|table| ("table", table)).collect(),
        Action::Write(write) => write.tables.iter().map(|table| ("table", table)).collect(),
        Action::Grant(grant) if grant.kind.ends_with("in schema") => {
            grant.objects.iter().map(|schema| ("schema", schema)).collect()
        }
        Action::Grant(grant) if grant.kind != "role" => {
            grant.objects.iter().map(|object| (grant.kind.as_str(), object)).collect()
        }
        _ => Vec::new(),
    }
}

/// The table that something is on, or the thing itself.
fn on_table<'a>(kind: &'a str, on: Option<&'a Name>, name: &'a Name) -> (&'a str, &'a Name) {
    on.map_or((kind, name), |table| ("table", table))
}

/// Whether objects of a kind are in schemas.
fn has_schema(kind: &str) -> bool {
    !matches!(
        kind,
        "schema"
            | "extension"
            | "role"
            | "user"
            | "group"
            | "database"
            | "tablespace"
            | "language"
            | "event trigger"
            | "publication"
            | "subscription"
            | "server"
            | "foreign data wrapper"
            | "access method"
            | "system"
    )
}
