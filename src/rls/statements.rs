//! The statements that are tried.

use std::collections::BTreeMap;

use super::Manifest;
use super::look::{Privileges, Relation, Routine, World};
use super::rows::Side;
use super::seed::Seeded;
use super::verdict::Command;
use crate::base::{Ident, Path};

/// A statement, and what says afterwards whether it reached the row, where its own count does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) check: Option<String>,
}

impl From<String> for Statement {
    fn from(sql: String) -> Self {
        Self { sql, check: None }
    }
}

/// What tells a seeded row.
pub(super) fn condition(seeded: &Seeded, relation: &Relation, side: Side) -> Option<String> {
    let row = seeded.row(relation, side)?;
    let equal: Vec<_> = match &relation.key {
        Some(key) => key
            .iter()
            .map(|column| Some(format!("{} = {}", Ident(column), seeded.value(relation, side, column)?)))
            .collect::<Option<_>>()?,
        None => {
            let given = row.iter().filter_map(|(column, value)| Some((column, value.as_ref()?)));
            given.map(|(column, value)| format!("{}::text = {}", Ident(column), crate::base::Literal(value))).collect()
        }
    };
    Some(if equal.is_empty() { "true".to_owned() } else { equal.join(" and ") })
}

/// A relation, its rows, and what a role may do with it.
pub(super) struct Target<'a> {
    pub(super) relation: &'a Relation,
    /// The table whose seeded rows it shows: itself, or a partition's root.
    pub(super) source: &'a Relation,
    pub(super) seeded: &'a Seeded,
    pub(super) manifest: &'a Manifest,
    pub(super) may: Option<&'a Privileges>,
    /// Where the row is now.
    pub(super) place: Option<&'a str>,
}

impl Target<'_> {
    /// The statement of a command, for a column where one is named. None where there is nothing to try.
    pub(super) fn statement(&self, command: Command, column: Option<&str>) -> Option<Statement> {
        let table = self.relation.qualified();
        let inserts = matches!(command, Command::Insert | Command::InsertReturning | Command::Truncate);
        if !inserts && self.place.is_none() {
            // Without the row, what another one says would be taken for it.
            return None;
        }
        match command {
            Command::Select => {
                let column = column.map(str::to_owned).or_else(|| self.first(|may| &may.select))?;
                let condition = self.reachable().map(|condition| format!(" where {condition}")).unwrap_or_default();
                Some(format!("select {} from {table}{condition}", Ident(&column)).into())
            }
            Command::Insert => Some(self.insert(column)?.into()),
            Command::InsertReturning => {
                let shown = self.relation.key.iter().flatten().next().cloned();
                let shown = shown.filter(|key| self.may.is_none_or(|may| may.select.contains(key)));
                let shown = shown.or_else(|| self.first(|may| &may.select))?;
                Some(format!("{} returning {}", self.insert(None)?, Ident(&shown)).into())
            }
            Command::Upsert => Some(self.upsert()?.into()),
            Command::Update => {
                let column = column.map(str::to_owned).or_else(|| self.updated())?;
                let value = self.seeded.value(self.source, Side::Own, &column)?;
                Some(self.written(format!("update {table} set {} = {value}", Ident(&column))))
            }
            Command::Move => {
                let tenant = self.manifest.tenant.iter().find(|name| self.relation.column(name).is_some())?;
                let value = self.seeded.value(self.source, Side::Other, tenant)?;
                Some(self.written(format!("update {table} set {} = {value}", Ident(tenant))))
            }
            Command::Delete => Some(self.written(format!("delete from {table}"))),
            Command::Truncate => Some(format!("truncate {table}").into()),
            Command::Execute => None,
        }
    }

    /// What tells the row, if the role may read it; else every row is tried.
    fn reachable(&self) -> Option<String> {
        let key = self.source.key.as_deref().unwrap_or_default();
        let readable = self.may.is_none_or(|may| {
            may.select.is_empty() || !key.is_empty() && key.iter().all(|column| may.select.contains(column))
        });
        readable.then(|| condition(self.seeded, self.source, Side::Own)).flatten()
    }

    fn written(&self, sql: String) -> Statement {
        let readable = self.may.is_none_or(|may| !may.select.is_empty() || may.update.is_empty() && !may.delete);
        match (self.reachable().filter(|_| readable), condition(self.seeded, self.source, Side::Own), self.place) {
            (Some(condition), ..) => format!("{sql} where {condition}").into(),
            (None, Some(condition), Some(place)) => Statement {
                sql,
                check: Some(format!(
                    "select not exists (select from {} where {condition} and ctid = '{place}'::tid)",
                    self.relation.qualified()
                )),
            },
            _ => sql.into(),
        }
    }

    /// The first column that a role may use, else the first one.
    fn first(&self, list: impl Fn(&Privileges) -> &Vec<String>) -> Option<String> {
        let columns = &self.relation.columns;
        let allowed = |name: &String| self.may.is_none_or(|may| list(may).contains(name));
        let first = columns.iter().map(|column| &column.name).find(|name| allowed(name));
        first.or(columns.first().map(|column| &column.name)).cloned()
    }

    /// The column that an UPDATE sets: one that the role may set, and rather none that identifies.
    fn updated(&self) -> Option<String> {
        let refers =
            |name: &str| self.relation.foreign_keys().any(|(key, _)| key.columns.iter().any(|column| column == name));
        let identifies = |name: &str| {
            self.source.key.iter().flatten().any(|key| key == name)
                || self.manifest.tenant.iter().any(|tenant| tenant == name)
                || refers(name)
        };
        let allowed = |name: &str| self.may.is_none_or(|may| may.update.iter().any(|column| column == name));
        let rank = |name: &str| (!allowed(name), identifies(name));
        let columns = self.relation.columns.iter().filter(|column| column.written);
        columns.map(|column| &column.name).min_by_key(|name| rank(name)).cloned()
    }

    /// Columns and values of a new row, as far as the role may give them.
    fn given(&self) -> Option<BTreeMap<String, String>> {
        let mut values = self.seeded.fresh.get(&self.source.oid)?.as_ref().ok()?.clone();
        if let Some(may) = self.may.filter(|may| !may.insert.is_empty()) {
            values.retain(|column, _| may.insert.contains(column));
        }
        Some(values)
    }

    fn insert(&self, column: Option<&str>) -> Option<String> {
        let mut values = self.given()?;
        if let Some(column) = column {
            values.entry(column.to_owned()).or_insert_with(|| "default".to_owned());
        }
        Some(format!("insert into {} {}", self.relation.qualified(), listed(&values)))
    }

    fn upsert(&self) -> Option<String> {
        let key = self.source.key.as_ref()?;
        let mut values = self.given()?;
        for column in key {
            values.insert(column.clone(), self.seeded.value(self.source, Side::Own, column)?);
        }
        let set = self.updated()?;
        let value = self.seeded.value(self.source, Side::Own, &set)?;
        let fixed = key.iter().any(|name| self.source.column(name).is_some_and(|column| !column.written));
        let names: Vec<_> = key.iter().map(|column| Ident(column).to_string()).collect();
        let listed = listed(&values);
        let listed = if fixed { listed.replacen(" values ", " overriding system value values ", 1) } else { listed };
        Some(format!(
            "insert into {} {listed} on conflict ({}) do update set {} = {value}",
            self.relation.qualified(),
            names.join(", "),
            Ident(&set)
        ))
    }

    /// Whether the role lacks the privilege that a command needs, so that no row decides.
    pub(super) fn lacks(&self, command: Command, column: Option<&str>) -> bool {
        let Some(may) = self.may else { return false };
        let has = |list: &Vec<String>, column: Option<&str>| match column {
            Some(column) => list.iter().any(|known| known == column),
            None => !list.is_empty(),
        };
        let tenant = self.manifest.tenant.iter().find(|name| self.relation.column(name).is_some());
        let key = self.source.key.as_deref().unwrap_or_default();
        !may.usage
            || match command {
                Command::Select => !has(&may.select, column),
                Command::Insert => !has(&may.insert, column),
                Command::InsertReturning => !has(&may.insert, None) || !has(&may.select, None),
                Command::Upsert => {
                    !key.iter().all(|column| may.insert.contains(column))
                        || !key.iter().all(|column| may.select.contains(column))
                        || !has(&may.update, None)
                }
                Command::Update => !has(&may.update, column),
                Command::Move => !has(&may.update, tenant.map(String::as_str)),
                Command::Delete => !may.delete,
                Command::Truncate => !may.truncate,
                Command::Execute => false,
            }
    }
}

