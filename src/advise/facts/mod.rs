//! What the rules know: the catalogs' answers, read in bulk in one read-only transaction.
//!
//! Each `.sql` file gives one JSON value a row, which a strict struct reads.

mod look;
mod types;

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use serde::de::DeserializeOwned;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Transaction};

pub(super) use look::{Command, who};
pub(super) use types::{
    Column, DefaultPrivilege, Extension, ForeignKey, Function, Index, Membership, Policy, Relation, Schema, Trigger,
};

use super::Options;
use super::expression::Expression;
use crate::base::{Error, Ident, Result};
use crate::model::SchemaFilter;
use crate::pg::server_error;

/// The pseudo-role that everybody is.
pub(super) const PUBLIC: &str = "public";

/// Everything that was asked.
#[derive(Debug)]
pub(super) struct Facts {
    /// The API roles, `public` among them as the last.
    pub(super) api_roles: Vec<String>,
    pub(super) schemas: Vec<Schema>,
    relations: BTreeMap<i64, Relation>,
    columns: BTreeMap<i64, Vec<Column>>,
    pub(super) policies: Vec<Policy>,
    functions: BTreeMap<i64, Function>,
    pub(super) indexes: Vec<Index>,
    pub(super) foreign_keys: Vec<ForeignKey>,
    pub(super) triggers: Vec<Trigger>,
    pub(super) memberships: Vec<Membership>,
    pub(super) default_privileges: Vec<DefaultPrivilege>,
    pub(super) extensions: Vec<Extension>,
    /// Public buckets of Supabase's storage, or why they can't be read.
    pub(super) public_buckets: std::result::Result<Vec<String>, String>,
}

/// What the deparsing functions write depends on these.
const SETTINGS: &str = "
    set local search_path = pg_catalog, pg_temp;
    set local quote_all_identifiers = off;
    set local standard_conforming_strings = on;
    set local row_security = off;
    set local jit = off;";

/// Reads all facts. Two round trips for the roles and everything else, and one more where Supabase's storage is there.
pub(super) async fn read(client: &mut Client, filter: &SchemaFilter, options: &Options) -> Result<Facts> {
    let failed = |error| server_error(error, "reading the catalogs");
    let transaction = client.build_transaction().read_only(true).start().await.map_err(failed)?;
    transaction.batch_execute(SETTINGS).await.map_err(failed)?;
    let schemas = filter.schemas().map(<[String]>::to_vec);
    let api_roles = api_roles(&transaction, schemas.as_ref(), options).await?;
    let ask = |sql: &'static str| Asked { transaction: &transaction, sql, schemas: &schemas, roles: &api_roles };
    let replies = try_join_all([
        ask(include_str!("schemas.sql")).rows(2),
        ask(include_str!("relations.sql")).rows(2),
        ask(include_str!("columns.sql")).rows(2),
        ask(include_str!("policies.sql")).rows(2),
        ask(include_str!("functions.sql")).rows(2),
        ask(include_str!("indexes.sql")).rows(1),
        ask(include_str!("foreign_keys.sql")).rows(1),
        ask(include_str!("triggers.sql")).rows(1),
        ask(include_str!("default_privileges.sql")).rows(2),
        ask(include_str!("extensions.sql")).rows(0),
        ask(include_str!("memberships.sql")).rows(3),
    ])
    .await?;
    let mut replies = replies.into_iter();
    let mut next = || replies.next().unwrap_or_default();
    let schemas = typed(next())?;
    let relations: Vec<Relation> = typed(next())?;
    let mut columns: BTreeMap<i64, Vec<Column>> = BTreeMap::new();
    for column in typed::<Column>(next())? {
        columns.entry(column.relation).or_default().push(column);
    }
    let policies: Vec<Policy> = typed(next())?;
    let functions: Vec<Function> = typed(next())?;
    let mut facts = Facts {
        schemas,
        relations: relations.into_iter().map(|relation| (relation.oid, relation)).collect(),
        columns,
        policies,
        functions: functions.into_iter().map(|function| (function.oid, function)).collect(),
        indexes: typed(next())?,
        foreign_keys: typed(next())?,
        triggers: typed(next())?,
        default_privileges: typed(next())?,
        extensions: typed(next())?,
        memberships: typed(next())?,
        public_buckets: Ok(Vec::new()),
        api_roles,
    };
    facts.public_buckets = buckets(&transaction, &facts).await;
    transaction.rollback().await.map_err(failed)?;
    facts.read_expressions();
    Ok(facts)
}

