//! A data dictionary in Markdown: everything that is in the catalog, for people to read and link to.
//!
//! Headings carry anchors of their own, because each renderer makes others of nasty names.

mod relation;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::entry::Entry;
use super::relation::{Database, ForeignKey, Schema};
use super::{Format, GENERATED, notes};
use crate::model::{Catalog, ObjectId};
use words::{code, plain, table};

/// Markdown.
pub(super) const FORMAT: Format =
    Format { name: "markdown", extension: "md", about: "Markdown data dictionary", render };

/// Where links lead.
#[derive(Default)]
struct Links<'a, 'd> {
    /// The anchor of each schema and relation.
    anchors: BTreeMap<&'a ObjectId, String>,
    /// The foreign keys that refer to a table, with the tables that have them.
    referrers: BTreeMap<&'a ObjectId, Vec<(Entry<'a>, &'d ForeignKey<'a>)>>,
}

fn render(catalog: &Catalog) -> String {
    let database = Database::of(catalog);
    let mut links = Links::default();
    let mut taken = BTreeSet::new();
    for schema in &database.schemas {
        let relations = schema.tables.iter().chain(&schema.views).map(|relation| relation.entry);
        for entry in schema.entry.into_iter().chain(relations) {
            links
                .anchors
                .insert(entry.id, anchor(&mut taken, &format!("{}-{}", entry.kind(), entry.id.path.join("-"))));
        }
        for table in &schema.tables {
            for key in &table.foreign_keys {
                if let Some(target) = key.target {
                    links.referrers.entry(target).or_default().push((table.entry, key));
                }
            }
        }
    }
    let mut text = format!("<!-- {GENERATED} -->\n\n# Data dictionary\n");
    contents(&mut text, &database, &links);
    for schema in &database.schemas {
        write_schema(&mut text, &database, schema, &links);
    }
    let (extensions, others): (Vec<_>, Vec<_>) =
        database.outside.iter().copied().partition(|entry| entry.kind() == "extension");
    let rows = extensions.iter().map(|entry| {
        vec![
            code(entry.name()),
            entry.text("version").map(code).unwrap_or_default(),
            entry.text("schema").map(code).unwrap_or_default(),
            plain(entry.comment().unwrap_or_default()),
        ]
    });
    section(&mut text, "## Extensions", &["extension", "version", "schema", "comment"], rows.collect());
    generic(&mut text, "## In the database itself", &database, &others);
    text
}

fn contents(text: &mut String, database: &Database<'_>, links: &Links<'_, '_>) {
    text.push('\n');
    for schema in &database.schemas {
        let link = |entry: Entry<'_>| format!("[{}](#{})", plain(entry.name()), links.anchors[entry.id]);
        let name = schema.entry.map_or_else(|| plain(schema.name), link);
        let _ = writeln!(text, "- {name}");
        for (what, relations) in [("tables", &schema.tables), ("views", &schema.views)] {
            if !relations.is_empty() {
                let names: Vec<_> = relations.iter().map(|relation| link(relation.entry)).collect();
                let _ = writeln!(text, "  - {what}: {}", names.join(", "));
            }
        }
    }
}

fn write_schema(text: &mut String, database: &Database<'_>, schema: &Schema<'_>, links: &Links<'_, '_>) {
    let anchor = schema.entry.map(|entry| format!("<a id=\"{}\"></a>", links.anchors[entry.id])).unwrap_or_default();
    let _ = writeln!(text, "\n## {anchor}Schema {}", code(schema.name));
    if let Some(entry) = schema.entry {
        if let Some(comment) = entry.comment() {
            let _ = writeln!(text, "\n{}", plain(comment));
        }
        grants(text, "####", database, entry);
    }
    for relation in schema.tables.iter().chain(&schema.views) {
        relation::write(text, database, relation, links);
    }
    let of_kind = |kind: &str| schema.others.iter().copied().filter(|entry| entry.kind() == kind).collect::<Vec<_>>();
    let comment = |entry: Entry<'_>| plain(entry.comment().unwrap_or_default());
    let rows = of_kind("enum").into_iter().map(|entry| {
        let labels: Vec<_> = entry.list("labels").iter().map(|label| code(label)).collect();
        vec![code(entry.name()), labels.join(", "), who(database, entry), comment(entry)]
    });
    section(text, "### Enums", &["enum", "labels", "privileges", "comment"], rows.collect());
    let rows = of_kind("domain").into_iter().map(|entry| {
        let mut rules = Vec::new();
        rules.extend(entry.flag("not_null").then(|| "not null".to_owned()));
        rules.extend(entry.text("default").map(|default| format!("default {}", code(default))));
        rules.extend(entry.text("collation").map(|collation| format!("collate {}", code(collation))));
        for check in database.children_of_kind(entry.id, "constraint") {
            let comment = check.comment().map(|comment| format!(": {}", plain(comment))).unwrap_or_default();
            let demand = check.text("expression").or(check.text("definition")).unwrap_or_default();
            rules.push(format!("{} {}{}{comment}", code(check.name()), code(demand), notes::validity(check)));
        }
        let ty = code(entry.text("type").unwrap_or_default());
        vec![code(entry.name()), ty, rules.join("<br>"), who(database, entry), comment(entry)]
    });
    section(text, "### Domains", &["domain", "type", "rules", "privileges", "comment"], rows.collect());
    let rows = of_kind("composite type").into_iter().map(|entry| {
        let columns = database.columns(entry.id);
        let columns: Vec<_> = columns
            .iter()
            .map(|column| {
                let comment = column.entry.comment().map(|comment| format!(": {}", plain(comment))).unwrap_or_default();
                format!("{} {}{comment}", code(column.name), code(column.entry.text("type").unwrap_or_default()))
            })
            .collect();
        vec![code(entry.name()), columns.join("<br>"), who(database, entry), comment(entry)]
    });
    section(text, "### Composite types", &["type", "attributes", "privileges", "comment"], rows.collect());
    let routines = schema.others.iter().filter(|entry| ["function", "procedure"].contains(&entry.kind()));
    let rows: Vec<_> = routines.map(|entry| routine(database, *entry)).collect();
    section(text, "### Functions and procedures", &["name", "returns", "is", "privileges", "comment"], rows);
    let known = ["enum", "domain", "composite type", "function", "procedure"];
    let rest: Vec<_> = schema.others.iter().copied().filter(|entry| !known.contains(&entry.kind())).collect();
    generic(text, "### Other objects", database, &rest);
}