fn listed(values: &BTreeMap<String, String>) -> String {
    if values.is_empty() {
        return "default values".to_owned();
    }
    let (names, values): (Vec<_>, Vec<_>) =
        values.iter().map(|(name, value)| (Ident(name).to_string(), value.as_str())).unzip();
    format!("({}) values ({})", names.join(", "), values.join(", "))
}

/// What is selected of a view: the tenant's rows where it says whose they are, else all.
pub(super) fn of_view(world: &World, seeded: &Seeded, manifest: &Manifest, view: &Relation) -> String {
    let own = |name: &String| {
        view.column(name)?;
        let table = world.relations.values().find(|table| table.is_table() && table.column(name).is_some())?;
        let value = seeded.row(table, Side::Own)?.get(name)?.as_ref()?;
        Some(format!(" where {}::text = {}", Ident(name), crate::base::Literal(value)))
    };
    manifest.tenant.iter().find_map(own).unwrap_or_default()
}

/// A call, with the tenant's own values for arguments that are called like a column.
pub(super) fn call(world: &World, seeded: &Seeded, routine: &Routine) -> Statement {
    let arguments: Vec<String> = routine
        .arguments
        .iter()
        .map(|argument| {
            let name = argument.name.trim_start_matches("p_").trim_start_matches('_');
            let value = own_value(world, seeded, name, &argument.sql_type);
            value.unwrap_or_else(|| format!("null::{}", argument.sql_type))
        })
        .collect();
    let name = Path(&[&routine.schema, &routine.name]);
    match routine.procedure {
        true => format!("call {name}({})", arguments.join(", ")).into(),
        false => format!("select * from {name}({})", arguments.join(", ")).into(),
    }
}

/// The tenant's value of a column of that name, or of the key of a table that it names: `run_id` is the id of `runs`.
fn own_value(world: &World, seeded: &Seeded, name: &str, sql_type: &str) -> Option<String> {
    let tables = || world.relations.values().filter(|table| table.is_table() && table.managed);
    let fits = |table: &Relation, column: &str| {
        table
            .column(column)
            .is_some_and(|column| column.sql_type == sql_type)
            .then(|| seeded.value(table, Side::Own, column))?
    };
    let word = name.strip_suffix("_id")?;
    let keyed = tables().find(|table| table.name == word || table.name.strip_suffix('s') == Some(word));
    keyed
        .and_then(|table| fits(table, "id"))
        .or_else(|| tables().find_map(|table| fits(table, name)))
        .filter(|value| value != "NULL")
}
