//! Tests against a real PostgreSQL server: a database for each test, one server for the run.

#![expect(clippy::unwrap_used, unreachable_pub, reason = "helpers of tests are tests")]

mod cases;
mod documents;
mod generated;
mod introspect;
mod introspect_kinds;
mod introspect_relations;
mod introspect_rich;
mod introspect_routines;
mod introspect_uncovered;
mod introspect_versions;
mod ops_access;
mod ops_attacks;
mod ops_catalog;
mod ops_claim;
mod ops_defects;
mod ops_defects_more;
mod ops_fixtures;
mod ops_rls;
mod ops_rpc;
mod ops_states;
mod ops_support;
mod ops_upgrade;
mod pg_connect;
mod pg_dev;
mod pg_docker;
mod pg_project;
mod pg_scratch;
mod pg_support;
mod pg_tls;
mod prove;
mod runner_basics;
mod runner_concurrency;
mod runner_data_loss;
mod runner_errors;
mod runner_hygiene;
mod runner_refinery;
mod runner_steps;
mod runner_support;
mod runner_wire;
mod schema_sql;
mod support;
mod verify_meaning;
mod verify_weakenings;
