//! Transactions, repeated runs, and data that changes with the schema.

pub(super) mod begin_without_commit;
pub(super) mod data_with_schema_change;
pub(super) mod delete_without_where;
pub(super) mod dynamic_sql;
pub(super) mod not_repeatable;
pub(super) mod transaction_control;
pub(super) mod unquoted_dynamic_sql;
pub(super) mod update_without_where;
