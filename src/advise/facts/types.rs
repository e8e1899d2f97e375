//! The facts as they are asked for.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::advise::expression::Expression;

/// A managed schema.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::advise) struct Schema {
    pub(in crate::advise) name: String,
    /// The API roles that may create objects in it.
    pub(in crate::advise) create: Vec<String>,
}

/// A table, view, materialized view or foreign table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::advise) struct Relation {
    pub(in crate::advise) oid: i64,
    pub(in crate::advise) schema: String,
    pub(in crate::advise) name: String,
    /// `relkind`.
    pub(in crate::advise) kind: char,
    pub(in crate::advise) managed: bool,
    pub(in crate::advise) owner: String,
    /// Whether policies never apply to the owner: a superuser, or one with BYPASSRLS.
    pub(in crate::advise) owner_trusted: bool,
    pub(in crate::advise) owner_connects: bool,
    /// The API roles that have the owner's rights.
    pub(in crate::advise) owner_held_by: Vec<String>,
    pub(in crate::advise) rls: bool,
    pub(in crate::advise) forced: bool,
    pub(in crate::advise) partition: bool,
    /// Whether a view reads with the rights of who asks.
    pub(in crate::advise) invoker: bool,
    pub(in crate::advise) parents: Vec<i64>,
    /// What a view reads.
    pub(in crate::advise) reads: Vec<i64>,
    /// What API roles may do with all of it, those that may use the schema.
    pub(in crate::advise) privileges: BTreeMap<String, Vec<String>>,
    pub(in crate::advise) live_rows: i64,
    pub(in crate::advise) dead_rows: i64,
    pub(in crate::advise) scans: i64,
}

/// A column of a managed relation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::advise) struct Column {
    pub(in crate::advise) relation: i64,
    pub(in crate::advise) number: i16,
    pub(in crate::advise) name: String,
    #[serde(rename = "type")]
    pub(in crate::advise) sql_type: String,
    pub(in crate::advise) not_null: bool,
    /// Whether nobody writes it.
    pub(in crate::advise) generated: bool,
    pub(in crate::advise) select: Vec<String>,
    pub(in crate::advise) insert: Vec<String>,
    pub(in crate::advise) update: Vec<String>,
}

/// A policy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::advise) struct Policy {
    pub(in crate::advise) relation: i64,
    pub(in crate::advise) managed: bool,
    pub(in crate::advise) name: String,
    pub(in crate::advise) permissive: bool,
    pub(in crate::advise) command: String,
    pub(in crate::advise) roles: Vec<String>,
    /// The API roles that it is for.
    pub(in crate::advise) applies_to: Vec<String>,
    pub(in crate::advise) using: Option<String>,
    pub(in crate::advise) check: Option<String>,
    /// Relations in sub-selects.
    pub(in crate::advise) reads: Vec<i64>,
    /// Functions that are called.
    pub(in crate::advise) calls: Vec<i64>,
    #[serde(skip)]
    pub(in crate::advise) using_expression: Option<Expression>,
    #[serde(skip)]
    pub(in crate::advise) check_expression: Option<Expression>,
    /// Why an expression could not be read.
    #[serde(skip)]
    pub(in crate::advise) unreadable: Vec<String>,
}

/// A function or procedure.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::advise) struct Function {
    pub(in crate::advise) oid: i64,
    pub(in crate::advise) schema: String,
    pub(in crate::advise) name: String,
    pub(in crate::advise) types: String,
    pub(in crate::advise) kind: String,
    pub(in crate::advise) managed: bool,
    pub(in crate::advise) definer: bool,
    pub(in crate::advise) owner: String,
    /// `provolatile`.
    pub(in crate::advise) volatility: char,
    pub(in crate::advise) leakproof: bool,
    pub(in crate::advise) search_path: Option<String>,
    pub(in crate::advise) language: String,
    pub(in crate::advise) body: String,
    /// Whether its names were resolved when it was made (a body in SQL standard form).
    pub(in crate::advise) bound: bool,
    pub(in crate::advise) is_trigger: bool,
    /// The API roles that may call it.
    pub(in crate::advise) execute: Vec<String>,
    /// Whether everybody who may use the schema may call it.
    pub(in crate::advise) public: bool,
}

/// An index of a managed table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::advise) struct Index {
    pub(in crate::advise) relation: i64,
    pub(in crate::advise) name: String,
    pub(in crate::advise) unique: bool,
    pub(in crate::advise) primary: bool,
    pub(in crate::advise) constraint: bool,
    /// Whether it is a part of a partitioned one.
    pub(in crate::advise) inherited: bool,
    pub(in crate::advise) valid: bool,
    pub(in crate::advise) method: String,
    pub(in crate::advise) columns: Vec<i16>,
    pub(in crate::advise) keys: Vec<String>,
    pub(in crate::advise) included: Vec<i16>,
    pub(in crate::advise) predicate: Option<String>,
    pub(in crate::advise) scans: i64,
}

/// A foreign key of a managed table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::advise) struct ForeignKey {
    pub(in crate::advise) relation: i64,
    pub(in crate::advise) name: String,
    pub(in crate::advise) columns: Vec<i16>,
    pub(in crate::advise) types: Vec<String>,
    pub(in crate::advise) referenced: i64,
    pub(in crate::advise) referenced_columns: Vec<Referenced>,
    /// Whether the columns become null when the row that they refer to is deleted.
    pub(in crate::advise) sets_null: bool,
    pub(in crate::advise) of_primary_key: bool,
}

/// A column that a foreign key refers to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::advise) struct Referenced {
    pub(in crate::advise) name: String,
    #[serde(rename = "type")]
    pub(in crate::advise) sql_type: String,
}

/// A row trigger that fires before a write.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::advise) struct Trigger {
    pub(in crate::advise) relation: i64,
    pub(in crate::advise) insert: bool,
    pub(in crate::advise) update: bool,
    /// Its function's body and its definition, in lower case.
    pub(in crate::advise) text: String,
}

/// A role above policies, and an API role that is it or can become it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::advise) struct Membership {
    pub(in crate::advise) role: String,
    pub(in crate::advise) target: String,
    pub(in crate::advise) itself: bool,
    #[serde(rename = "super")]
    pub(in crate::advise) superuser: bool,
    pub(in crate::advise) bypass: bool,
}

/// Default privileges of one API role.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::advise) struct DefaultPrivilege {
    pub(in crate::advise) owner: String,
    pub(in crate::advise) schema: Option<String>,
    pub(in crate::advise) kind: String,
    pub(in crate::advise) grantee: String,
    pub(in crate::advise) privileges: Vec<String>,
}

/// An installed extension.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::advise) struct Extension {
    pub(in crate::advise) name: String,
    pub(in crate::advise) schema: String,
    pub(in crate::advise) version: String,
    pub(in crate::advise) newest: Option<String>,
    pub(in crate::advise) relocatable: bool,
}
