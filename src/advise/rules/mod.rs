//! The rules: one file and one line each.

mod any_user;
mod auth_unique_key;
mod auth_users;
mod authority_insert;
mod authority_update;
mod beyond_policies;
mod bypass_reachable;
mod create_in_schema;
mod dead_rows;
mod default_privileges;
mod definer_anonymous;
mod definer_granted;
mod definer_public;
mod definer_search_path;
mod definer_view;
mod duplicate_index;
mod escaping_child;
mod existence_oracle;
mod extension_in_public;
mod foreign_key_type;
mod foreign_table;
mod graphql_anonymous;
mod graphql_granted;
mod idle_policy;
mod immutable_session;
mod invalid_index;
mod leakproof;
mod many_permissive;
mod materialized_view;
mod no_policy;
mod no_primary_key;
mod not_forced;
mod not_logged_in;
mod null_owner;
mod outdated_extension;
mod per_row_function;
mod per_row_session;
mod policies_without_rls;
mod policy_cycle;
mod policy_search_path;
mod prelude;
mod public_bucket;
mod queue_exposed;
mod read_always_true;
mod redundant_index;
mod reg_type;
mod restrictive_only;
mod rls_disabled;
mod search_path;
mod secret_columns;
mod self_comparison;
mod sensitive_columns;
mod unindexed_foreign_key;
mod unsafe_search_path;
mod unused_index;
mod user_metadata;
mod wide_primary_key;
mod words;
mod write_always_true;
mod write_without_select;
mod wrong_role;

use super::rule::Rule;

/// Every rule, in the order of the codes.
pub const RULES: &[&Rule] = &[
    &rls_disabled::RULE,
    &policies_without_rls::RULE,
    &not_forced::RULE,
    &no_policy::RULE,
    &restrictive_only::RULE,
    &write_always_true::RULE,
    &read_always_true::RULE,
    &any_user::RULE,
    &not_logged_in::RULE,
    &null_owner::RULE,
    &self_comparison::RULE,
    &wrong_role::RULE,
    &idle_policy::RULE,
    &policy_cycle::RULE,
    &authority_update::RULE,
    &authority_insert::RULE,
    &beyond_policies::RULE,
    &default_privileges::RULE,
    &write_without_select::RULE,
    &per_row_session::RULE,
    &per_row_function::RULE,
    &many_permissive::RULE,
    &definer_view::RULE,
    &auth_users::RULE,
    &materialized_view::RULE,
    &escaping_child::RULE,
    &foreign_table::RULE,
    &definer_public::RULE,
    &definer_anonymous::RULE,
    &definer_granted::RULE,
    &definer_search_path::RULE,
    &policy_search_path::RULE,
    &search_path::RULE,
    &unsafe_search_path::RULE,
    &bypass_reachable::RULE,
    &leakproof::RULE,
    &immutable_session::RULE,
    &existence_oracle::RULE,
    &secret_columns::RULE,
    &sensitive_columns::RULE,
    &user_metadata::RULE,
    &no_primary_key::RULE,
    &unindexed_foreign_key::RULE,
    &duplicate_index::RULE,
    &redundant_index::RULE,
    &invalid_index::RULE,
    &unused_index::RULE,
    &dead_rows::RULE,
    &reg_type::RULE,
    &foreign_key_type::RULE,
    &wide_primary_key::RULE,
    &extension_in_public::RULE,
    &outdated_extension::RULE,
    &create_in_schema::RULE,
    &auth_unique_key::RULE,
    &public_bucket::RULE,
    &queue_exposed::RULE,
    &graphql_anonymous::RULE,
    &graphql_granted::RULE,
];
