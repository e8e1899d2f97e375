//! The schema as the tries need it: relations with columns, keys and checks, functions, and privileges.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio_postgres::Transaction;
use tokio_postgres::types::{ToSql, Type};

use super::Manifest;
use crate::base::{Error, Ident, Path, Result};
use crate::pg::server_error;

/// How a row is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By its table.
    Table,
    /// By a partition's own name.
    Partition,
    /// By a view or materialized view.
    View,
    /// By a function.
    Function,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Relation {
    pub(super) oid: i64,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) kind: char,
    pub(super) managed: bool,
    pub(super) parent: Option<i64>,
    pub(super) columns: Vec<Column>,
    pub(super) key: Option<Vec<String>>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) unique_indexes: Vec<UniqueIndex>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Column {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) sql_type: String,
    /// The type under a domain.
    pub(super) base: String,
    /// `typcategory`.
    pub(super) category: char,
    pub(super) required: bool,
    pub(super) written: bool,
    pub(super) labels: Vec<String>,
    pub(super) domain_checks: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Constraint {
    pub(super) name: String,
    pub(super) kind: char,
    pub(super) columns: Vec<String>,
    pub(super) referenced: Option<i64>,
    pub(super) referenced_columns: Vec<String>,
    pub(super) definition: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UniqueIndex {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Routine {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) procedure: bool,
    pub(super) arguments: Vec<Argument>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Argument {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) sql_type: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Privileges {
    relation: i64,
    role: String,
    pub(super) select: Vec<String>,
    pub(super) insert: Vec<String>,
    pub(super) update: Vec<String>,
    pub(super) delete: bool,
    pub(super) truncate: bool,
    pub(super) usage: bool,
}

impl Relation {
    pub(super) fn qualified(&self) -> String {
        Path(&[&self.schema, &self.name]).to_string()
    }

    pub(super) fn is_table(&self) -> bool {
        matches!(self.kind, 'r' | 'p')
    }

    pub(super) fn way(&self) -> Way {
        match self.kind {
            'v' | 'm' => Way::View,
            _ if self.parent.is_some() => Way::Partition,
            _ => Way::Table,
        }
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub(super) fn foreign_keys(&self) -> impl Iterator<Item = (&Constraint, i64)> {
        let keys = self.constraints.iter().filter(|constraint| constraint.kind == 'f');
        keys.filter_map(|constraint| Some((constraint, constraint.referenced?)))
    }
}

impl Routine {
    /// The name with argument types, without the schema.
    pub(super) fn signature(&self) -> String {
        let types: Vec<_> = self.arguments.iter().map(|argument| argument.sql_type.as_str()).collect();
        format!("{}({})", Ident(&self.name), types.join(", "))
    }
}

/// What there is to try.
#[derive(Debug)]
pub(super) struct World {
    pub(super) relations: BTreeMap<i64, Relation>,
    pub(super) routines: Vec<Routine>,
    privileges: BTreeMap<(i64, String), Privileges>,
}

impl World {
    /// What a role may do with a relation.
    pub(super) fn may(&self, relation: &Relation, role: &str) -> Option<&Privileges> {
        self.privileges.get(&(relation.oid, role.to_owned()))
    }
}

/// Reads it, and refuses roles and schemas that are not there.
pub(super) async fn look(transaction: &Transaction<'_>, manifest: &Manifest) -> Result<World> {
    let schemas = &manifest.schemas;
    let roles: Vec<&str> = manifest.roles.keys().map(String::as_str).collect();
    let query = "select name, false from unnest($1::name[]) name where to_regnamespace(quote_ident(name)) is null
        union all select name, true from unnest($2::name[]) name where to_regrole(quote_ident(name)) is null";
    let parameters: &[(&(dyn ToSql + Sync), Type)] = &[(schemas, Type::TEXT_ARRAY), (&roles, Type::TEXT_ARRAY)];
    let failed = |error| server_error(error, "reading the schema");
    let missing = transaction.query_typed(query, parameters).await.map_err(failed)?;
    if let Some(row) = missing.first() {
        let (name, is_role): (String, bool) = (row.get(0), row.get(1));
        return Err(match is_role {
            true => Error::input(format!("the manifest names role {}, which is not on the server", Ident(&name)))
                .with_hint("roles that migrations do not make are named with --role, or as `roles` in pgward.toml"),
            false => Error::input(format!("the manifest names schema {}, which is not there", Ident(&name))),
        });
    }
    let relations: Vec<Relation> = rows(transaction, include_str!("look.sql"), &parameters[..1]).await?;
    let routines = rows(transaction, include_str!("functions.sql"), &parameters[..1]).await?;
    let privileges: Vec<Privileges> = rows(transaction, include_str!("privileges.sql"), parameters).await?;
    Ok(World {
        relations: relations.into_iter().map(|relation| (relation.oid, relation)).collect(),
        routines,
        privileges: privileges.into_iter().map(|held| ((held.relation, held.role.clone()), held)).collect(),
    })
}

async fn rows<T: DeserializeOwned>(
    transaction: &Transaction<'_>,
    sql: &str,
    parameters: &[(&(dyn ToSql + Sync), Type)],
) -> Result<Vec<T>> {
    let failed = |error| server_error(error, "reading the schema");
    let rows = transaction.query_typed(sql, parameters).await.map_err(failed)?;
    rows.iter()
        .map(|row| {
            let value: serde_json::Value = row.try_get(0).map_err(failed)?;
            serde_json::from_value(value)
                .map_err(|error| Error::environment("the server's answer is not what was asked for").with_source(error))
        })
        .collect()
}