impl Facts {
    fn read_expressions(&mut self) {
        for policy in &mut self.policies {
            let table = self.relations.get(&policy.relation).map(|table| table.name.clone()).unwrap_or_default();
            for (what, text) in [("USING", policy.using.clone()), ("WITH CHECK", policy.check.clone())] {
                let Some(text) = text else { continue };
                match Expression::parse(&text, &table) {
                    Ok(expression) if what == "USING" => policy.using_expression = Some(expression),
                    Ok(expression) => policy.check_expression = Some(expression),
                    Err(reason) => policy.unreadable.push(format!("{what} can't be read: {reason}")),
                }
            }
        }
    }
}

/// One query and what it is about.
struct Asked<'a> {
    transaction: &'a Transaction<'a>,
    sql: &'static str,
    schemas: &'a Option<Vec<String>>,
    roles: &'a Vec<String>,
}

impl Asked<'_> {
    /// The values of all rows; `parameters` says which the query has: none, the schemas, both, or the roles alone.
    async fn rows(self, parameters: u8) -> Result<Vec<serde_json::Value>> {
        let (schemas, roles) = ((self.schemas as _, Type::TEXT_ARRAY), (self.roles as _, Type::TEXT_ARRAY));
        let parameters: &[(&(dyn tokio_postgres::types::ToSql + Sync), Type)] = match parameters {
            0 => &[],
            1 => &[schemas],
            2 => &[schemas, roles],
            _ => &[roles],
        };
        let rows = self.transaction.query_typed(self.sql, parameters).await;
        let rows = rows.map_err(|error| server_error(error, "reading the catalogs"))?;
        rows.iter()
            .map(|row| row.try_get(0).map_err(|error| server_error(error, "reading the server's answer")))
            .collect()
    }
}

fn typed<T: DeserializeOwned>(rows: Vec<serde_json::Value>) -> Result<Vec<T>> {
    let read = rows.into_iter().map(serde_json::from_value).collect::<std::result::Result<_, _>>();
    read.map_err(|error| Error::environment("the server's answer is not what was asked for").with_source(error))
}

/// The API roles, with `public` as the last.
async fn api_roles(
    transaction: &Transaction<'_>,
    schemas: Option<&Vec<String>>,
    options: &Options,
) -> Result<Vec<String>> {
    let rows = transaction.query_typed(include_str!("roles.sql"), &[(&schemas, Type::TEXT_ARRAY)]).await;
    let rows = rows.map_err(|error| server_error(error, "reading the roles"))?;
    let roles: Vec<(String, bool, bool, bool)> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect();
    let mut taken: Vec<String> = Vec::new();
    for name in options.api_roles.iter().filter(|name| !name.eq_ignore_ascii_case(PUBLIC)) {
        if !roles.iter().any(|(known, ..)| known == name) {
            return Err(Error::input(format!("there is no role {} to be an API role", Ident(name))).with_hint(
                "name roles of this server with --api-role, or as `api_roles` under [advise] in pgward.toml",
            ));
        }
        taken.push(name.clone());
    }
    if options.api_roles.is_empty() {
        let known = |name: &str| roles.iter().find(|(known, ..)| known == name);
        let usual = ["anon", "authenticated"];
        if usual.iter().filter_map(|name| known(name)).any(|(_, _, holds, _)| *holds) {
            taken.extend(usual.iter().filter(|name| known(name).is_some()).map(|name| (*name).to_owned()));
        } else {
            let others = roles.iter().filter(|(_, owns, holds, bypasses)| *holds && !owns && !bypasses);
            taken.extend(others.map(|(name, ..)| name.clone()));
        }
    }
    taken.push(PUBLIC.to_owned());
    Ok(taken)
}

/// The public buckets of Supabase's storage, where there is one.
async fn buckets(transaction: &Transaction<'_>, facts: &Facts) -> std::result::Result<Vec<String>, String> {
    if !facts.relations.values().any(|relation| relation.is("storage", "buckets")) {
        return Ok(Vec::new());
    }
    let sql = "select id::text from storage.buckets where public order by 1";
    match transaction.query_typed(sql, &[]).await {
        Ok(rows) => Ok(rows.iter().map(|row| row.get(0)).collect()),
        Err(error) => Err(server_error(error, "storage.buckets can't be read").to_string()),
    }
}
