//! The manifest: who acts, as whom, and what each can do. What it does not name is refused with 42501.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use super::verdict::{COMMANDS, Command, Verdict};
use super::{Cell, Way};
use crate::base::{Error, Excerpt, Result};

/// Verdicts by command.
pub(super) type Verdicts = BTreeMap<Command, Verdict>;

/// What is declared.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    format_version: u32,
    /// The schemas whose relations and functions are tried.
    pub schemas: Vec<String>,
    /// Columns that say which tenant a row belongs to.
    #[serde(default)]
    pub tenant: Vec<String>,
    /// SQL that runs before rows are seeded.
    #[serde(default)]
    pub(super) seed: Option<String>,
    /// The roles, and the identities that each acts as.
    pub roles: BTreeMap<String, Vec<String>>,
    /// How the session says who it is.
    #[serde(default)]
    pub identities: BTreeMap<String, Identity>,
    /// Values of columns that can't be guessed: `schema.table.column` to an SQL expression.
    #[serde(default)]
    pub(super) values: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) tables: BTreeMap<String, BTreeMap<String, Verdicts>>,
    #[serde(default)]
    pub(super) views: BTreeMap<String, BTreeMap<String, Verdicts>>,
    #[serde(default)]
    pub(super) functions: BTreeMap<String, BTreeMap<String, Verdict>>,
}

