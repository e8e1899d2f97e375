//! User objects that no kind models: found in one query and reported by name, never skipped.
//!
//! Its completeness is held by a test: each catalog of the server is read by a kind, read here, or in [`NOT_SCHEMA`].

use tokio_postgres::Row;

use super::get;
use crate::base::Result;
use crate::model::Uncovered;

/// The server's catalogs that hold nothing of their own that could be missed, and why.
pub const NOT_SCHEMA: &[(&str, &str)] = &[
    ("pg_aggregate", "what is special about a row of pg_proc"),
    ("pg_auth_members", "roles belong to the server"),
    ("pg_authid", "roles belong to the server"),
    ("pg_parameter_acl", "rights on settings belong to the server"),
    ("pg_partitioned_table", "deparsed with the table"),
    ("pg_replication_origin", "the progress of replication"),
    ("pg_shdepend", "follows from owners, grants and policies"),
    ("pg_statistic", "about rows"),
    ("pg_statistic_ext_data", "about rows"),
    ("pg_subscription_rel", "the progress of replication"),
];

/// Returns `(kind text, schema text, name text)`.
pub(super) const QUERY: &str = include_str!("uncovered.sql");

pub(super) fn read(row: &Row) -> Result<Uncovered> {
    Ok(Uncovered { kind: get(row, 0)?, schema: get(row, 1)?, name: get(row, 2)? })
}
