//! User objects that no kind models: found in one query and reported by name, never skipped.
//!
//! Its completeness is held by a test: each catalog of the server is read by a kind, read here, or in [`NOT_SCHEMA`].

use serde_json::{Map, Value};

use super::few;
use crate::model::Uncovered;

/// The server's catalogs that hold nothing of their own that could be missed, and why.
pub const NOT_SCHEMA: &[(&str, &str)] = &[
    ("pg_auth_members", "roles belong to the server"),
    ("pg_authid", "roles belong to the server"),
    ("pg_largeobject", "data, as rows are"),
    ("pg_largeobject_metadata", "data, as rows are"),
    ("pg_parameter_acl", "rights on settings belong to the server"),
    ("pg_partitioned_table", "deparsed with the table"),
    ("pg_replication_origin", "the progress of replication"),
    ("pg_shdepend", "follows from owners, grants and policies"),
    ("pg_statistic", "about rows"),
    ("pg_statistic_ext_data", "about rows"),
    ("pg_subscription_rel", "the progress of replication"),
];

/// What is deliberately not compared, though a database has it, and why.
pub const GAPS: &[(&str, &str)] = &[
    ("large objects, and rights and comments on them", "they are data, as rows are"),
    (
        "the values of user mappings' secret options and of subscriptions' passwords",
        "they are read as `(hidden)`, so that a change of the value alone is not seen",
    ),
    ("whether a subscription is enabled, and how far it came", "the state of a system that runs; a plan starts none"),
    ("an extension's owner", "it is who made it, can't be changed, and is in no dump"),
    (
        "the database's name, owner, encoding, locale, tablespace and connection limit",
        "they are chosen for one server when a database is made",
    ),
    (
        "an extension's members: their definitions, comments, indexes, triggers and added columns",
        "they follow from its version; the server does not say who made what on them, and a dump leaves it out. \
         Rights on them are compared; policies and labels on them are listed as not covered",
    ),
    ("rights in `information_schema`", "no dump has them"),
    ("roles, their membership and their settings everywhere, tablespaces, rights on settings", "they are the server's"),
    ("column order", "reported as information; see `--help` of `diff`"),
];

/// Returns `(kind text, schema text, name text)`.
pub(super) const QUERY: &str = include_str!("uncovered.sql");

pub(super) fn read(mut row: Map<String, Value>) -> Option<Uncovered> {
    let mut text = |column| row.remove(column).and_then(few::text);
    Some(Uncovered { schema: text("schema"), kind: text("kind")?, name: text("name")? })
}