fn routine(database: &Database<'_>, entry: Entry<'_>) -> Vec<String> {
    let name = entry.id.path.get(1).map_or("", String::as_str);
    let signature = format!("{}({})", crate::base::Ident(name), entry.text("arguments").unwrap_or_default());
    let mut is = vec![entry.text("language").unwrap_or_default().to_owned()];
    is.extend(entry.text("volatility").map(str::to_owned));
    let flags = [
        ("strict", "strict"),
        ("security_definer", "**security definer**"),
        ("leakproof", "leakproof"),
        ("window", "window"),
    ];
    is.extend(flags.iter().filter(|(flag, _)| entry.flag(flag)).map(|(_, word)| (*word).to_owned()));
    is.extend(entry.text("parallel").map(|parallel| format!("parallel {parallel}")));
    for (name, value) in entry.attrs.get("settings").and_then(|settings| settings.as_object()).into_iter().flatten() {
        is.push(format!("set {}", code(&format!("{name} = {}", value.as_str().unwrap_or_default()))));
    }
    let returns = if entry.kind() == "procedure" {
        "(procedure)".to_owned()
    } else {
        code(entry.text("returns").unwrap_or_default())
    };
    vec![code(&signature), returns, is.join(", "), who(database, entry), plain(entry.comment().unwrap_or_default())]
}

/// Objects of kinds that have no form of their own here: all their attributes, as they are.
fn generic(text: &mut String, heading: &str, database: &Database<'_>, entries: &[Entry<'_>]) {
    let row = |entry: &Entry<'_>| {
        let attributes = entry.attrs.iter().filter(|(name, _)| !["owner", "comment"].contains(&name.as_str()));
        let attributes: Vec<_> = attributes
            .map(|(name, value)| {
                format!("{name} {}", code(&value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            })
            .collect();
        let names = if entry.id.schema().is_some() { &entry.id.path[1..] } else { &entry.id.path[..] };
        vec![
            entry.kind().to_owned(),
            code(&crate::base::Path(names).to_string()),
            attributes.join("<br>"),
            who(database, *entry),
            plain(entry.comment().unwrap_or_default()),
        ]
    };
    section(text, heading, &["kind", "name", "attributes", "privileges", "comment"], entries.iter().map(row).collect());
}

/// A heading and a table, unless there are no rows. Columns in which no row has anything are left out.
fn section(text: &mut String, heading: &str, columns: &[&str], rows: Vec<Vec<String>>) {
    if !rows.is_empty() {
        let _ = writeln!(text, "\n{heading}\n");
        table(text, columns, rows);
    }
}

/// Privileges in one cell: who may do what.
fn who(database: &Database<'_>, entry: Entry<'_>) -> String {
    let grants = database.children_of_kind(entry.id, "grant");
    let grant = |grant: &Entry<'_>| {
        let grantable = grant.list("grantable");
        let privileges: Vec<_> = grant
            .list("privileges")
            .iter()
            .map(
                |privilege| {
                    if grantable.contains(privilege) { format!("{privilege}\\*") } else { (*privilege).to_owned() }
                },
            )
            .collect();
        let privileges = if privileges.is_empty() { "nothing".to_owned() } else { privileges.join(", ") };
        format!("{}: {privileges}", code(grant.name()))
    };
    grants.iter().map(grant).collect::<Vec<_>>().join("<br>")
}

/// The matrix of roles and privileges.
fn grants(text: &mut String, level: &str, database: &Database<'_>, entry: Entry<'_>) {
    let grants = database.children_of_kind(entry.id, "grant");
    let mut privileges: Vec<&str> = grants.iter().flat_map(|grant| grant.list("privileges")).collect();
    privileges.sort_unstable();
    privileges.dedup();
    let mut columns = vec!["role"];
    columns.extend(&privileges);
    let rows = grants.iter().map(|grant| {
        let (has, grantable) = (grant.list("privileges"), grant.list("grantable"));
        let cell = |privilege: &&str| match (has.contains(privilege), grantable.contains(privilege)) {
            (true, true) => "yes, and may grant it".to_owned(),
            (true, false) => "yes".to_owned(),
            _ => String::new(),
        };
        std::iter::once(code(grant.name())).chain(privileges.iter().map(cell)).collect()
    });
    section(text, &format!("{level} Privileges"), &columns, rows.collect());
}

/// A name for links: letters, digits and hyphens, each once.
fn anchor(taken: &mut BTreeSet<String>, text: &str) -> String {
    let wish: String =
        text.chars().map(|c| if c.is_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' }).collect();
    let mut name = wish.clone();
    let mut n = 1;
    while !taken.insert(name.clone()) {
        n += 1;
        name = format!("{wish}-{n}");
    }
    name
}