/// Somebody.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Identity {
    /// Settings of the session, such as `request.jwt.claims`. `${own:ops.projects.id}` stands for the seeded value.
    pub set: BTreeMap<String, String>,
    /// SQL that runs after rows are seeded: what makes this identity what it is.
    pub seed: Option<String>,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// What is no TOML or no manifest, with the place; a cell or a role that names an identity which is not declared.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let at = |span: Option<std::ops::Range<usize>>, message: String| {
            let error = Error::input(message);
            match span {
                Some(span) => error.with_excerpt(Excerpt {
                    file: name.to_owned(),
                    text: text.to_owned(),
                    span,
                    label: String::new(),
                }),
                None => error,
            }
        };
        let manifest: Self = toml::from_str(text)
            .map_err(|error| at(error.span(), format!("{name} can't be used: {}", error.message().trim())))?;
        if manifest.format_version != 1 {
            return Err(at(None, format!("{name} has format_version {}, and 1 is known", manifest.format_version)));
        }
        let find = |word: &str| text.find(&format!("{word}\"")).map(|from| from..from + word.len());
        for (role, identities) in &manifest.roles {
            if let Some(unknown) = identities.iter().find(|name| !manifest.identities.contains_key(*name)) {
                let message = format!("{name}: role {role} acts as {unknown}, and there is no [identities.{unknown}]");
                return Err(at(find(unknown), message));
            }
        }
        if manifest.roles.is_empty() {
            return Err(at(None, format!("{name} names no roles, so there is nothing to try"))
                .with_hint("under [roles], say who acts: authenticated = [\"member\", \"stranger\"]"));
        }
        let cells = [&manifest.tables, &manifest.views].into_iter().flatten().flat_map(|(_, cells)| cells.keys());
        for key in cells.chain(manifest.functions.values().flat_map(BTreeMap::keys)) {
            if !manifest.actors().any(|(role, identity)| key == role || *key == format!("{role} {identity}")) {
                let message =
                    format!("{name}: nobody is called {key:?}: write a role, or a role and one of its identities");
                return Err(at(find(key), message));
            }
        }
        Ok(manifest)
    }

    /// A manifest that declares roles and identities and nothing that they can do.
    #[must_use]
    pub fn of(
        schemas: Vec<String>,
        tenant: Vec<String>,
        roles: &[String],
        identities: BTreeMap<String, Identity>,
    ) -> Self {
        let all: Vec<_> = identities.keys().cloned().collect();
        let roles = roles.iter().map(|role| (role.clone(), all.clone())).collect();
        Self { format_version: 1, schemas, tenant, roles, identities, ..Self::default() }
    }

    /// Who acts, as whom.
    pub(super) fn actors(&self) -> impl Iterator<Item = (&str, &str)> {
        self.roles
            .iter()
            .flat_map(|(role, identities)| identities.iter().map(|identity| (role.as_str(), identity.as_str())))
    }

    /// What is declared about a cell.
    #[must_use]
    pub fn expected(&self, cell: &Cell) -> Verdict {
        let keys = [format!("{} {}", cell.role, cell.identity), cell.role.clone()];
        let declared = match cell.way {
            Way::Function => {
                let cells = self.functions.get(&cell.object());
                keys.iter().find_map(|key| cells?.get(key)).cloned()
            }
            way => {
                let section = if way == Way::View { &self.views } else { &self.tables };
                let cells = section.get(&cell.object());
                keys.iter().find_map(|key| cells?.get(key)).and_then(|verdicts| verdicts.get(&cell.command).cloned())
            }
        };
        declared.unwrap_or_else(Verdict::refused)
    }

    /// The objects that are declared, as `(section, name)`.
    pub(super) fn declared(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let tables = self.tables.keys().map(|name| ("table", name.as_str()));
        let views = self.views.keys().map(|name| ("view", name.as_str()));
        tables.chain(views).chain(self.functions.keys().map(|name| ("function", name.as_str())))
    }

    /// The same manifest with what was observed in place of what was declared. What says nothing is left out.
    #[must_use]
    pub fn written(&self, cells: &[Cell]) -> String {
        let mut text = String::from(
            "# Who can do what: tried for real by `pgward rls`. What is not named is refused with 42501.\n\
             # `pgward rls --write` writes the verdicts anew and keeps the rest.\n",
        );
        let _ = writeln!(text, "format_version = 1\nschemas = {}", list(&self.schemas));
        let _ = writeln!(text, "# Columns that say which tenant a row belongs to.\ntenant = {}", list(&self.tenant));
        if let Some(seed) = &self.seed {
            let _ = writeln!(text, "# Runs before rows are seeded.\nseed = '''\n{}'''", seed.trim_start());
        }
        text.push_str("\n# Who acts, and as whom.\n[roles]\n");
        for (role, identities) in &self.roles {
            let _ = writeln!(text, "{} = {}", key(role), list(identities));
        }
        for (name, identity) in &self.identities {
            let _ = writeln!(text, "\n[identities.{}]", key(name));
            for (setting, value) in &identity.set {
                let _ = writeln!(text, "set.{} = {}", quoted(setting), quoted(value));
            }
            if let Some(seed) = &identity.seed {
                let _ = writeln!(text, "seed = '''\n{}'''", seed.trim_start());
            }
        }
        if !self.values.is_empty() {
            text.push_str("\n# What can't be guessed of columns.\n[values]\n");
            for (column, value) in &self.values {
                let _ = writeln!(text, "{} = {}", quoted(column), quoted(value));
            }
        }
        for (section, ways) in [("tables", &[Way::Table, Way::Partition][..]), ("views", &[Way::View])] {
            let mut objects: BTreeMap<String, Vec<&Cell>> = BTreeMap::new();
            for cell in cells.iter().filter(|cell| ways.contains(&cell.way)) {
                objects.entry(cell.object()).or_default().push(cell);
            }
            for (object, cells) in objects {
                let lines = self.lines(&cells, |verdicts| {
                    let verdicts = verdicts
                        .iter()
                        .map(|(command, verdict)| format!("{} = {}", command.name(), quoted(&verdict.to_string())));
                    format!("{{ {} }}", verdicts.collect::<Vec<_>>().join(", "))
                });
                if !lines.is_empty() {
                    let _ = write!(text, "\n[{section}.{}]\n{lines}", quoted(&object));
                }
            }
        }
        let mut functions: BTreeMap<String, Vec<&Cell>> = BTreeMap::new();
        for cell in cells.iter().filter(|cell| cell.way == Way::Function) {
            functions.entry(cell.object()).or_default().push(cell);
        }
        for (object, cells) in functions {
            let lines = self.lines(&cells, |verdicts| {
                verdicts.first().map(|(_, verdict)| quoted(&verdict.to_string())).unwrap_or_default()
            });
            if !lines.is_empty() {
                let _ = write!(text, "\n[functions.{}]\n{lines}", quoted(&object));
            }
        }
        text
    }

    /// A line for each actor that can do something; one for a role whose identities are all alike.
    fn lines(&self, cells: &[&Cell], show: impl Fn(&[(Command, Verdict)]) -> String) -> String {
        let mut text = String::new();
        for (role, identities) in &self.roles {
            let mut shown: Vec<(&String, String)> = Vec::new();
            for identity in identities {
                let order = COMMANDS.into_iter().chain([Command::Execute]);
                let verdicts: Vec<_> = order
                    .filter_map(|command| {
                        let cell = cells
                            .iter()
                            .find(|cell| cell.role == *role && cell.identity == *identity && cell.command == command)?;
                        let verdict = cell.observed.as_ref().ok()?;
                        (*verdict != Verdict::refused()).then(|| (command, verdict.clone()))
                    })
                    .collect();
                shown.push((identity, if verdicts.is_empty() { String::new() } else { show(&verdicts) }));
            }
            let alike = shown.windows(2).all(|pair| pair[0].1 == pair[1].1);
            if alike && let Some((_, line)) = shown.first() {
                if !line.is_empty() {
                    let _ = writeln!(text, "{} = {line}", quoted(role));
                }
                continue;
            }
            // What one identity can't do must not be read off the role's line, so there is none.
            for (identity, line) in shown.iter().filter(|(_, line)| !line.is_empty()) {
                let _ = writeln!(text, "{} = {line}", quoted(&format!("{role} {identity}")));
            }
        }
        text
    }
}

fn list(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| quoted(name)).collect();
    format!("[{}]", names.join(", "))
}

fn key(name: &str) -> String {
    let bare =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if bare { name.to_owned() } else { quoted(name) }
}

/// A TOML string.
fn quoted(text: &str) -> String {
    if !text.contains(['\'', '\n']) && text.contains(['"', '\\']) {
        format!("'{text}'")
    } else {
        toml::Value::String(text.to_owned()).to_string()
    }
}
